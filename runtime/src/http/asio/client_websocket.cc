#include <fmt/format.h>

#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <utility>

#include "http/asio/client_socket.h"
#include "http/asio/websocket_session.h"
#include "http/client_stream_wire.h"
#include "http/stream_marks.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

constexpr int kNormal = 1000;
constexpr int kInternalError = 1011;

Status ServerEnded(const std::string& origin, const WebSocketEnd& end) {
  using Kind = WebSocketEnd::Kind;
  switch (end.kind) {
    case Kind::kTooLarge:
      return InternalServer(kReasonTooLarge, "a message of the stream is too large");
    case Kind::kProtocol:
      return InternalServer(kReasonCodec,
                            fmt::format("{} broke the WebSocket protocol: {}", origin, end.text));
    case Kind::kClosed:
      if (end.code == kNormal) break;
      // How Kratos ends a call that failed; the frame with the whole text may have been lost.
      if (end.code == kInternalError && !end.text.empty()) return ParseErrorText(end.text);
      return ServiceUnavailable(kReasonUnavailable,
                                fmt::format("{} closed the WebSocket with code {}{}{}", origin,
                                            end.code, end.text.empty() ? "" : ": ", end.text));
    case Kind::kOpen:
    case Kind::kBroken:
      return ServiceUnavailable(kReasonUnavailable,
                                fmt::format("the connection to {} is broken", origin));
  }
  return ServiceUnavailable(kReasonUnavailable, fmt::format("{} has ended the call", origin));
}

}  // namespace

struct ClientWebSocket::Impl {
  std::shared_ptr<WebSocketSession> session;
  bool finished = false;
};

ClientWebSocket::ClientWebSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ClientWebSocket::~ClientWebSocket() {
  if (!impl_->finished) impl_->session->Abandon();
}

WireOutcome ClientWebSocket::Open(std::shared_ptr<ClientSocket> socket, const Address& address,
                                  const Metadata& headers, const WebSocketOptions& options,
                                  std::unique_ptr<ClientWebSocket>* websocket, Response* reply,
                                  std::string* why) {
  *reply = Response();
  reply->status = 0;
  auto impl = std::make_unique<Impl>();
  auto& transport = socket->transport();
  auto& descriptor = socket->descriptor();
  impl->session = std::make_shared<WebSocketSession>(
      WebSocketEndpoint{transport, descriptor, std::move(socket), "",
                        WebSocketTextFilter::Start::kReply},
      beast::role_type::client, options,
      [origin = address.origin.ToString()](const WebSocketEnd& end) {
        return ServerEnded(origin, end);
      });
  websocket::response_type answer;
  answer.result(0u);
  const auto error = impl->session->Open([&](WebSocketSession::Stream& stream,
                                             WebSocketSession::Opened opened) {
    // The call's own deadline bounds the handshake.
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = websocket::stream_base::none();
    timeout.idle_timeout = websocket::stream_base::none();
    stream.set_option(timeout);
    stream.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      // Beast's own fields stay.
      for (const auto& [name, value] : headers) {
        if (EqualsIgnoreCase(name, "Host")) {
          request.set(beast::http::field::host, value);
        } else {
          request.insert(name, value);
        }
      }
    }));
    stream.async_handshake(answer, address.origin.HostField(), address.target, std::move(opened));
  });
  reply->status = static_cast<int>(answer.result_int());
  for (const auto& field : answer) {
    const auto name = field.name_string();
    const auto value = field.value();
    reply->headers.Add({name.data(), name.size()}, {value.data(), value.size()});
  }
  reply->body = std::move(answer.body());
  if (!error) {
    *websocket = std::unique_ptr<ClientWebSocket>(new ClientWebSocket(std::move(impl)));
    return WireOutcome::kReply;
  }
  impl->session->Abandon();
  if (error == websocket::error::upgrade_declined && reply->status != 101)
    return WireOutcome::kReply;
  *why = fmt::format("the WebSocket handshake failed: {}", error.message());
  return WireOutcome::kNoReply;
}

Result<bool> ClientWebSocket::Receive(const kratos::Context& ctx, WebSocketMessage* message) {
  return impl_->session->Receive(ctx, message);
}

Status ClientWebSocket::Send(const kratos::Context& ctx, bool text, std::string_view data) {
  return impl_->session->Send(&ctx, text, data);
}

void ClientWebSocket::Finish() {
  impl_->finished = true;
  impl_->session->StartClose(kNormal, "");
}

}  // namespace kratos::http
