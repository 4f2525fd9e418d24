// The opening of a streaming call: connections, redirects, and how failures read.
#pragma once

#include <memory>
#include <mutex>

#include "http/client_exchange.h"
#include "http/client_stream_wire.h"
#include "kratos/http/client.h"

namespace kratos::http {

/// What a streaming call travels over.
enum class StreamWire {
  kReply,      ///< the reply streams
  kUpload,     ///< the request's body streams
  kWebSocket,  ///< both can
};

/// What came of it. With an OK status and kReply, `reply` has the head, and the whole body unless
/// the status is 200..299; with kWebSocket 101 or a refusal; with kUpload nothing yet.
struct OpenedStream : ExchangeResult {
  std::unique_ptr<HttpStream> http;
  std::unique_ptr<ClientWebSocket> websocket;
  /// Of the connection, for CallGuard::Attach.
  int descriptor = -1;
};

/// Opens streams for one client. Thread-safe.
class StreamExchanger {
 public:
  /// Both must outlive it.
  StreamExchanger(const ClientOptions& options, Exchanger& exchanger)
      : options_(options), exchanger_(exchanger) {}

  /// Opens `call`, following redirects except for uploads, whose body cannot be sent twice.
  OpenedStream Open(CallGuard& guard, StreamWire wire, OutgoingCall& call);

 private:
  OpenedStream OpenOnce(CallGuard& guard, StreamWire wire, const Address& address,
                        const Metadata& headers, OutgoingCall& call);
  WireOutcome Connect(CallGuard& guard, const Origin& origin, std::shared_ptr<ClientSocket>* socket,
                      Status* failure);
  std::shared_ptr<ClientIo> Io();

  const ClientOptions& options_;
  Exchanger& exchanger_;
  std::mutex mutex_;
  std::shared_ptr<ClientIo> io_;
};

/// The WebSocket's options out of the client's.
WebSocketOptions WebSocketOptionsOf(const ClientStreamOptions& options);

}  // namespace kratos::http
