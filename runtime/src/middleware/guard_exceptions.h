// Where exceptions of handlers end.
#pragma once

#include <functional>
#include <string_view>

#include "kratos/errors/status.h"

namespace kratos {

class Context;

/// Calls `function` and turns what it throws into a 500 with a text fit for strangers. The
/// exception goes to the call's recovery middleware, or else its text to the log.
Status GuardExceptions(const Context& ctx, std::string_view operation,
                       const std::function<Status()>& function);

}  // namespace kratos
