// Calls beyond what the process can carry are refused early.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "kratos/errors/status.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

/// Decides which calls get in. Called from many threads at once.
class Limiter {
 public:
  /// To be called exactly once with the outcome of the call that was let in.
  using Done = std::function<void(const Status& outcome)>;
  virtual ~Limiter() = default;
  /// Nothing: the call is refused.
  virtual std::optional<Done> Allow() = 0;
};

struct RateLimitOptions {
  /// Shared by all calls through this middleware. Null: a BbrLimiter with its defaults.
  std::shared_ptr<Limiter> limiter{};
  /// Streams too, for as long as they last. Default: off, since what a stream costs does not show
  /// in how long it takes.
  bool streams = false;
};

/// For the server. A call that the limiter refuses is answered 429 RATELIMIT; so is a call that is
/// not a server's, without asking the limiter.
Middleware RateLimit(RateLimitOptions options = {});

}  // namespace kratos::middleware
