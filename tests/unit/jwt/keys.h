// Keys for the tests: those of the RFCs, and ones made on the spot.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <string>

#include "kratos/jwt/key.h"

namespace kratos::jwt {

// RFC 7515, A.1
inline constexpr char kRfcSecret[] =
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})";
// RFC 7515, A.3
inline constexpr char kRfcCurve[] =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
// RFC 8037, A.2
inline constexpr char kRfcEdwards[] =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

/// A fresh key pair as PEM text. `kind` is as EVP_PKEY_Q_keygen has it.
struct PemPair {
  std::string secret;
  std::string open;
};

inline PemPair ToPem(EVP_PKEY* pkey) {
  PemPair pair;
  const auto take = [](auto write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &data);
    return std::string(data, static_cast<std::size_t>(length));
  };
  pair.secret = take([&](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, pkey, nullptr, nullptr, 0, nullptr, nullptr);
  });
  pair.open = take([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, pkey); });
  EVP_PKEY_free(pkey);
  return pair;
}

/// The same one each time: they are slow to make.
inline const PemPair& RsaPair() {
  static const PemPair pair = ToPem(EVP_RSA_gen(2048));
  return pair;
}
inline PemPair CurvePair(const char* curve) { return ToPem(EVP_EC_gen(curve)); }
inline PemPair EdwardsPair(const char* name = "ED25519") {
  return ToPem(EVP_PKEY_Q_keygen(nullptr, nullptr, name));
}

}  // namespace kratos::jwt
