// How a connection waits for its socket; each engine has its own way.
#pragma once

#include <chrono>

namespace kratos::http {

class SocketWaiter {
 public:
  enum class Ready {
    kReady,
    kTimedOut,
    kEnded,  ///< the server has no more time for this connection
  };

  virtual ~SocketWaiter() = default;
  /// Waits until the socket is readable (or writable) or closed. `timeout` zero or less: no limit.
  virtual Ready WaitReadable(std::chrono::milliseconds timeout) = 0;
  virtual Ready WaitWritable(std::chrono::milliseconds timeout) = 0;
};

}  // namespace kratos::http
