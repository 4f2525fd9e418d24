// What an application needs from a transport's server.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kratos/errors/status.h"
#include "kratos/registry/service_instance.h"

namespace kratos::transport {

/// Something that serves until told to stop.
class Server {
 public:
  virtual ~Server() = default;
  /// Serves; blocks until Stop, or returns why it could not.
  virtual Status Start() = 0;
  /// Ends Start: stops accepting, lets running calls finish for up to `grace` (zero: no limit),
  /// then closes. Thread-safe; may come before Start, which then returns at once.
  virtual Status Stop(std::chrono::milliseconds grace) = 0;
  /// The URL under which others reach this server; opens the listening socket if need be.
  /// Empty for one that nobody calls.
  virtual Result<std::string> Endpoint() = 0;
  /// True while calls are answered: from some moment after Start was called until Stop is. Asked
  /// again and again while an application starts. Thread-safe. Default: true.
  virtual bool Ready() const { return true; }
  /// Says which application the server belongs to, before Start; its calls' contexts know it from
  /// then on (Context::app). Default: ignored.
  virtual void SetApp(std::shared_ptr<const AppInfo> app) { (void)app; }
};

}  // namespace kratos::transport
