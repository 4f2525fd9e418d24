// The bytes of one connection, plain or TLS, without waiting.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kratos::http {

/// Reads and writes a connected socket and never blocks: what cannot go on says what it waits for.
/// Used by one thread at a time.
class SocketTransport {
 public:
  enum class Outcome {
    kDone,       ///< `bytes` were moved, at least one
    kWantRead,   ///< nothing moved; try again when the socket is readable
    kWantWrite,  ///< the same for writable
    kEnd,        ///< the peer has sent its last byte
    kBroken,     ///< the connection is of no use any more
  };
  struct Moved {
    Outcome outcome = Outcome::kBroken;
    std::size_t bytes = 0;
  };

  /// Makes `socket` non-blocking, and TCP send at once. Does not own it.
  explicit SocketTransport(int socket);
  ~SocketTransport();
  SocketTransport(const SocketTransport&) = delete;
  SocketTransport& operator=(const SocketTransport&) = delete;

  int socket() const { return socket_; }
  bool tls() const { return ssl_ != nullptr; }
  bool broken() const { return broken_; }

  /// Begins TLS as the server; false when there is no memory for it.
  bool BeginTls(SSL_CTX* ctx);
  /// The same as the client of `host`.
  bool BeginTlsAsClient(SSL_CTX* ctx, const std::string& host);
  /// Shakes hands; call again while it wants something. kDone without bytes.
  Outcome Handshake();
  /// The protocol that ALPN chose, or "".
  std::string_view alpn() const;

  Moved Read(char* to, std::size_t size);
  /// Writes from the pieces in order, in one system call where it can.
  Moved Write(std::span<const std::string_view> pieces);
  /// Bytes that were received and decrypted but not read.
  bool HasPending() const;
  /// Tells a TLS peer that nothing more comes; once, without waiting.
  void ShutdownTls();

 private:
  bool MakeTls(SSL_CTX* ctx);
  Outcome TlsOutcome(int result);

  const int socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
  bool broken_ = false;
};

/// "address:port" of the socket's peer, or "" where there is no such thing.
std::string PeerName(int socket);

}  // namespace kratos::http
