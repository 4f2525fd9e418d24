// Who picks the address of a client's call.
#pragma once

#include <functional>
#include <string>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"

namespace kratos::transport {

/// Picks the address of each call; discovery and balancing plug in here. Clients of every transport
/// take one. Must be thread-safe.
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// "scheme://host:port" for the next call. `done` may be set to be told how it went.
  virtual Result<std::string> Pick(const Context& ctx,
                                   std::function<void(const Status&)>* done) = 0;
};

}  // namespace kratos::transport
