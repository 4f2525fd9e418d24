#include "http/websocket_handshake.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "http/call_state.h"
#include "http/list_field.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"
#include "metadata/ascii.h"

namespace kratos::http {

namespace {

bool Names(const Request& request, std::string_view field, std::string_view token) {
  bool named = false;
  ForEachElement(request.headers, field, [&](std::string_view element) {
    named = named || EqualsIgnoreCase(element, token);
  });
  return named;
}

// Sixteen bytes in base64 (RFC 6455, 4.1).
bool IsKey(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return std::all_of(key.begin(), key.end() - 2, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  });
}

// "https://host:port" without its scheme.
std::string_view HostOf(std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view() : origin.substr(scheme + 3);
}

bool MayConnect(const Request& request, const WebSocketOptions& options) {
  const std::string* origin = request.headers.Find("Origin");
  if (origin == nullptr) return true;
  const std::string_view host = request.headers.Get("Host");
  if (options.check_origin) return options.check_origin(*origin, host);
  if (EqualsIgnoreCase(HostOf(*origin), host)) return true;
  return std::any_of(options.allowed_origins.begin(), options.allowed_origins.end(),
                     [&](const std::string& allowed) {
                       return allowed == "*" || EqualsIgnoreCase(allowed, *origin);
                     });
}

}  // namespace

bool IsWebSocketRequest(const Request& request) { return Names(request, "Upgrade", "websocket"); }

Status CheckWebSocketRequest(Context& ctx) {
  const Request& request = ctx.request();
  const auto upgrade_required = [&ctx](std::string_view why) {
    ctx.mutable_reply_header().Set("Upgrade", "websocket");
    ctx.mutable_reply_header().Set("Sec-WebSocket-Version", "13");
    return Error(426, "UPGRADE_REQUIRED", std::string(why));
  };
  if (!IsWebSocketRequest(request) || !Names(request, "Connection", "upgrade"))
    return upgrade_required("this method is called over a WebSocket");
  if (request.method != "GET" || request.http_minor < 1)
    return BadRequest(kReasonCodec, "a WebSocket is asked for with GET and HTTP/1.1");
  if (request.headers.Get("Sec-WebSocket-Version") != "13")
    return upgrade_required("the WebSocket version is not 13");
  if (!IsKey(kratos::internal::Trim(request.headers.Get("Sec-WebSocket-Key"))))
    return BadRequest(kReasonCodec, "Sec-WebSocket-Key is not sixteen bytes in base64");
  if (!MayConnect(request, ctx.state().dispatcher.options().websocket)) {
    return Forbidden("ORIGIN_NOT_ALLOWED", fmt::format("the origin {} may not connect here",
                                                       request.headers.Get("Origin")));
  }
  return {};
}

std::string ChooseSubprotocol(const Request& request, const WebSocketOptions& options) {
  std::vector<std::string_view> offered;
  ForEachElement(request.headers, "Sec-WebSocket-Protocol",
                 [&](std::string_view element) { offered.push_back(element); });
  for (const std::string& own : options.subprotocols) {
    if (std::find(offered.begin(), offered.end(), own) != offered.end()) return own;
  }
  return "";
}

}  // namespace kratos::http
