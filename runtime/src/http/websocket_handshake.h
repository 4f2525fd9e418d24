// The request that asks for a WebSocket (RFC 6455, 4.2.1).
#pragma once

#include <string>
#include <string_view>

#include "kratos/errors/status.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"

namespace kratos::http {

class Context;

/// True when the Upgrade field asks for a WebSocket.
bool IsWebSocketRequest(const Request& request);

/// OK for a handshake that may be accepted; else 426 (with Upgrade and Sec-WebSocket-Version) for a
/// request that asks for no WebSocket or for another version, 400 for a broken one, 403 for an
/// origin that may not connect.
Status CheckWebSocketRequest(Context& ctx);

/// The first of `offered` (the server's, in its order) that the request's Sec-WebSocket-Protocol
/// fields name, or "".
std::string ChooseSubprotocol(const Request& request, const WebSocketOptions& options);

}  // namespace kratos::http
