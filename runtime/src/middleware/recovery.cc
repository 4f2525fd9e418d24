#include "kratos/middleware/recovery.h"

#include <google/protobuf/message.h>

#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "middleware/clock.h"
#include "middleware/exception_slot.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

Status Internal() { return InternalServer(kReasonUnknown, "internal error"); }

// Asks the transport to leave exceptions in the context while it lives.
class Watch {
 public:
  explicit Watch(Context& ctx) {
    // A client's call has no service method, and must not look into the served call's slot.
    if (ctx.transport().side == TransportInfo::Side::kClient) return;
    if (ctx.Get<ExceptionSlot>() == nullptr) ctx.Set(ExceptionSlot());
    slot_ = ctx.Get<ExceptionSlot>();
    ++slot_->watchers;
  }
  ~Watch() {
    if (slot_ != nullptr) --slot_->watchers;
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  std::exception_ptr Take() {
    return slot_ == nullptr ? nullptr : std::exchange(slot_->exception, nullptr);
  }

 private:
  ExceptionSlot* slot_ = nullptr;
};

Status Recover(const RecoveryOptions& options, Context& ctx, const Message& request,
               std::exception_ptr exception, double seconds) {
  const log::Logger logger = options.logger ? *options.logger : log::Default();
  logger.Error(ctx, "panic recovered",
               {{"panic", WhatWasThrown(exception)},
                {"operation", ctx.transport().operation},
                {"request", request.GetTypeName()}});
  ctx.Set(RecoveryLatency{seconds});
  if (!options.handler) return Internal();
  try {
    return options.handler(ctx, request, std::move(exception));
  } catch (...) {
    logger.Error(ctx, "a recovery handler threw",
                 {{"error", WhatWasThrown(std::current_exception())}});
    return Internal();
  }
}

}  // namespace

Middleware Recovery(RecoveryOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      const auto start = Now(options.clock);
      std::exception_ptr exception;
      Status status;
      {
        Watch watch(ctx);
        try {
          status = next(ctx, request, reply);
          exception = watch.Take();
        } catch (...) {
          exception = std::current_exception();
          watch.Take();
        }
      }
      if (exception == nullptr) return status;
      return Recover(options, ctx, request, std::move(exception),
                     SecondsSince(start, options.clock));
    };
  };
}

}  // namespace kratos::middleware
