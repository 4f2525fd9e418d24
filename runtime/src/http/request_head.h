// The head of an HTTP/1.1 message, read strictly (RFC 9112): what two readers could understand
// differently is refused.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "kratos/http/message.h"
#include "kratos/http/server.h"

namespace kratos::http {

/// How a request's body is delimited, and what the head says about the connection.
struct RequestHead {
  Request request;
  /// Chunked transfer coding.
  bool chunked = false;
  /// Length of the body; zero when there is none or it is chunked.
  std::size_t content_length = 0;
  bool keep_alive = true;
  /// "Expect: 100-continue".
  bool expect_continue = false;

  /// As new; keeps memory for the next one.
  void Clear();
};

/// Why a head was refused.
struct HeadError {
  int status = 400;
  std::string message;
};

/// Parses `head`, everything up to and with the empty line. Refuses bare LF, line folding, white
/// space before a colon, a missing or repeated Host, Content-Length together with
/// Transfer-Encoding, differing or malformed lengths, transfer codings but chunked (501), HTTP
/// versions but 1.x (505), and what crosses `limits` (414, 431).
std::optional<HeadError> ParseRequestHead(std::string_view head, const Limits& limits,
                                          RequestHead* out);

}  // namespace kratos::http
