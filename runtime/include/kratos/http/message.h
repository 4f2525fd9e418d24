// The request and the reply as HTTP sees them, without any engine's types.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// A request as it came in.
struct Request {
  /// As sent: "GET".
  std::string method{};
  /// The request target in origin form, undecoded: "/v1/shelves?page_size=3".
  std::string target{};
  /// Minor version of HTTP/1.x, or -1 when unknown.
  int http_minor = 1;
  Metadata headers{};
  /// The whole body, transfer coding removed. Empty where the body streams.
  std::string body{};
  /// Trailer fields of a chunked body; known once the body has been read.
  Metadata trailers{};
  /// "address:port" of the connection's other end.
  std::string peer{};
  /// True when the connection is encrypted.
  bool tls = false;

  /// The target up to '?', undecoded.
  std::string_view path() const;
  /// What follows '?', undecoded; empty when there is none.
  std::string_view query() const;

  /// As new; keeps memory for the next one.
  void Clear();
};

/// A reply in the making.
struct Response {
  int status = 200;
  Metadata headers{};
  std::string body{};
  /// Sent behind the body of a streamed reply (RFC 9112, 7.1.2); others have none.
  Metadata trailers{};
  /// True once something decided the answer; later Result, Blob, ... calls leave it alone.
  bool committed = false;
  /// Ask the engine to close the connection after this reply.
  bool close = false;

  /// As new; keeps memory for the next one.
  void Clear();
};

/// A cookie for Set-Cookie (RFC 6265, 4.1).
struct Cookie {
  enum class SameSite { kUnset, kLax, kStrict, kNone };
  std::string name{};
  std::string value{};
  std::string path{};
  std::string domain{};
  /// Seconds; negative: a session cookie (no Max-Age). Default: -1.
  long max_age_seconds = -1;
  bool secure = false;
  bool http_only = false;
  SameSite same_site = SameSite::kUnset;
};

/// The field's value, or "" when name, value, path or domain hold characters a cookie cannot carry.
std::string FormatCookie(const Cookie& cookie);

}  // namespace kratos::http
