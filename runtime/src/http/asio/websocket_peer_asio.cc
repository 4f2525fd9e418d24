#include "http/asio/websocket_peer_asio.h"

#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <utility>

#include "http/asio/websocket_session.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

Status PeerEnded(const WebSocketEnd& end) {
  using Kind = WebSocketEnd::Kind;
  switch (end.kind) {
    case Kind::kTooLarge:
      return Error(413, kReasonTooLarge, "a WebSocket message is too long");
    case Kind::kClosed:
      return ClientClosed(kReasonCanceled,
                          "the client closed the WebSocket with code " + std::to_string(end.code));
    case Kind::kProtocol:
      return BadRequest(kReasonCodec, "the client broke the WebSocket protocol: " + end.text);
    case Kind::kOpen:
    case Kind::kBroken:
      break;
  }
  return ClientClosed(kReasonCanceled, "the client has gone");
}

Status Accept(WebSocketSession& session, const Request& request, const Response& response,
              std::string_view subprotocol) {
  beast::http::request<beast::http::string_body> handshake;
  handshake.method_string(request.method);
  handshake.target(request.target);
  handshake.version(11);
  for (const auto& [name, value] : request.headers) handshake.insert(name, value);
  const error_code result =
      session.Open([&](WebSocketSession::Stream& stream, WebSocketSession::Opened opened) {
        stream.set_option(websocket::stream_base::decorator([&](websocket::response_type& reply) {
          for (const auto& [name, value] : response.headers) {
            if (!EqualsIgnoreCase(name, "Connection") && !EqualsIgnoreCase(name, "Upgrade"))
              reply.insert(name, value);
          }
          if (!subprotocol.empty()) reply.set("Sec-WebSocket-Protocol", subprotocol);
        }));
        stream.async_accept(handshake, std::move(opened));
      });
  if (!result) return {};
  if (result.category() == make_error_code(websocket::error::upgrade_declined).category())
    return BadRequest(kReasonCodec, "the WebSocket handshake is malformed: " + result.message());
  return ClientClosed(kReasonCanceled, "the client has gone");
}

class Peer final : public WebSocketPeer {
 public:
  explicit Peer(std::shared_ptr<WebSocketSession> session) : session_(std::move(session)) {}
  ~Peer() override {
    session_->Abandon();
    session_->AwaitIdle();
  }

  Result<bool> Receive(const kratos::Context& ctx, WebSocketMessage* message) override {
    return session_->Receive(ctx, message);
  }
  Status Send(const kratos::Context* ctx, bool text, std::string_view data) override {
    return session_->Send(ctx, text, data);
  }
  void Close(int code, std::string_view reason) override {
    session_->StartClose(code, reason);
    session_->AwaitClose();
  }

 private:
  std::shared_ptr<WebSocketSession> session_;
};

}  // namespace

Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocketOn(WebSocketSocket socket,
                                                         const Request& request,
                                                         const Response& response,
                                                         const WebSocketOptions& options,
                                                         std::string_view subprotocol) {
  auto session = std::make_shared<WebSocketSession>(
      WebSocketEndpoint{socket.transport, socket.descriptor, nullptr, std::move(socket.unread),
                        WebSocketTextFilter::Start::kFrames},
      beast::role_type::server, options, &PeerEnded);
  if (Status status = Accept(*session, request, response, subprotocol); !status.ok()) {
    return status;
  }
  return std::unique_ptr<WebSocketPeer>(std::make_unique<Peer>(std::move(session)));
}

}  // namespace kratos::http
