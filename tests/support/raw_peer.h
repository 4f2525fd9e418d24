// A TCP server whose connections are served by functions of the test, byte by byte.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kratos::testing {

/// A one-shot event between threads.
class Signal {
 public:
  void Set() {
    const std::lock_guard lock(mutex_);
    set_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// A frame of a WebSocket, unmasked (RFC 6455, 5.2).
struct Frame {
  int opcode = 0;
  std::string payload{};
  bool masked = false;
  bool compressed = false;
};

inline constexpr int kTextFrame = 1;
inline constexpr int kBinaryFrame = 2;
inline constexpr int kCloseFrame = 8;
inline constexpr int kPingFrame = 9;
inline constexpr int kPongFrame = 10;

/// A frame as a server sends it.
inline std::string FrameBytes(int opcode, std::string_view payload, bool last = true) {
  std::string bytes(1, static_cast<char>((last ? 0x80 : 0) | opcode));
  const std::size_t size = payload.size();
  if (size < 126) {
    bytes += static_cast<char>(size);
  } else {
    const int count = size < 65536 ? 2 : 8;
    bytes += static_cast<char>(count == 2 ? 126 : 127);
    for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(size >> (8 * i) & 0xff);
  }
  return bytes.append(payload);
}

/// The payload of a close frame.
inline std::string ClosePayload(int code, std::string_view reason = "") {
  const std::string bytes = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  return bytes + std::string(reason);
}

/// The answer to a WebSocket handshake whose head is given.
inline std::string SwitchProtocols(const std::string& head, std::string_view fields = "") {
  const std::string name = "Sec-WebSocket-Key: ";
  const auto at = head.find(name);
  if (at == std::string::npos) throw std::runtime_error("no handshake: " + head);
  const std::string key = head.substr(at + name.size(), head.find("\r\n", at) - at - name.size()) +
                          "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  unsigned char text[64];
  EVP_EncodeBlock(text, digest, sizeof digest);
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         std::string(reinterpret_cast<char*>(text)) + "\r\n" + std::string(fields) + "\r\n";
}

/// One accepted connection. Reads end, with what there is, when the peer closes or the test ends.
class RawConnection {
 public:
  RawConnection(int socket, int stop) : socket_(socket), stop_(stop) {}

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (sent < 0 && errno == EAGAIN) {
        if (on_full) std::exchange(on_full, nullptr)();
        if (!Ready(POLLOUT)) return false;
      } else {
        return false;
      }
    }
    return true;
  }
  /// Each byte in a packet of its own, as far as the system goes along.
  bool SendSlowly(std::string_view bytes) {
    for (const char& byte : bytes) {
      if (!Send({&byte, 1})) return false;
    }
    return true;
  }
  /// Called once, when a Send has to wait for the peer.
  std::function<void()> on_full;

  /// Up to and with `end`; all there is when that does not come.
  std::string ReadUntil(std::string_view end) {
    while (true) {
      if (const auto at = unread_.find(end); at != std::string::npos) return Take(at + end.size());
      if (!Receive()) return Take(unread_.size());
    }
  }
  std::string ReadHead() { return ReadUntil("\r\n\r\n"); }
  std::string ReadBytes(std::size_t count) {
    while (unread_.size() < count && Receive()) {
    }
    return Take(std::min(count, unread_.size()));
  }
  /// Everything until the peer closes.
  std::string ReadAll() {
    while (Receive()) {
    }
    return Take(unread_.size());
  }

  /// Answers a handshake; its head.
  std::string AcceptWebSocket(std::string_view fields = "") {
    std::string head = ReadHead();
    Send(SwitchProtocols(head, fields));
    return head;
  }
  std::optional<Frame> ReadFrame() {
    const std::string head = ReadBytes(2);
    if (head.size() < 2) return std::nullopt;
    Frame frame;
    frame.opcode = head[0] & 0x0f;
    frame.compressed = (head[0] & 0x40) != 0;
    frame.masked = (head[1] & 0x80) != 0;
    std::uint64_t size = head[1] & 0x7f;
    if (size >= 126) {
      const std::string length = ReadBytes(size == 126 ? 2 : 8);
      size = 0;
      for (const char byte : length) size = size << 8 | static_cast<unsigned char>(byte);
    }
    const std::string mask = frame.masked ? ReadBytes(4) : std::string(4, '\0');
    frame.payload = ReadBytes(size);
    if (mask.size() < 4 || frame.payload.size() < size) return std::nullopt;
    for (std::size_t i = 0; i < frame.payload.size(); ++i)
      frame.payload[i] = static_cast<char>(frame.payload[i] ^ mask[i % 4]);
    return frame;
  }
  bool SendFrame(int opcode, std::string_view payload, bool last = true) {
    return Send(FrameBytes(opcode, payload, last));
  }

  /// Has the end of the function close the connection with a reset.
  void Reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  std::string Take(std::size_t count) {
    std::string taken = unread_.substr(0, count);
    unread_.erase(0, count);
    return taken;
  }
  bool Ready(short events) const {
    pollfd fds[2] = {{socket_, events, 0}, {stop_, POLLIN, 0}};
    return ::poll(fds, 2, -1) > 0 && fds[1].revents == 0;
  }
  bool Receive() {
    char buffer[16384];
    if (!Ready(POLLIN)) return false;
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    unread_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  const int socket_;
  const int stop_;
  std::string unread_;
};

/// Listens on 127.0.0.1. The n-th connection is served by the n-th function, on a thread of its
/// own, and closed when that returns; when there are more, the last one serves them.
class RawPeer {
 public:
  using Serve = std::function<void(RawConnection&)>;

  explicit RawPeer(std::vector<Serve> serve) : serve_(std::move(serve)) {
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
  explicit RawPeer(Serve serve) : RawPeer(std::vector<Serve>{std::move(serve)}) {}
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer() {
    ::close(stop_[1]);
    acceptor_.join();
    for (auto& thread : connections_) thread.join();
    ::close(stop_[0]);
    ::close(listener_);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::size_t accepted() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
  }
  /// Waits until `count` connections were served.
  void WaitForServed(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return served_ >= count; });
  }

 private:
  void Accept() {
    while (true) {
      pollfd fds[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      if (::poll(fds, 2, -1) <= 0 || fds[1].revents != 0) return;
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      const std::lock_guard lock(mutex_);
      const Serve& serve = serve_[std::min(connections_.size(), serve_.size() - 1)];
      connections_.emplace_back([this, socket, &serve] {
        RawConnection connection(socket, stop_[0]);
        serve(connection);
        ::close(socket);
        const std::lock_guard inner(mutex_);
        ++served_;
        changed_.notify_all();
      });
    }
  }

  const std::vector<Serve> serve_;
  int listener_ = -1;
  int port_ = 0;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t served_ = 0;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace kratos::testing
