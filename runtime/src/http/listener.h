// The listening socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "kratos/errors/status.h"

namespace kratos::http {

/// Owns a listening socket of any kind, non-blocking. Movable.
class Listener {
 public:
  /// Opens what ServerOptions::address names: "host:port", ":port", "[v6]:port", "unix:/path",
  /// "unix:@name" (abstract), "systemd:" or "systemd:name" (sd_listen_fds(3): the first socket that
  /// was handed over, or the one of that name). Fails naming address and cause. `reuse_port`: other
  /// sockets may listen on the same TCP port.
  static Result<Listener> Open(std::string_view address, bool reuse_port);

  Listener() = default;
  Listener(Listener&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        host_(std::move(other.host_)),
        port_(other.port_),
        inherited_(other.inherited_),
        path_(std::exchange(other.path_, {})) {}
  Listener& operator=(Listener&& other) noexcept;
  /// Closes the socket and removes the file of a Unix-domain one that was made here.
  ~Listener();

  int socket() const { return socket_; }
  /// Of TCP: as configured; empty for all interfaces.
  const std::string& host() const { return host_; }
  /// Of TCP: the bound port; else 0.
  int port() const { return port_; }
  bool tcp() const { return port_ != 0; }
  /// Other processes may have the same socket: it was handed over.
  bool inherited() const { return inherited_; }
  /// Gives the socket up without closing it.
  int Release() { return std::exchange(socket_, -1); }

 private:
  int socket_ = -1;
  std::string host_;
  int port_ = 0;
  bool inherited_ = false;
  std::string path_;
};

}  // namespace kratos::http
