#include "http/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "kratos/errors/errors.h"
#include "transport/endpoint.h"

namespace kratos::http {

namespace {

constexpr int kBacklog = 4096;          // The kernel lowers it to net.core.somaxconn.
constexpr int kFirstSystemdSocket = 3;  // sd_listen_fds(3).

Error CannotListen(std::string_view address, std::string_view why) {
  return ServiceUnavailable("CANNOT_LISTEN", fmt::format("cannot listen on {}: {}", address, why));
}

void Prepare(int socket) {
  fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
  fcntl(socket, F_SETFD, fcntl(socket, F_GETFD) | FD_CLOEXEC);
}

// Binds and listens on one address; the socket, or -1 with errno.
int ListenOn(const sockaddr* address, socklen_t length, bool reuse_port) {
  const int socket = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return -1;
  const int on = 1;
  const int off = 0;
  if (address->sa_family != AF_UNIX) setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (reuse_port) setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  // "::" takes IPv4 too.
  if (address->sa_family == AF_INET6)
    setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(socket, address, length) == 0 && listen(socket, kBacklog) == 0) return socket;
  const int error = errno;
  close(socket);
  errno = error;
  return -1;
}

int BoundPort(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port);
  return 0;
}

Result<int> ListenOnTcp(const transport::HostPort& address, bool reuse_port) {
  // An empty host means every interface, over IPv6 with IPv4 mapped where the system has it.
  const std::vector<std::string> hosts =
      address.host.empty() ? std::vector<std::string>{"::", "0.0.0.0"} : std::vector{address.host};
  std::string why = "the address is not usable";
  for (const std::string& host : hosts) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(address.port);
    if (const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); failed != 0) {
      why = gai_strerror(failed);
      continue;
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      const int socket = ListenOn(one->ai_addr, one->ai_addrlen, reuse_port);
      if (socket >= 0) return socket;
      why = std::strerror(errno);
      if (errno == EADDRINUSE || errno == EACCES)
        return CannotListen(transport::FormatHostPort(address.host, address.port), why);
    }
  }
  return CannotListen(transport::FormatHostPort(address.host, address.port), why);
}

// A file left by a server that is gone may go too; one that somebody listens on must not.
bool IsStale(const sockaddr_un& address, socklen_t length) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool refused = connect(probe, reinterpret_cast<const sockaddr*>(&address), length) != 0 &&
                       errno == ECONNREFUSED;
  close(probe);
  return refused;
}

Result<int> ListenOnPath(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    return CannotListen("unix:" + path, "the path is empty or too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (path[0] == '@') {
    address.sun_path[0] = '\0';
  } else {
    ++length;
    struct stat info {};
    if (lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode) && IsStale(address, length))
      unlink(path.c_str());
  }
  const int socket = ListenOn(reinterpret_cast<sockaddr*>(&address), length, false);
  if (socket >= 0) return socket;
  return CannotListen("unix:" + path, std::strerror(errno));
}

Result<int> TakeFromSystemd(std::string_view name) {
  const std::string address = fmt::format("systemd:{}", name);
  const char* pid = std::getenv("LISTEN_PID");
  const char* count_text = std::getenv("LISTEN_FDS");
  const char* names = std::getenv("LISTEN_FDNAMES");
  if (pid == nullptr || count_text == nullptr || std::to_string(getpid()) != pid)
    return CannotListen(address, "no socket was handed over (LISTEN_PID, LISTEN_FDS)");
  const int count = std::atoi(count_text);
  std::string_view rest = names == nullptr ? "" : names;
  for (int i = 0; i < count; ++i) {
    const std::string_view own = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), own.size() + 1));
    if (!name.empty() && own != name) continue;
    const int socket = kFirstSystemdSocket + i;
    int listening = 0;
    socklen_t length = sizeof listening;
    if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0 || listening == 0)
      return CannotListen(address, "what was handed over is no listening socket");
    Prepare(socket);
    return socket;
  }
  return CannotListen(address, "no socket of this name was handed over (LISTEN_FDNAMES)");
}

}  // namespace

Result<Listener> Listener::Open(std::string_view address, bool reuse_port) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kSystemd = "systemd:";
  Listener listener;
  if (address.starts_with(kUnix)) {
    const std::string path(address.substr(kUnix.size()));
    auto socket = ListenOnPath(path);
    if (!socket.ok()) return socket.status();
    listener.socket_ = *socket;
    if (path[0] != '@') listener.path_ = path;
    return listener;
  }
  if (address.starts_with(kSystemd)) {
    auto socket = TakeFromSystemd(address.substr(kSystemd.size()));
    if (!socket.ok()) return socket.status();
    listener.socket_ = *socket;
    listener.port_ = BoundPort(*socket);
    listener.inherited_ = true;
    return listener;
  }
  auto parsed = transport::ParseHostPort(address);
  if (!parsed.ok()) return parsed.status();
  auto socket = ListenOnTcp(*parsed, reuse_port);
  if (!socket.ok()) return socket.status();
  listener.socket_ = *socket;
  listener.host_ = parsed->host;
  listener.port_ = BoundPort(*socket);
  return listener;
}

Listener& Listener::operator=(Listener&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(host_, other.host_);
  std::swap(port_, other.port_);
  std::swap(inherited_, other.inherited_);
  std::swap(path_, other.path_);
  return *this;
}

Listener::~Listener() {
  if (socket_ >= 0) close(socket_);
  if (!path_.empty()) unlink(path_.c_str());
}

}  // namespace kratos::http
