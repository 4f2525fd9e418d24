// A TCP server that answers with scripted bytes and records the bytes it was sent.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kratos::testing {

/// What the server does with one request of a connection. After a connection's last step it is
/// closed.
struct Step {
  enum class Then {
    kKeep,   ///< go on with the next step
    kHang,   ///< send nothing more; wait until the client closes
    kDrip,   ///< send single bytes without end until the client closes
    kReset,  ///< close at once, discarding what is unsent
  };
  /// Sent after the whole request was read; may be empty.
  std::string reply;
  Then then = Then::kKeep;
};

/// The steps of one connection.
using Script = std::vector<Step>;

struct RecordedRequest {
  std::size_t connection = 0;
  std::string bytes;
};

/// Listens on 127.0.0.1. The n-th connection runs the n-th script; when there are more connections
/// than scripts the last one is repeated. With `certificate` and `key` (PEM files) it speaks TLS.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts, const std::string& certificate = "",
                          const std::string& key = "")
      : scripts_(std::move(scripts)) {
    if (!certificate.empty()) {
      tls_.reset(SSL_CTX_new(TLS_server_method()));
      if (SSL_CTX_use_certificate_chain_file(tls_.get(), certificate.c_str()) != 1 ||
          SSL_CTX_use_PrivateKey_file(tls_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
        throw std::runtime_error("the test's certificate cannot be used");
      }
    }
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
        ::pipe(stop_) != 0) {
      throw std::runtime_error("cannot listen on loopback");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    ::close(stop_[1]);
    acceptor_.join();
    for (auto& thread : connections_) thread.join();
    ::close(stop_[0]);
    ::close(listener_);
  }

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// The requests so far, in order of arrival.
  std::vector<RecordedRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// Blocks until `count` requests were read.
  void WaitForRequests(std::size_t count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
  }
  /// Blocks until the server closed `count` connections.
  void WaitForClosed(std::size_t count) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ >= count; });
  }
  /// Sends bytes on the open plain connection number `connection`, outside its script.
  void Inject(std::size_t connection, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (::send(sockets_.at(connection), bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(bytes.size())) {
      throw std::runtime_error("cannot send");
    }
  }
  std::size_t accepted() const {
    const std::lock_guard lock(mutex_);
    return accepted_;
  }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
  };

  // One accepted connection, plain or TLS.
  struct Peer {
    int socket = -1;
    std::unique_ptr<SSL, FreeSession> tls;
    std::string unread;

    bool Send(std::string_view bytes) {
      while (!bytes.empty()) {
        const auto sent =
            tls != nullptr
                ? SSL_write(tls.get(), bytes.data(), static_cast<int>(bytes.size()))
                : static_cast<int>(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL));
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }
    bool Receive() {
      char buffer[16384];
      const auto got = tls != nullptr ? SSL_read(tls.get(), buffer, sizeof buffer)
                                      : static_cast<int>(::recv(socket, buffer, sizeof buffer, 0));
      if (got <= 0) return false;
      unread.append(buffer, static_cast<std::size_t>(got));
      return true;
    }
  };

  // True when `socket` has something to read, false when the server stops. Waits no longer than
  // `timeout` (-1: for ever).
  bool Readable(int socket, int timeout = -1) const {
    pollfd fds[2] = {{socket, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    const int ready = ::poll(fds, 2, timeout);
    return ready > 0 && fds[1].revents == 0;
  }
  bool Stopping() const {
    pollfd fd{stop_[0], POLLIN, 0};
    return ::poll(&fd, 1, 0) > 0;
  }

  void Accept() {
    while (Readable(listener_)) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const std::lock_guard lock(mutex_);
      const auto index = accepted_++;
      sockets_.push_back(socket);
      changed_.notify_all();
      connections_.emplace_back([this, socket, index] { Serve(socket, index); });
    }
  }

  // Reads up to the end of one request with a Content-Length body or none.
  bool ReadRequest(Peer* peer, std::string* request) const {
    for (;;) {
      if (const auto end = peer->unread.find("\r\n\r\n"); end != std::string::npos) {
        std::size_t length = 0;
        std::string head = peer->unread.substr(0, end + 2);
        std::transform(head.begin(), head.end(), head.begin(),
                       [](unsigned char c) { return std::tolower(c); });
        if (const auto at = head.find("\r\ncontent-length:"); at != std::string::npos) {
          length = std::strtoul(head.c_str() + at + 17, nullptr, 10);
        }
        if (peer->unread.size() >= end + 4 + length) {
          *request = peer->unread.substr(0, end + 4 + length);
          peer->unread.erase(0, end + 4 + length);
          return true;
        }
      }
      const bool buffered = peer->tls != nullptr && SSL_pending(peer->tls.get()) > 0;
      if ((!buffered && !Readable(peer->socket)) || !peer->Receive()) return false;
    }
  }

  void Serve(int socket, std::size_t index) {
    // For this thread only: that a client survives its own broken pipes is for the client to see
    // to.
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
    Peer peer;
    peer.socket = socket;
    Run(&peer, index);
    peer.tls.reset();
    ::shutdown(socket, SHUT_WR);
    const std::lock_guard lock(mutex_);
    sockets_.at(index) = -1;
    ::close(socket);
    ++closed_;
    changed_.notify_all();
  }

  void Run(Peer* peer, std::size_t index) {
    if (tls_ != nullptr) {
      peer->tls.reset(SSL_new(tls_.get()));
      SSL_set_fd(peer->tls.get(), peer->socket);
      if (!Readable(peer->socket) || SSL_accept(peer->tls.get()) != 1) return;
    }
    const Script& script = scripts_[std::min(index, scripts_.size() - 1)];
    for (const Step& step : script) {
      std::string request;
      if (!ReadRequest(peer, &request)) return;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back({index, std::move(request)});
        changed_.notify_all();
      }
      if (!peer->Send(step.reply)) return;
      switch (step.then) {
        case Step::Then::kKeep:
          break;
        case Step::Then::kHang:
          while (Readable(peer->socket) && peer->Receive()) {
          }
          return;
        case Step::Then::kDrip:
          // The wait for the client's close is what paces the bytes.
          while (!Stopping() && peer->Send("x") && !Readable(peer->socket, 1)) {
          }
          return;
        case Step::Then::kReset: {
          const linger at_once{1, 0};
          ::setsockopt(peer->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
          return;
        }
      }
    }
  }

  const std::vector<Script> scripts_;
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  int listener_ = -1;
  int port_ = 0;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<RecordedRequest> requests_;
  std::size_t accepted_ = 0;
  std::size_t closed_ = 0;
  std::vector<int> sockets_;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace kratos::testing
