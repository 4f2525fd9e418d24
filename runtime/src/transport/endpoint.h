// Addresses: "host:port" taken apart, and the address others can reach this machine under.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kratos/errors/status.h"

namespace kratos::transport {

struct HostPort {
  /// Without brackets; empty for all interfaces.
  std::string host;
  std::uint16_t port = 0;
};

/// Reads "host:port", ":port" and "[v6]:port". Fails with a sentence naming the text.
Result<HostPort> ParseHostPort(std::string_view text);

/// "host:port", with brackets around an IPv6 address.
std::string FormatHostPort(std::string_view host, int port);

/// The address under which others are likely to reach this machine: the one it sends from to the
/// outside, else that of the first usable interface (up, not loopback or link-local; IPv4
/// preferred), or "" when there is none.
std::string FirstUsableAddress();

}  // namespace kratos::transport
