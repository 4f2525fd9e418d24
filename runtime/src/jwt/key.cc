#include "kratos/jwt/key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>

#include "jwt/algorithm.h"
#include "jwt/key_material.h"
#include "kratos/errors/errors.h"

namespace kratos::jwt {

namespace {

// RFC 7518, 3.3
constexpr int kMinRsaBits = 2048;

bool HasCurve(EVP_PKEY* pkey, std::string_view curve) {
  char name[64];
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(pkey, name, sizeof name, &length) == 1 &&
         std::string_view(name, length) == curve;
}

bool PkeyFits(EVP_PKEY* pkey, const AlgorithmFacts& facts) {
  const int type = EVP_PKEY_get_base_id(pkey);
  switch (facts.family) {
    case Family::kHmac:
      return false;
    case Family::kRsa:
      return type == EVP_PKEY_RSA && EVP_PKEY_get_bits(pkey) >= kMinRsaBits;
    case Family::kEcdsa:
      return type == EVP_PKEY_EC && HasCurve(pkey, facts.curve);
    case Family::kEdwards:
      return type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448;
  }
  return false;
}

// Nobody is asked for a passphrase.
int NoPassphrase(char*, int, int, void*) { return -1; }

struct PemKey {
  PkeyPtr pkey;
  bool is_private = false;
};

PemKey ReadPem(std::string_view pem) {
  if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return {};
  const auto open = [pem] {
    return std::unique_ptr<BIO, int (*)(BIO*)>(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  };
  const auto input = open();
  if (auto key = Own(PEM_read_bio_PUBKEY(input.get(), nullptr, NoPassphrase, nullptr)))
    return {std::move(key), false};
  const auto again = open();
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      PEM_read_bio_X509(again.get(), nullptr, NoPassphrase, nullptr), X509_free);
  if (certificate != nullptr) return {Own(X509_get_pubkey(certificate.get())), false};
  const auto last = open();
  return {Own(PEM_read_bio_PrivateKey(last.get(), nullptr, NoPassphrase, nullptr)), true};
}

}  // namespace

bool IsUsable(EVP_PKEY* pkey) {
  for (const Algorithm algorithm : {Algorithm::kRS256, Algorithm::kES256, Algorithm::kES384,
                                    Algorithm::kES512, Algorithm::kEdDSA}) {
    if (PkeyFits(pkey, FactsOf(algorithm))) return true;
  }
  return false;
}

Result<Key> Key::FromSecret(std::string_view secret, std::string id) {
  if (secret.empty()) return InternalServer("BAD_KEY", "the secret is empty");
  KeyMaterial material;
  material.id = std::move(id);
  material.secret = secret;
  return Key(std::make_shared<const KeyMaterial>(std::move(material)));
}

Result<Key> Key::FromPem(std::string_view pem, std::string id) {
  PemKey read = ReadPem(pem);
  ERR_clear_error();
  if (read.pkey == nullptr) {
    return InternalServer("BAD_KEY",
                          "no public key, certificate or unencrypted private key in PEM form");
  }
  if (!IsUsable(read.pkey.get())) {
    return InternalServer(
        "BAD_KEY",
        "the key is neither RSA of 2048 bits or more, nor P-256, P-384, P-521, Ed25519 "
        "or Ed448");
  }
  KeyMaterial material;
  material.id = std::move(id);
  material.pkey = std::move(read.pkey);
  material.is_private = read.is_private;
  return Key(std::make_shared<const KeyMaterial>(std::move(material)));
}

const std::string& Key::id() const { return material_->id; }

bool Key::Fits(Algorithm algorithm) const {
  if (material_->only && *material_->only != algorithm) return false;
  const AlgorithmFacts facts = FactsOf(algorithm);
  if (material_->pkey == nullptr) return facts.family == Family::kHmac;
  return PkeyFits(material_->pkey.get(), facts);
}

bool Key::can_sign() const { return material_->pkey == nullptr || material_->is_private; }

}  // namespace kratos::jwt
