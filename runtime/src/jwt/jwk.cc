#include <google/protobuf/struct.pb.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "jwt/algorithm.h"
#include "jwt/base64url.h"
#include "jwt/key_material.h"
#include "kratos/errors/errors.h"
#include "kratos/json/json.h"
#include "kratos/jwt/key.h"

namespace kratos::jwt {

namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};
using BigNumber = std::unique_ptr<BIGNUM, Freed<BIGNUM, BN_free>>;

const Value* Find(const Struct& jwk, const char* name) {
  const auto found = jwk.fields().find(name);
  return found == jwk.fields().end() ? nullptr : &found->second;
}

std::string Text(const Struct& jwk, const char* name) {
  const Value* value = Find(jwk, name);
  return value == nullptr ? std::string() : value->string_value();
}

// A member in base64url; "" when it is missing or broken.
std::string Bytes(const Struct& jwk, const char* name) {
  return DecodeBase64Url(Text(jwk, name)).value_or(std::string());
}

BigNumber ToNumber(std::string_view bytes) {
  return BigNumber(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                             static_cast<int>(bytes.size()), nullptr));
}

// A public key of parameters.
PkeyPtr Build(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM, OSSL_PARAM_free>> parameters(
      OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return Own(key);
}

using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;

PkeyPtr RsaKey(const Struct& jwk) {
  const std::string n = Bytes(jwk, "n");
  const std::string e = Bytes(jwk, "e");
  // More than 16384 bits cost more than they protect.
  if (n.empty() || n.size() > 2048 || e.empty() || e.size() > 8) return nullptr;
  const BigNumber modulus = ToNumber(n);
  const BigNumber exponent = ToNumber(e);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
    return nullptr;
  return Build("RSA", builder.get());
}

PkeyPtr CurveKey(const Struct& jwk) {
  const std::string name = Text(jwk, "crv");
  const auto algorithm = name == "P-256"   ? std::optional(Algorithm::kES256)
                         : name == "P-384" ? std::optional(Algorithm::kES384)
                         : name == "P-521" ? std::optional(Algorithm::kES512)
                                           : std::nullopt;
  if (!algorithm) return nullptr;
  const AlgorithmFacts facts = FactsOf(*algorithm);
  const std::string x = Bytes(jwk, "x");
  const std::string y = Bytes(jwk, "y");
  if (x.size() != facts.coordinate || y.size() != facts.coordinate) return nullptr;
  const std::string point = '\x04' + x + y;  // Uncompressed.
  const Builder builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, facts.curve.data(),
                                      facts.curve.size()) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1)
    return nullptr;
  return Build("EC", builder.get());
}

PkeyPtr EdwardsKey(const Struct& jwk) {
  const std::string name = Text(jwk, "crv");
  const int type = name == "Ed25519" ? EVP_PKEY_ED25519 : name == "Ed448" ? EVP_PKEY_ED448 : 0;
  const std::string x = Bytes(jwk, "x");
  if (type == 0) return nullptr;
  return Own(EVP_PKEY_new_raw_public_key(
      type, nullptr, reinterpret_cast<const unsigned char*>(x.data()), x.size()));
}

// Whether the key says of itself that it is for signatures, or says nothing.
bool IsForSignatures(const Struct& jwk) {
  if (const Value* use = Find(jwk, "use"); use != nullptr && use->string_value() != "sig")
    return false;
  const Value* operations = Find(jwk, "key_ops");
  if (operations == nullptr) return true;
  const auto& values = operations->list_value().values();
  return std::any_of(values.begin(), values.end(), [](const Value& value) {
    return value.string_value() == "verify" || value.string_value() == "sign";
  });
}

std::shared_ptr<const KeyMaterial> ToMaterial(const Struct& jwk) {
  KeyMaterial material;
  material.id = Text(jwk, "kid");
  if (!IsForSignatures(jwk)) return nullptr;
  if (const Value* algorithm = Find(jwk, "alg")) {
    material.only = ParseAlgorithm(algorithm->string_value());
    if (!material.only) return nullptr;
  }
  const std::string type = Text(jwk, "kty");
  if (type == "oct") {
    material.secret = Bytes(jwk, "k");
    if (material.secret.empty()) return nullptr;
  } else {
    if (type == "RSA") material.pkey = RsaKey(jwk);
    if (type == "EC") material.pkey = CurveKey(jwk);
    if (type == "OKP") material.pkey = EdwardsKey(jwk);
    ERR_clear_error();
    if (material.pkey == nullptr || !IsUsable(material.pkey.get())) return nullptr;
  }
  return std::make_shared<const KeyMaterial>(std::move(material));
}

}  // namespace

Result<Key> Key::FromJwk(std::string_view json) {
  Struct jwk;
  if (const auto error = json::Decode(json, {}, &jwk))
    return InternalServer("BAD_KEY", "the key is no JSON object: " + error->Describe());
  auto material = ToMaterial(jwk);
  if (material == nullptr)
    return InternalServer("BAD_KEY", "the JSON object is no key for signatures known here");
  return Key(std::move(material));
}

Result<std::vector<Key>> ParseJwks(std::string_view json) {
  Struct set;
  if (const auto error = json::Decode(json, {}, &set))
    return InternalServer("BAD_KEY", "the key set is no JSON object: " + error->Describe());
  std::vector<Key> keys;
  if (const Value* list = Find(set, "keys")) {
    for (const Value& entry : list->list_value().values()) {
      std::string text;
      if (entry.has_struct_value() && !json::Encode(entry.struct_value(), {}, &text)) {
        if (auto key = Key::FromJwk(text); key.ok()) keys.push_back(std::move(*key));
      }
    }
  }
  if (keys.empty())
    return InternalServer("BAD_KEY", "the key set has no key for signatures known here");
  return keys;
}

}  // namespace kratos::jwt
