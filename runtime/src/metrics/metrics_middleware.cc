#include <google/protobuf/message.h>

#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/middleware/metrics.h"
#include "middleware/clock.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

// The first so many reasons.
class Reasons {
 public:
  explicit Reasons(std::size_t max) : max_(max) {}

  std::string_view Bounded(std::string_view reason) {
    if (reason.empty()) return reason;
    {
      const std::shared_lock lock(mutex_);
      if (known_.contains(reason)) return reason;
    }
    const std::lock_guard lock(mutex_);
    if (known_.contains(reason)) return reason;
    if (known_.size() >= max_) return "other";
    known_.emplace(reason);
    return reason;
  }

 private:
  const std::size_t max_;
  std::shared_mutex mutex_;
  std::set<std::string, std::less<>> known_;
};

struct Side {
  std::shared_ptr<metrics::Counter> requests;
  std::shared_ptr<metrics::Histogram> seconds;
};

struct Instruments {
  explicit Instruments(const MetricsOptions& options)
      : server(Make(options, "server")),
        client(Make(options, "client")),
        reasons(options.max_reasons),
        clock(options.clock) {}

  static Side Make(const MetricsOptions& options, const std::string& side) {
    return {options.registry->AddCounter(side + "_requests_code_total",
                                         "Calls by outcome, seen by the " + side + '.',
                                         {"kind", "operation", "code", "reason"}),
            options.registry->AddHistogram(side + "_requests_seconds",
                                           "Durations of calls, seen by the " + side + '.',
                                           {"kind", "operation"}, options.buckets)};
  }

  void Record(const Context& ctx, const Status& status,
              std::chrono::steady_clock::time_point start) {
    const TransportInfo& transport = ctx.transport();
    const Side& side = transport.side == TransportInfo::Side::kServer ? server : client;
    side.requests->Add({transport.kind, transport.operation, std::to_string(status.code()),
                        reasons.Bounded(status.reason())});
    side.seconds->Observe({transport.kind, transport.operation}, SecondsSince(start, clock));
  }

  Side server;
  Side client;
  Reasons reasons;
  SteadyClock clock;
};

}  // namespace

Middleware Metrics(MetricsOptions options) {
  auto instruments = std::make_shared<Instruments>(options);
  return [instruments = std::move(instruments)](Handler next) -> Handler {
    return [instruments, next = std::move(next)](Context& ctx, const Message& request,
                                                 Message* reply) -> Status {
      if (ctx.transport().side == TransportInfo::Side::kNone) return next(ctx, request, reply);
      const auto start = Now(instruments->clock);
      try {
        Status status = next(ctx, request, reply);
        instruments->Record(ctx, status, start);
        return status;
      } catch (...) {
        instruments->Record(ctx, InternalServer(kReasonUnknown, "an exception"), start);
        throw;
      }
    };
  };
}

}  // namespace kratos::middleware
