// One accepted connection of the httplib engine: bytes in and out, plain or TLS, with time limits.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_head.h"
#include "kratos/http/server.h"

namespace kratos::http {

class Connection {
 public:
  /// Does not own `socket`. `wake` becomes readable when the server stops.
  Connection(int socket, int wake, const Limits& limits);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Shakes hands as the server. False when the peer did not.
  bool StartTls(SSL_CTX* ctx);

  /// Waits for the first byte of a request. False when the peer left, the idle time ran out or the server stops.
  bool WaitForRequest();

  enum class HeadOutcome { kHead, kError, kClosed };
  /// Reads one request head. kError fills `error` with what to answer, as far as `head` is known.
  HeadOutcome ReadHead(RequestHead* head, HeadError* error);

  /// Up to `size` bytes of what follows; 0 at the end, -1 when the peer failed or was silent too long (timed_out()).
  std::ptrdiff_t Read(char* data, std::size_t size);
  bool timed_out() const { return timed_out_; }

  /// Queues bytes for the peer; large blocks go out at once, without being copied. False when the peer cannot be reached.
  bool Write(const char* data, std::size_t size);
  bool Flush();
  /// Says goodbye so that the peer still gets what was written although it may be sending.
  void Close();

  const std::string& peer() const { return peer_; }
  int socket() const { return socket_; }
  bool tls() const { return ssl_ != nullptr; }

 private:
  bool WaitReadable(std::chrono::milliseconds timeout, bool stop_on_wake);
  bool Fill(std::chrono::milliseconds timeout);
  bool Send(const char* data, std::size_t size);

  const int socket_;
  const int wake_;
  const Limits& limits_;
  std::string peer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string in_;        // Read from the peer and not yet consumed: from in_begin_ on.
  std::size_t in_begin_ = 0;
  std::string out_;
  bool timed_out_ = false;
  bool broken_ = false;
};

}  // namespace kratos::http
