// Connections of streaming calls: one for each call, waiting without a thread in fibers. What is
// behind it knows Boost; nothing here does.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/client_connection.h"
#include "http/client_endpoint.h"
#include "http/client_tls.h"
#include "http/client_watchdog.h"
#include "http/exchange.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"

namespace kratos::http {

class ClientIo;
class ClientSocket;

/// Holds on to the I/O thread; null when there is none to be had. Must outlive the sockets.
std::shared_ptr<ClientIo> HoldClientIo();

/// What to connect to, and how.
struct SocketTarget {
  Origin origin{};
  /// Numeric.
  std::string address{};
  /// Not null for https origins.
  std::shared_ptr<const TlsMaterial> tls{};
  std::chrono::milliseconds connect_timeout{0};
};

/// Connects, TLS included: kReply, or what failed and `why`. The socket is attached to `guard`,
/// which ends every wait here when the call is over.
WireOutcome ConnectSocket(ClientIo& io, const SocketTarget& target, CallGuard& guard,
                          std::shared_ptr<ClientSocket>* socket, std::string* why);

/// The descriptor, for CallGuard::Attach.
int DescriptorOf(const ClientSocket& socket);

/// One HTTP exchange whose request or reply comes in pieces. Used by one party at a time.
class HttpStream {
 public:
  explicit HttpStream(std::shared_ptr<ClientSocket> socket);
  ~HttpStream();
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  /// Sends a whole request. False when the connection broke.
  bool Send(const WireRequest& request);

  /// Sends a request's head; a chunked body follows.
  bool StartUpload(const WireRequest& request);
  enum class Wrote {
    kSent,
    kAnswered,  ///< the server has answered: it reads no more
    kBroken,
  };
  Wrote WriteBody(std::string_view bytes);
  Wrote EndBody();

  /// Reads the reply's status and fields; interim replies are skipped. kReply, kNoReply.
  WireOutcome ReadHead(Response* reply, std::string* why);
  enum class Part {
    kBytes,
    kEnd,
    kTruncated,
  };
  /// Appends the next bytes of the body, at most 32 KiB, waiting for the first.
  Part ReadBody(std::string* part);
  /// The rest of the body. kReply, kTruncated, kTooLarge; `max_bytes` zero: no limit.
  WireOutcome ReadAll(std::size_t max_bytes, std::string* body, std::string* why);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The client's end of a WebSocket. Send, Receive and Close may run at the same time.
class ClientWebSocket {
 public:
  /// Shakes hands. kReply, and `reply` has the server's answer: with status 101 there is a
  /// `websocket`, others are refusals with their body. kNoReply with `why` else.
  static WireOutcome Open(std::shared_ptr<ClientSocket> socket, const Address& address,
                          const Metadata& headers, const WebSocketOptions& options,
                          std::unique_ptr<ClientWebSocket>* websocket, Response* reply,
                          std::string* why);
  /// Gives the connection up unless Finish was called.
  ~ClientWebSocket();
  ClientWebSocket(const ClientWebSocket&) = delete;
  ClientWebSocket& operator=(const ClientWebSocket&) = delete;

  /// As WebSocketPeer. Errors: what a close frame other than 1000 and 1001 says, 500 for a message
  /// that is too long or breaks the protocol, 503 when the connection broke.
  Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message);
  Status Send(const kratos::Context& ctx, bool text, std::string_view data);
  /// Has the connection closed in good order, without waiting for it.
  void Finish();

 private:
  struct Impl;
  explicit ClientWebSocket(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kratos::http
