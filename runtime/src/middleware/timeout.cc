#include "kratos/middleware/timeout.h"

#include <google/protobuf/message.h>

#include <string_view>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "middleware/clock.h"
#include "middleware/operation_set.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

std::chrono::milliseconds TimeoutOf(const TimeoutOptions& options, std::string_view operation) {
  std::chrono::milliseconds timeout = options.timeout;
  std::size_t longest = 0;
  for (const auto& [pattern, value] : options.operations) {
    if (pattern == operation) return value;
    if (MatchesOperation(pattern, operation) && pattern.size() > longest) {
      longest = pattern.size();
      timeout = value;
    }
  }
  return timeout;
}

}  // namespace

Middleware Timeout(TimeoutOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      const TransportInfo& transport = ctx.transport();
      const bool stream = transport.request_stream || transport.reply_stream;
      if (!stream || options.streams) {
        const auto now = Now(options.clock);
        const auto timeout = TimeoutOf(options, transport.operation);
        if (timeout > std::chrono::milliseconds::zero()) ctx.LimitDeadline(now + timeout);
        if (ctx.deadline() && now >= *ctx.deadline())
          return GatewayTimeout(kReasonDeadlineExceeded, "the deadline has passed");
      }
      return next(ctx, request, reply);
    };
  };
}

}  // namespace kratos::middleware
