// A kratos::http::Server driven without sockets: for unit tests of services.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/http/client.h"
#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::testing {

namespace internal {
class MemoryExchange;
}  // namespace internal

struct InMemoryOptions {
  /// Bytes on their way in one direction of a stream before the one who sends waits; a small number
  /// shows what a service does when its client is slow. Default 64 KiB.
  std::size_t window_bytes = 64u << 10;
};

/// How the bytes of CallRaw arrive.
struct RawOptions {
  /// Most bytes that one read gives; 0: all at once. 1 shows whether it matters where a network
  /// cuts. Default 0.
  std::size_t piece_bytes = 0;
  /// The peer is gone after its last byte: the call at hand is cancelled and replies get lost. Off:
  /// it sends nothing more and reads on. Default: off.
  bool hang_up = false;
};

/// A call whose bodies flow while it runs. One thread at a time, except for HangUp; destruction
/// hangs up. The server must outlive it.
class StreamCall {
 public:
  explicit StreamCall(std::shared_ptr<internal::MemoryExchange> exchange);
  ~StreamCall();
  StreamCall(const StreamCall&) = delete;
  StreamCall& operator=(const StreamCall&) = delete;

  /// Sends a piece of the request's body; waits while too much of it is unread. False when nobody
  /// will read it: the call has ended, or its route does not read the body piece by piece.
  bool WriteBody(std::string_view bytes);
  /// Ends the request's body.
  void EndBody(Metadata trailers = {});

  /// Waits for the reply's status and header fields; `body` is empty, see Read. Status 0 after
  /// HangUp.
  const http::Response& Head();
  /// Waits for the next bytes of the reply's body, as the handler wrote them, and replaces `*part`
  /// by them: true. False at its end. 503 when the reply broke off, 499 after HangUp.
  kratos::Result<bool> Read(std::string* part);
  /// All that is left of the body.
  kratos::Result<std::string> ReadAll();
  /// Trailer fields; known at the end of the body.
  const Metadata& trailers() const;

  /// The client goes away: the handler's context is cancelled, its writes fail. Thread-safe.
  void HangUp();

 private:
  std::shared_ptr<internal::MemoryExchange> exchange_;
};

/// The client's end of a WebSocket. One thread sends and one receives at a time; HangUp is
/// thread-safe. Destruction hangs up. The server must outlive it.
class WebSocket {
 public:
  struct Message {
    bool text = true;
    std::string data{};
  };

  explicit WebSocket(std::shared_ptr<internal::MemoryExchange> exchange);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Sends one message; waits while the server has too much to read. 499 when it has ended the
  /// WebSocket.
  Status SendText(std::string_view data);
  Status SendBinary(std::string_view data);
  /// Waits for a message and replaces `*message` by it: true. False when the server has closed the
  /// WebSocket; close_code() and close_reason() say how. 503 when it gave up without that, 499
  /// after HangUp.
  kratos::Result<bool> Receive(Message* message);
  /// Sends a close frame: the server reads what came before it, then the end.
  void Close(int code = 1000, std::string_view reason = "");
  /// The connection breaks, without a close frame. Thread-safe.
  void HangUp();

  /// The server's close frame; 0 before it.
  int close_code() const;
  std::string close_reason() const;
  /// The sub-protocol that the server chose, or "".
  std::string subprotocol() const;
  /// The header fields of the server's answer to the handshake.
  const Metadata& reply_header() const;

 private:
  std::shared_ptr<internal::MemoryExchange> exchange_;
};

/// Calls the routes of a server that does not listen: filters, middleware, binding, codecs and
/// encoders are the ones that serve sockets, and only what moves bytes is missing. Thread-safe.
///
/// Services run on the caller's thread in Call, CallRaw and unary calls of a client. Streams run
/// beside it, in fibers where the build has them.
class InMemoryServer {
 public:
  /// Takes the routes as they are now; the same mistakes fail here that fail Server::Start.
  /// `server` must outlive it.
  static kratos::Result<std::unique_ptr<InMemoryServer>> Create(http::Server& server,
                                                                InMemoryOptions options = {});
  /// Hangs up the calls that are still open and waits for their handlers to return.
  ~InMemoryServer();
  InMemoryServer(const InMemoryServer&) = delete;
  InMemoryServer& operator=(const InMemoryServer&) = delete;

  /// One whole call. A reply of any status is OK; a streamed one is collected, so it must end (see
  /// Open). Header fields that
  /// frame a body are an engine's to add, and absent. 503 when the reply broke off: no client would
  /// have all of it. Limits::max_body_bytes holds; for the limits of heads see CallRaw.
  kratos::Result<http::Response> Call(http::Request request);
  /// As Call, for a client that waits until `ctx` is cancelled or its deadline passes: the
  /// handler's context sees both.
  kratos::Result<http::Response> Call(const kratos::Context& ctx, http::Request request);

  /// Serves one connection that brings `bytes`, HTTP/1.1 requests one behind the other, and gives
  /// back all that was answered, byte for byte. WebSockets are refused with 501.
  std::string CallRaw(std::string_view bytes, RawOptions options = {});

  /// Begins a call whose bodies flow. Request::body is the first piece of its body, and all of it
  /// where the route does not read it piece by piece.
  std::unique_ptr<StreamCall> Open(http::Request request);
  /// Opens a WebSocket on `target`; the handshake's own header fields are added where they are
  /// missing. A refusal is the error that a client reads from it.
  kratos::Result<std::unique_ptr<WebSocket>> Connect(http::Request request);

  /// A client of this server, for generated clients: URLs, bodies and replies pass through the real
  /// binding and codecs. All kinds of rpcs, and middleware, work. The context's deadline and
  /// cancellation reach the service. What only a network needs (endpoint, time-outs to connect,
  /// pool, redirects, retries, TLS) has no effect. The server must outlive it.
  kratos::Result<std::shared_ptr<http::Client>> MakeClient(http::ClientOptions options = {});

  /// Tells the calls that run that the server stops: streams end within StreamOptions::drain. Calls
  /// begun later are told at once.
  void Drain();

  class Impl;

 private:
  explicit InMemoryServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace kratos::testing
