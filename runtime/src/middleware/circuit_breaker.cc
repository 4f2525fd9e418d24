#include "kratos/middleware/circuit_breaker.h"

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/middleware/sre_breaker.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

bool IsServerFailure(const Status& outcome) {
  switch (outcome.code()) {
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return true;
    default:
      return false;
  }
}

// The breakers of all keys, made as they are needed.
class BreakerTable {
 public:
  explicit BreakerTable(CircuitBreakerOptions options) : options_(std::move(options)) {
    if (!options_.factory) options_.factory = [] { return std::make_shared<SreBreaker>(); };
    if (!options_.is_failure) options_.is_failure = IsServerFailure;
  }

  const CircuitBreakerOptions& options() const { return options_; }

  std::shared_ptr<Breaker> For(const Context& ctx) {
    if (!options_.key) return Find(ctx.transport().operation);
    return Find(options_.key(ctx));
  }

 private:
  std::shared_ptr<Breaker> Find(std::string_view key) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = breakers_.find(key); found != breakers_.end()) return found->second;
    }
    const std::unique_lock lock(mutex_);
    if (const auto found = breakers_.find(key); found != breakers_.end()) return found->second;
    if (breakers_.size() >= options_.max_breakers) {
      if (overflow_ == nullptr) overflow_ = options_.factory();
      return overflow_;
    }
    return breakers_.emplace(key, options_.factory()).first->second;
  }

  CircuitBreakerOptions options_;
  std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Breaker>, std::less<>> breakers_;
  std::shared_ptr<Breaker> overflow_;
};

}  // namespace

Middleware CircuitBreaker(CircuitBreakerOptions options) {
  const auto table = std::make_shared<BreakerTable>(std::move(options));
  return [table](Handler next) -> Handler {
    return [table, next = std::move(next)](Context& ctx, const Message& request,
                                           Message* reply) -> Status {
      if (ctx.transport().side == TransportInfo::Side::kNone) return next(ctx, request, reply);
      const std::shared_ptr<Breaker> breaker = table->For(ctx);
      if (!breaker->Allow()) {
        breaker->Failed();
        return ServiceUnavailable(kReasonCircuitBreaker,
                                  "not tried, because too many of these calls failed");
      }
      try {
        Status status = next(ctx, request, reply);
        table->options().is_failure(status) ? breaker->Failed() : breaker->Succeeded();
        return status;
      } catch (...) {
        breaker->Failed();
        throw;
      }
    };
  };
}

}  // namespace kratos::middleware
