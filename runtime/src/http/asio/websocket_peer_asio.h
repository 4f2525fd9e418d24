// A WebSocket of the asio engine, on Beast.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "http/exchange.h"
#include "http/socket_transport.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"

namespace kratos::http {

/// Where a WebSocket's bytes go. All but `unread` must outlive it.
struct WebSocketSocket {
  SocketTransport& transport;
  boost::asio::posix::stream_descriptor& descriptor;
  /// What the peer has sent behind the handshake.
  std::string unread;
};

/// Answers the handshake and waits for that to be done. Called by the handler, on any thread.
Result<std::unique_ptr<WebSocketPeer>> AcceptWebSocketOn(WebSocketSocket socket,
                                                         const Request& request,
                                                         const Response& response,
                                                         const WebSocketOptions& options,
                                                         std::string_view subprotocol);

}  // namespace kratos::http
