// Calls that would fail anyway are not made.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

/// Remembers how calls went and says whether to try another. Called from many threads at once.
class Breaker {
 public:
  virtual ~Breaker() = default;
  virtual bool Allow() = 0;
  virtual void Succeeded() = 0;
  virtual void Failed() = 0;
};

struct CircuitBreakerOptions {
  /// Makes the breaker of a key. Default: an SreBreaker with its defaults.
  std::function<std::shared_ptr<Breaker>()> factory{};
  /// Calls with the same key share a breaker. Default: the operation. To have one for each peer as
  /// well, add transport().endpoint.
  std::function<std::string(const Context& ctx)> key{};
  /// Whether an outcome is a failure. Default: 429, 500, 502, 503 and 504 are.
  std::function<bool(const Status& outcome)> is_failure{};
  /// Keys with a breaker of their own; those that come later share one. Default: 1024.
  std::size_t max_breakers = 1024;
};

/// For client and server. A call that its breaker does not allow is answered 503 CIRCUITBREAKER,
/// which counts as a failure too. A call that throws is one. A context without transport passes by.
Middleware CircuitBreaker(CircuitBreakerOptions options = {});

}  // namespace kratos::middleware
