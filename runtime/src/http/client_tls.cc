#include "http/client_tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// OpenSSL's own words for what failed last; clears its queue.
std::string OpenSslReason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* text = ERR_reason_error_string(code);
  return text != nullptr ? text : fmt::format("OpenSSL error {:#x}", code);
}

Error BadTls(std::string_view what, std::string_view why) {
  return BadRequest("BAD_TLS", fmt::format("{}: {}", what, why));
}

bool AddPem(X509_STORE* store, const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  if (bio == nullptr) return false;
  int added = 0;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    const bool ok = X509_STORE_add_cert(store, certificate) == 1;
    X509_free(certificate);
    if (!ok) return false;
    ++added;
  }
  // The end of the text is reported as an error as well.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (added == 0 || !at_end) return false;
  ERR_clear_error();
  return true;
}

int VerdictIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int OnVerify(int ok, X509_STORE_CTX* store_context) {
  if (ok == 1) return ok;
  const auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(store_context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* verdict =
      static_cast<TlsVerdict*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), VerdictIndex()));
  if (verdict->refused.empty()) {
    verdict->refused = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store_context));
  }
  return ok;
}

}  // namespace

void TlsMaterial::FreeStore::operator()(x509_store_st* store) const { X509_STORE_free(store); }
void TlsMaterial::FreeContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
TlsMaterial::~TlsMaterial() = default;

Result<std::shared_ptr<const TlsMaterial>> TlsMaterial::Load(const ClientTlsOptions& options) {
  std::shared_ptr<TlsMaterial> material(new TlsMaterial(options.verify));
  ERR_clear_error();
  if (options.verify) {
    material->trusted_.reset(X509_STORE_new());
    auto* store = material->trusted_.get();
    if (store == nullptr) return BadTls("TLS", OpenSslReason());
    if (options.ca_file.empty() && options.ca_pem.empty()) {
      if (X509_STORE_set_default_paths(store) != 1) {
        return BadTls("the system's trusted authorities", OpenSslReason());
      }
    }
    if (!options.ca_file.empty() &&
        X509_STORE_load_locations(store, options.ca_file.c_str(), nullptr) != 1) {
      return BadTls(fmt::format("ca_file \"{}\"", options.ca_file), OpenSslReason());
    }
    if (!options.ca_pem.empty() && !AddPem(store, options.ca_pem))
      return BadTls("ca_pem", OpenSslReason());
  }
  if (options.certificate_file.empty() != options.private_key_file.empty()) {
    return BadTls("client certificate", "certificate_file and private_key_file go together");
  }
  if (!options.certificate_file.empty()) {
    material->identity_.reset(SSL_CTX_new(TLS_client_method()));
    auto* identity = material->identity_.get();
    if (identity == nullptr) return BadTls("TLS", OpenSslReason());
    if (SSL_CTX_use_certificate_chain_file(identity, options.certificate_file.c_str()) != 1) {
      return BadTls(fmt::format("certificate_file \"{}\"", options.certificate_file),
                    OpenSslReason());
    }
    if (SSL_CTX_use_PrivateKey_file(identity, options.private_key_file.c_str(), SSL_FILETYPE_PEM) !=
            1 ||
        SSL_CTX_check_private_key(identity) != 1) {
      return BadTls(fmt::format("private_key_file \"{}\"", options.private_key_file),
                    OpenSslReason());
    }
  }
  return std::shared_ptr<const TlsMaterial>(std::move(material));
}

bool TlsMaterial::Configure(ssl_ctx_st* context, const std::string& host,
                            TlsVerdict* verdict) const {
  if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
    return false;
  if (identity_ != nullptr) {
    STACK_OF(X509)* chain = nullptr;
    SSL_CTX_get0_chain_certs(identity_.get(), &chain);
    if (SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(identity_.get()),
                                 SSL_CTX_get0_privatekey(identity_.get()), chain, 1) != 1) {
      return false;
    }
  }
  if (!verify_) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return true;
  }
  if (SSL_CTX_set_ex_data(context, VerdictIndex(), verdict) != 1) return false;
  SSL_CTX_set1_cert_store(context, trusted_.get());
  auto* expected = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  in_addr v4{};
  in6_addr v6{};
  const bool is_address =
      inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
  const int named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str())
                               : X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
  if (named != 1) return false;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &OnVerify);
  return true;
}

}  // namespace kratos::http
