#include "http/tls.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;

Error Bad(std::string_view what, std::string_view source) {
  char reason[256] = "no reason given";
  if (const unsigned long code = ERR_peek_last_error(); code != 0)
    ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return InternalServer("BAD_TLS",
                        fmt::format("the TLS {} {} cannot be used: {}", what, source, reason));
}

BioPtr Open(const std::string& file, const std::string& pem) {
  BIO* bio = file.empty() ? BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))
                          : BIO_new_file(file.c_str(), "r");
  return {bio, &BIO_free};
}

std::string Source(const std::string& file) {
  return file.empty() ? "given as text" : "\"" + file + "\"";
}

Status UseCertificate(SSL_CTX* ctx, const TlsOptions& options) {
  const BioPtr bio = Open(options.certificate_file, options.certificate_pem);
  const auto bad = [&] { return Bad("certificate", Source(options.certificate_file)); };
  if (bio == nullptr) return bad();
  const CertificatePtr leaf(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr),
                            &X509_free);
  if (leaf == nullptr || SSL_CTX_use_certificate(ctx, leaf.get()) != 1) return bad();
  SSL_CTX_clear_chain_certs(ctx);
  while (X509* link = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(ctx, link) != 1) {  // Takes ownership when it succeeds.
      X509_free(link);
      return bad();
    }
  }
  ERR_clear_error();  // The end of the file is no error.
  return {};
}

Status UsePrivateKey(SSL_CTX* ctx, const TlsOptions& options) {
  const BioPtr bio = Open(options.private_key_file, options.private_key_pem);
  const auto bad = [&] { return Bad("private key", Source(options.private_key_file)); };
  if (bio == nullptr) return bad();
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  if (key == nullptr || SSL_CTX_use_PrivateKey(ctx, key.get()) != 1 ||
      SSL_CTX_check_private_key(ctx) != 1)
    return bad();
  return {};
}

Status RequireClients(SSL_CTX* ctx, const TlsOptions& options) {
  if (options.client_ca_file.empty() && options.client_ca_pem.empty()) return {};
  const BioPtr bio = Open(options.client_ca_file, options.client_ca_pem);
  const auto bad = [&] { return Bad("client authority", Source(options.client_ca_file)); };
  if (bio == nullptr) return bad();
  int count = 0;
  while (true) {
    const CertificatePtr authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                   &X509_free);
    if (authority == nullptr) break;
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(ctx, authority.get()) != 1) {
      return bad();
    }
    ++count;
  }
  if (count == 0) return bad();
  ERR_clear_error();
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return {};
}

// RFC 7301, 3.2: of what the client offers, what is spoken here; with nothing in common the
// handshake goes on without, since HTTP/1.1 is what both then fall back to.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_length,
                   const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char kSpoken[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kSpoken, sizeof kSpoken - 1, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<SSL_CTX>> MakeServerTls(const TlsOptions& options) {
  std::shared_ptr<SSL_CTX> ctx(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (ctx == nullptr) return Bad("library", "OpenSSL");
  SSL_CTX_set_min_proto_version(ctx.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_alpn_select_cb(ctx.get(), SelectProtocol, nullptr);
  SSL_CTX_set_session_id_context(ctx.get(), reinterpret_cast<const unsigned char*>("kratos"), 6);
  if (Status status = UseCertificate(ctx.get(), options); !status.ok()) return status;
  if (Status status = UsePrivateKey(ctx.get(), options); !status.ok()) return status;
  if (Status status = RequireClients(ctx.get(), options); !status.ok()) return status;
  return ctx;
}

}  // namespace kratos::http
