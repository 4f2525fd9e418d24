#include "middleware/guard_exceptions.h"

#include <exception>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "middleware/exception_slot.h"

namespace kratos {

Status TakeException(const Context& ctx, std::string_view operation) {
  if (auto* slot = ctx.Get<ExceptionSlot>(); slot != nullptr && slot->watchers > 0) {
    slot->exception = std::current_exception();
  } else {
    log::Write(ctx, log::Level::kError, "a handler threw",
               {{"operation", operation}, {"error", WhatWasThrown(std::current_exception())}});
  }
  return InternalServer(kReasonUnknown, "internal error");
}

}  // namespace kratos
