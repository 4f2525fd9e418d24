// Where exceptions of handlers end.
#pragma once

#include <string_view>
#include <utility>

#include "kratos/errors/status.h"

namespace kratos {

class Context;

/// For a catch clause: what GuardExceptions does with the exception that is being handled.
Status TakeException(const Context& ctx, std::string_view operation);

/// Calls `function` and turns what it throws into a 500 with a text fit for strangers. The
/// exception goes to the call's recovery middleware, or else its text to the log.
template <class Function>
Status GuardExceptions(const Context& ctx, std::string_view operation, Function&& function) {
  try {
    return std::forward<Function>(function)();
  } catch (...) {
    return TakeException(ctx, operation);
  }
}

}  // namespace kratos
