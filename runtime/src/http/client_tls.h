// What the client trusts and shows in TLS handshakes. Loaded once, shared by every connection.
#pragma once

#include <memory>
#include <string>

#include "kratos/errors/status.h"
#include "kratos/http/client.h"

struct ssl_ctx_st;
struct x509_store_st;

namespace kratos::http {

/// Why a peer's certificate was refused; written during the handshake, on the thread that performs
/// it.
struct TlsVerdict {
  /// Empty while nothing was refused.
  std::string refused;
};

class TlsMaterial {
 public:
  /// Reads the files; fails with a sentence naming the one that cannot be used.
  static Result<std::shared_ptr<const TlsMaterial>> Load(const ClientTlsOptions& options);
  ~TlsMaterial();

  /// Makes `context`, which serves connections to `host` only, trust, show and verify what the
  /// options say. The peer is verified by OpenSSL during the handshake: chain, dates and host name.
  /// `verdict` must live as long as the context. False when OpenSSL refuses.
  bool Configure(ssl_ctx_st* context, const std::string& host, TlsVerdict* verdict) const;

 private:
  explicit TlsMaterial(bool verify) : verify_(verify) {}

  struct FreeStore {
    void operator()(x509_store_st* store) const;
  };
  struct FreeContext {
    void operator()(ssl_ctx_st* context) const;
  };

  const bool verify_;
  std::unique_ptr<x509_store_st, FreeStore> trusted_;
  // Holds the client certificate, its chain and key; null without one.
  std::unique_ptr<ssl_ctx_st, FreeContext> identity_;
};

}  // namespace kratos::http
