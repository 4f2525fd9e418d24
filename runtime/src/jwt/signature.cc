#include "jwt/signature.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "jwt/algorithm.h"
#include "jwt/key_material.h"

namespace kratos::jwt {

namespace {

using Bytes = const unsigned char*;

Bytes AsBytes(std::string_view text) { return reinterpret_cast<Bytes>(text.data()); }

using DigestContext =
    std::unique_ptr<EVP_MD_CTX, decltype([](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); })>;
using Pair = std::unique_ptr<ECDSA_SIG, decltype([](ECDSA_SIG* pair) { ECDSA_SIG_free(pair); })>;

std::string Hmac(const std::string& secret, const char* digest, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_get_digestbyname(digest), secret.data(), static_cast<int>(secret.size()), AsBytes(data),
       data.size(), out, &length);
  return {reinterpret_cast<const char*>(out), length};
}

// OpenSSL reads and writes a pair of numbers as ASN.1, tokens have the two side by side.
std::optional<std::string> PairToAsn1(std::string_view signature, std::size_t coordinate) {
  if (signature.size() != 2 * coordinate) return std::nullopt;
  const auto number = [&](std::size_t at) {
    return BN_bin2bn(AsBytes(signature.substr(at)), static_cast<int>(coordinate), nullptr);
  };
  const Pair pair(ECDSA_SIG_new());
  if (ECDSA_SIG_set0(pair.get(), number(0), number(coordinate)) != 1) return std::nullopt;
  unsigned char* asn1 = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &asn1);
  if (length <= 0) return std::nullopt;
  std::string out(reinterpret_cast<const char*>(asn1), static_cast<std::size_t>(length));
  OPENSSL_free(asn1);
  return out;
}

std::optional<std::string> PairFromAsn1(std::string_view asn1, std::size_t coordinate) {
  Bytes at = AsBytes(asn1);
  const Pair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(asn1.size())));
  std::string out(2 * coordinate, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  const int width = static_cast<int>(coordinate);
  if (pair == nullptr || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes, width) != width ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes + coordinate, width) != width)
    return std::nullopt;
  return out;
}

const EVP_MD* DigestOf(const AlgorithmFacts& facts) {
  return facts.digest == nullptr ? nullptr : EVP_get_digestbyname(facts.digest);
}

bool IsPublicSignature(EVP_PKEY* pkey, const AlgorithmFacts& facts, std::string_view data,
                       std::string_view signature) {
  std::optional<std::string> asn1;
  if (facts.family == Family::kEcdsa) {
    asn1 = PairToAsn1(signature, facts.coordinate);
    if (!asn1) return false;
    signature = *asn1;
  }
  const DigestContext context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(facts), nullptr, pkey) == 1 &&
         EVP_DigestVerify(context.get(), AsBytes(signature), signature.size(), AsBytes(data),
                          data.size()) == 1;
}

std::optional<std::string> MakePrivateSignature(EVP_PKEY* pkey, const AlgorithmFacts& facts,
                                                std::string_view data) {
  const DigestContext context(EVP_MD_CTX_new());
  std::size_t length = 0;
  if (EVP_DigestSignInit(context.get(), nullptr, DigestOf(facts), nullptr, pkey) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &length, AsBytes(data), data.size()) != 1)
    return std::nullopt;
  std::string out(length, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length,
                     AsBytes(data), data.size()) != 1)
    return std::nullopt;
  out.resize(length);
  if (facts.family == Family::kEcdsa) return PairFromAsn1(out, facts.coordinate);
  return out;
}

}  // namespace

bool IsSignature(const Key& key, Algorithm algorithm, std::string_view data,
                 std::string_view signature) {
  if (!key.Fits(algorithm)) return false;
  const AlgorithmFacts facts = FactsOf(algorithm);
  if (facts.family == Family::kHmac) {
    const std::string right = Hmac(key.material().secret, facts.digest, data);
    return right.size() == signature.size() &&
           CRYPTO_memcmp(right.data(), signature.data(), right.size()) == 0;
  }
  const bool good = IsPublicSignature(key.material().pkey.get(), facts, data, signature);
  ERR_clear_error();
  return good;
}

std::optional<std::string> MakeSignature(const Key& key, Algorithm algorithm,
                                         std::string_view data) {
  if (!key.Fits(algorithm) || !key.can_sign()) return std::nullopt;
  const AlgorithmFacts facts = FactsOf(algorithm);
  if (facts.family == Family::kHmac) return Hmac(key.material().secret, facts.digest, data);
  auto signature = MakePrivateSignature(key.material().pkey.get(), facts, data);
  ERR_clear_error();
  return signature;
}

}  // namespace kratos::jwt
