// Where a call goes: the parts of an endpoint, and what a Location field makes of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kratos/errors/status.h"

namespace kratos::http {

/// The scheme, host and port that share connections.
struct Origin {
  bool tls = false;
  /// Without brackets.
  std::string host;
  std::uint16_t port = 0;

  /// "https://host:port", always with the port.
  std::string ToString() const;
  /// The Host field: without the scheme's own port.
  std::string HostField() const;

  bool operator==(const Origin&) const = default;
};

struct Endpoint {
  Origin origin;
  /// Path that precedes every target, without a trailing '/'; often empty.
  std::string prefix;
};

/// Reads "host:port", "host", "http://host:port/prefix" and "https://...". Without a scheme,
/// `default_tls` decides. Fails with a sentence naming the text.
Result<Endpoint> ParseEndpoint(std::string_view text, bool default_tls);

/// An absolute address: origin and request target.
struct Address {
  Origin origin;
  std::string target;
};

/// Resolves a Location field (RFC 3986, section 5) against the address it came from. Fails for
/// other schemes than http and https.
Result<Address> ResolveLocation(const Address& base, std::string_view location);

}  // namespace kratos::http
