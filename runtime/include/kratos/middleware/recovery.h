// Exceptions become errors.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <optional>

#include "kratos/errors/status.h"
#include "kratos/log/log.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct RecoveryOptions {
  /// Answers a call that threw; not called with null. Default: 500 UNKNOWN "internal error", since
  /// an exception's text may be nobody else's business.
  std::function<Status(Context& ctx, const google::protobuf::Message& request,
                       std::exception_ptr exception)>
      handler{};
  /// Default: the process's logger.
  std::optional<log::Logger> logger{};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// In the context once Recovery has caught something: how long the call had taken.
struct RecoveryLatency {
  double seconds = 0;
};

/// For server and client. Catches what inner middleware and the service method throw, logs
/// `panic recovered` at error level with the attributes `panic` (the exception's text), `operation`
/// and `request` (the type, never the content), and answers. Middleware between this one and the
/// service method sees the method's exception as a 500 UNKNOWN, so nothing is unwound past its
/// bookkeeping. To stand outermost.
Middleware Recovery(RecoveryOptions options = {});

}  // namespace kratos::middleware
