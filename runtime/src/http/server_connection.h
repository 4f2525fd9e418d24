// One accepted connection of the httplib engine: requests in and replies out, plain or TLS, with
// time limits.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request_head.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

class ServerConnection {
 public:
  /// File descriptors that end a wait for the next request; -1 for none.
  struct Wake {
    /// Readable from the moment the server stops.
    int stop = -1;
    /// An eventfd of EFD_SEMAPHORE: each token asks one connection that idles between two requests
    /// to make room.
    int make_room = -1;
  };

  /// Does not own `socket`.
  ServerConnection(int socket, Wake wake, const Limits& limits);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// Shakes hands as the server. False when the peer did not.
  bool StartTls(SSL_CTX* ctx);

  /// Waits for the first byte of a request; of the connection's first one no longer than
  /// Limits::read_timeout. False when the peer left, the time ran out, the server stops or another
  /// connection needs the room.
  bool WaitForRequest();

  enum class HeadOutcome { kHead, kError, kClosed };
  /// Reads one request head. kError fills `error` with what to answer, as far as `head` is known.
  HeadOutcome ReadHead(RequestHead* head, HeadError* error);

  /// Reads the body that `head` announces into head->request.body, telling the peer to go on when
  /// it waits for that. Nothing when the body is whole, else what to answer.
  std::optional<HeadError> ReadBody(RequestHead* head);

  /// Sends a reply to `request`. False when the peer cannot be reached.
  bool WriteReply(const RequestHead& request, const Response& response, bool close);

  /// Says goodbye. With `linger`, or when more has come than was read, the peer still gets what was
  /// written although it may be sending; that takes a moment with peers that do not close their
  /// end.
  void Close(bool linger);

  const std::string& peer() const { return peer_; }
  int socket() const { return socket_; }
  bool tls() const { return ssl_ != nullptr; }

 private:
  enum class Filled { kBytes, kEnd, kTimedOut };
  std::string_view Unread() const { return std::string_view(in_).substr(in_begin_); }
  bool WaitReadable(std::chrono::milliseconds timeout);
  Filled Fill(std::chrono::milliseconds timeout);
  bool Send(std::string_view bytes);
  std::optional<HeadError> BodyBroken(Filled filled) const;

  const int socket_;
  const Wake wake_;
  const Limits& limits_;
  std::string peer_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  std::string in_;  // Read from the peer; consumed up to in_begin_.
  std::size_t in_begin_ = 0;
  std::size_t requests_ = 0;
  bool ended_ = false;   // Nothing more comes in.
  bool broken_ = false;  // Nothing more goes out.
};

}  // namespace kratos::http
