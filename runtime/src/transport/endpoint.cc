#include "transport/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <charconv>
#include <limits>

#include "kratos/errors/errors.h"

namespace kratos::transport {

Result<HostPort> ParseHostPort(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return InternalServer(
        "BAD_ADDRESS",
        fmt::format("\"{}\" is not an address of the form host:port: {}", text, why));
  };
  HostPort result;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return bad("the '[' is not closed");
    result.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.starts_with(':')) return bad("the port is missing");
    port.remove_prefix(1);
  } else {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return bad("the port is missing");
    if (text.find(':') != colon) return bad("an IPv6 address needs brackets");
    result.host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (error != std::errc() || end != port.data() + port.size())
    return bad("the port is no number from 0 to 65535");
  return result;
}

std::string FormatHostPort(std::string_view host, int port) {
  return host.find(':') != std::string_view::npos ? fmt::format("[{}]:{}", host, port)
                                                  : fmt::format("{}:{}", host, port);
}

namespace {

// Whether others can reach the address: neither loopback nor link-local, multicast or unspecified.
bool IsUsable(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto ip = ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
    const bool loopback = (ip >> 24) == 127;
    const bool link_local = (ip >> 16) == 0xa9fe;
    const bool multicast_or_broadcast = ip >= 0xe0000000;
    return ip != 0 && !loopback && !link_local && !multicast_or_broadcast;
  }
  if (address.sa_family == AF_INET6) {
    const auto& ip = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return !IN6_IS_ADDR_UNSPECIFIED(&ip) && !IN6_IS_ADDR_LOOPBACK(&ip) &&
           !IN6_IS_ADDR_LINKLOCAL(&ip) && !IN6_IS_ADDR_MULTICAST(&ip);
  }
  return false;
}

std::string Print(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const void* ip =
      address.sa_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return inet_ntop(address.sa_family, ip, text, sizeof text) == nullptr ? "" : text;
}

}  // namespace

std::string FirstUsableAddress() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return "";
  std::string best;
  unsigned best_rank = std::numeric_limits<unsigned>::max();
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0 ||
        !IsUsable(*entry->ifa_addr))
      continue;
    // Lowest interface index first; on one interface IPv4 before IPv6.
    const unsigned rank =
        if_nametoindex(entry->ifa_name) * 2 + (entry->ifa_addr->sa_family == AF_INET ? 0 : 1);
    if (rank < best_rank) {
      best_rank = rank;
      best = Print(*entry->ifa_addr);
    }
  }
  freeifaddrs(list);
  return best;
}

}  // namespace kratos::transport
