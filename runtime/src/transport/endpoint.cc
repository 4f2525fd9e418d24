#include "transport/endpoint.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

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

// The address that the machine itself would send from to the outside: unlike the order of
// interfaces, routes know bridges and tunnels from the way out. Connecting a datagram socket looks
// the route up and sends nothing.
std::string RoutedAddress() {
  sockaddr_in outside{};
  outside.sin_family = AF_INET;
  outside.sin_port = htons(9);
  inet_pton(AF_INET, "192.0.2.1", &outside.sin_addr);  // RFC 5737: nobody's.
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return "";
  sockaddr_in self{};
  socklen_t length = sizeof self;
  const bool known =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&outside), sizeof outside) == 0 &&
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&self), &length) == 0;
  ::close(socket);
  const auto& address = reinterpret_cast<const sockaddr&>(self);
  return known && IsUsable(address) ? Print(address) : "";
}

}  // namespace

std::string FirstUsableAddress() {
  if (std::string routed = RoutedAddress(); !routed.empty()) return routed;
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
