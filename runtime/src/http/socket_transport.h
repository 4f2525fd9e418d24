// A connected socket as a ByteTransport, plain or TLS.
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/byte_transport.h"

namespace kratos::http {

class SocketTransport final : public ByteTransport {
 public:
  /// Makes `socket` non-blocking, and TCP send at once. Does not own it.
  explicit SocketTransport(int socket);
  ~SocketTransport() override;

  int socket() const { return socket_; }
  std::string PeerName() const override;
  bool tls() const override { return ssl_ != nullptr; }

  /// Begins TLS as the server; false when there is no memory for it. Handshake comes next.
  bool BeginTls(SSL_CTX* ctx);
  /// The same as the client of `host`.
  bool BeginTlsAsClient(SSL_CTX* ctx, const std::string& host);
  Outcome Handshake() override;
  /// The protocol that ALPN chose, or "".
  std::string_view alpn() const;

  Moved Read(char* to, std::size_t size) override;
  /// In one system call where it can.
  Moved Write(std::span<const std::string_view> pieces) override;
  bool HasPending() const override;
  void SayGoodbye() override;
  bool EndWriting() override;
  void ResetOnClose() override;
  Moved Discard() override;

 private:
  bool MakeTls(SSL_CTX* ctx);
  Outcome TlsOutcome(int result);

  const int socket_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
};

}  // namespace kratos::http
