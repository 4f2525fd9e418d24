#include "kratos/middleware/ratelimit.h"

#include <google/protobuf/message.h>

#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/middleware/bbr_limiter.h"

namespace kratos::middleware {

using google::protobuf::Message;

Middleware RateLimit(RateLimitOptions options) {
  if (options.limiter == nullptr) options.limiter = std::make_shared<BbrLimiter>();
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      const TransportInfo& transport = ctx.transport();
      if (transport.side != TransportInfo::Side::kServer)
        return TooManyRequests(kReasonRateLimit, "the rate limit stands on the wrong side");
      if ((transport.request_stream || transport.reply_stream) && !options.streams)
        return next(ctx, request, reply);
      const std::optional<Limiter::Done> done = options.limiter->Allow();
      if (!done) return TooManyRequests(kReasonRateLimit, "too many requests at once");
      try {
        Status status = next(ctx, request, reply);
        (*done)(status);
        return status;
      } catch (...) {
        (*done)(InternalServer(kReasonUnknown, "an exception"));
        throw;
      }
    };
  };
}

}  // namespace kratos::middleware
