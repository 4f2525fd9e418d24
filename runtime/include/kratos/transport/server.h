// What an application needs from a transport's server.
#pragma once

#include <chrono>
#include <string>

#include "kratos/errors/status.h"

namespace kratos::transport {

/// Something that serves until told to stop.
class Server {
 public:
  virtual ~Server() = default;
  /// Serves; blocks until Stop, or returns why it could not.
  virtual Status Start() = 0;
  /// Ends Start: stops accepting, lets running calls finish for up to `grace` (zero: no limit),
  /// then closes. Thread-safe.
  virtual Status Stop(std::chrono::milliseconds grace) = 0;
  /// The URL under which others reach this server; opens the listening socket if need be.
  virtual Result<std::string> Endpoint() = 0;
};

}  // namespace kratos::transport
