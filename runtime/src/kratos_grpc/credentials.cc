#include "kratos_grpc/credentials.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "kratos/errors/errors.h"

namespace kratos::grpc {

namespace {

using BioPtr = std::unique_ptr<BIO, decltype(&BIO_free)>;
using CertificatePtr = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// One of the texts that TLS is made of.
struct Pem {
  std::string_view what;
  std::string source;
  std::string text;
};

Error Bad(const Pem& pem, std::string_view why) {
  ERR_clear_error();
  return InternalServer("BAD_TLS",
                        fmt::format("the TLS {} {} cannot be used: {}", pem.what, pem.source, why));
}

Result<Pem> Load(std::string_view what, const std::string& file, const std::string& text) {
  Pem pem{what, "given as text", text};
  if (file.empty()) return pem;
  pem.source = '"' + file + '"';
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Bad(pem, "it cannot be read");
  pem.text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  if (stream.bad()) return Bad(pem, "it cannot be read");
  return pem;
}

BioPtr Open(const Pem& pem) {
  return {BIO_new_mem_buf(pem.text.data(), static_cast<int>(pem.text.size())), &BIO_free};
}

Status CheckCertificates(const Pem& pem) {
  const BioPtr bio = Open(pem);
  const CertificatePtr first(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), &X509_free);
  if (first == nullptr) return Bad(pem, "it holds no certificate in PEM");
  return {};
}

Status CheckPair(const Pem& certificate, const Pem& key) {
  if (Status status = CheckCertificates(certificate); !status.ok()) return status;
  const BioPtr certificate_bio = Open(certificate);
  const CertificatePtr leaf(PEM_read_bio_X509(certificate_bio.get(), nullptr, nullptr, nullptr),
                            &X509_free);
  const BioPtr key_bio = Open(key);
  const KeyPtr private_key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, nullptr, nullptr),
                           &EVP_PKEY_free);
  if (private_key == nullptr) return Bad(key, "it holds no private key in PEM");
  if (X509_check_private_key(leaf.get(), private_key.get()) != 1)
    return Bad(key, "it does not belong to the certificate");
  return {};
}

}  // namespace

Result<std::shared_ptr<::grpc::ServerCredentials>> MakeServerCredentials(
    const std::optional<transport::TlsOptions>& tls) {
  if (!tls) return ::grpc::InsecureServerCredentials();
  auto certificate = Load("certificate", tls->certificate_file, tls->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  auto key = Load("private key", tls->private_key_file, tls->private_key_pem);
  if (!key.ok()) return key.status();
  if (Status status = CheckPair(*certificate, *key); !status.ok()) return status;
  ::grpc::SslServerCredentialsOptions options;
  if (!tls->client_ca_file.empty() || !tls->client_ca_pem.empty()) {
    auto authority = Load("client authority", tls->client_ca_file, tls->client_ca_pem);
    if (!authority.ok()) return authority.status();
    if (Status status = CheckCertificates(*authority); !status.ok()) return status;
    options.pem_root_certs = std::move(authority->text);
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  options.pem_key_cert_pairs.push_back({std::move(key->text), std::move(certificate->text)});
  return ::grpc::SslServerCredentials(options);
}

Result<std::shared_ptr<::grpc::ChannelCredentials>> MakeClientCredentials(
    const transport::ClientTlsOptions& tls) {
  if (!tls.verify) {
    return InternalServer("BAD_TLS",
                          "gRPC always verifies the server's certificate: name its authority in "
                          "ca_file or ca_pem instead of turning verify off");
  }
  ::grpc::SslCredentialsOptions options;
  if (!tls.ca_file.empty() || !tls.ca_pem.empty()) {
    auto authority = Load("authority", tls.ca_file, tls.ca_pem);
    if (!authority.ok()) return authority.status();
    if (Status status = CheckCertificates(*authority); !status.ok()) return status;
    options.pem_root_certs = std::move(authority->text);
  }
  if (!tls.certificate_file.empty() || !tls.private_key_file.empty()) {
    auto certificate = Load("certificate", tls.certificate_file, "");
    if (!certificate.ok()) return certificate.status();
    auto key = Load("private key", tls.private_key_file, "");
    if (!key.ok()) return key.status();
    if (Status status = CheckPair(*certificate, *key); !status.ok()) return status;
    options.pem_cert_chain = std::move(certificate->text);
    options.pem_private_key = std::move(key->text);
  }
  return ::grpc::SslCredentials(options);
}

}  // namespace kratos::grpc
