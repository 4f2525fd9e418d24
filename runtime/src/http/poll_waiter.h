// Waiting with poll(): for connections that have a thread of their own.
#pragma once

#include <atomic>
#include <chrono>

#include "http/socket_waiter.h"
#include "kratos/http/server.h"

namespace kratos::http {

class PollWaiter final : public SocketWaiter {
 public:
  /// What ends a wait for the next request; of the file descriptors -1 for none.
  struct Wake {
    /// Readable from the moment the server stops.
    int stop = -1;
    /// An eventfd of EFD_SEMAPHORE: each token asks one connection that idles between two requests
    /// to make room.
    int make_room = -1;
    /// When it stops: how long after its beginning the connection may send its first request.
    const std::atomic<std::chrono::milliseconds>* first_request_grace = nullptr;
  };

  /// Owns none of them; `limits` must outlive it.
  PollWaiter(int socket, Wake wake, const Limits& limits)
      : socket_(socket), wake_(wake), limits_(limits) {}

  Ready WaitReadable(std::chrono::milliseconds timeout) override;
  Ready WaitWritable(std::chrono::milliseconds timeout) override;
  /// Waits for the first byte of a request; of the connection's first one no longer than
  /// Limits::read_timeout. False when the time ran out, another connection needs the room, or the
  /// server stops and nothing has come; see Engine::Stop.
  bool WaitForRequest();

 private:
  Ready Wait(short events, std::chrono::milliseconds timeout);

  const int socket_;
  const Wake wake_;
  const Limits& limits_;
  bool first_ = true;
  const std::chrono::steady_clock::time_point accepted_ = std::chrono::steady_clock::now();
};

}  // namespace kratos::http
