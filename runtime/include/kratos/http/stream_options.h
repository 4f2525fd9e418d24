// Settings of streams and WebSockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::http {

/// Fields of one server-sent event besides its data (WHATWG HTML, 9.2).
struct EventOptions {
  /// What the client sends back in Last-Event-ID when it connects again. Must have no line break.
  std::string id{};
  /// How long the client is to wait before it connects again.
  std::optional<std::chrono::milliseconds> retry{};
};

struct StreamOptions {
  /// Silence after which something meaningless is sent on a server-sent event stream (a comment) or
  /// a JSON array (a line break), so that proxies keep it open and a peer that has gone is noticed.
  /// Zero: never. Default 15 s.
  std::chrono::milliseconds heartbeat{15'000};
  /// When the server stops, streams of messages have this long to end by themselves; then their
  /// contexts are cancelled, and the peer is told with an error event or close code 1001.
  /// Downloads, uploads and unary calls have the whole grace period. Default 1 s.
  std::chrono::milliseconds drain{1'000};
};

struct WebSocketOptions {
  /// Longest message taken, all its frames together, in bytes; beyond: the connection is closed
  /// with 1009. Zero: no limit. Default 4 MiB.
  std::size_t max_message_bytes = 4u << 20;
  /// Silence of the peer after which it is pinged; as long again without an answer, and it counts
  /// as gone. Zero: never. Default 30 s.
  std::chrono::milliseconds ping_interval{30'000};
  /// Longest wait for the peer's close frame. Default 2 s.
  std::chrono::milliseconds close_timeout{2'000};
  /// Bytes on their way out before Send waits. Default 64 KiB.
  std::size_t send_buffer_bytes = 64u << 10;
  /// Offers permessage-deflate (RFC 7692), which costs some 300 KiB a connection. Default: off, as
  /// Kratos.
  bool compress = false;
  /// Origins besides the server's own host that browsers may connect from: "https://example.com",
  /// or
  /// "*" for all. Others get 403. A request without Origin is no browser's and always welcome.
  std::vector<std::string> allowed_origins{};
  /// Decides in place of allowed_origins.
  std::function<bool(std::string_view origin, std::string_view host)> check_origin{};
  /// Sub-protocols in order of preference; the first one that the client offers too is chosen.
  std::vector<std::string> subprotocols{};
};

/// Of a client's streaming calls.
struct ClientStreamOptions {
  /// Longest message taken, in bytes; beyond: the call fails with 500 TOO_LARGE. Pieces of raw
  /// bytes are never that long. Zero: no limit. Default 64 MiB.
  std::size_t max_message_bytes = 64u << 20;
  /// How often a stream of server-sent events that broke is asked for again, one after the other
  /// without a message in between. The server is told the last event's id (Last-Event-ID), and its
  /// `retry` says how long to wait; without one the pauses grow from 50 ms to 2 s. Streams that
  /// ended well or with an error event are over. Only for idempotent methods. Default 0: never.
  int max_reconnects = 0;
  /// Sends uploads of google.api.HttpBody as messages over a WebSocket, which is all that Go Kratos
  /// servers take. Default: off, they are the request's body.
  bool kratos_uploads = false;

  // Of WebSockets:

  /// Silence of the server after which it is pinged; as long again without an answer, and the call
  /// fails. Zero: never. Default 30 s.
  std::chrono::milliseconds ping_interval{30'000};
  /// How long the connection may take to close once the call is over; nobody waits for it. Default
  /// 2 s.
  std::chrono::milliseconds close_timeout{2'000};
  /// Bytes on their way out before Send waits. Default 64 KiB.
  std::size_t send_buffer_bytes = 64u << 10;
  /// Asks for permessage-deflate (RFC 7692). Default: off, as Kratos.
  bool compress = false;
};

}  // namespace kratos::http
