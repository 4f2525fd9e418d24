#include "jwt/signature.h"

#include <string>
#include <vector>

#include "jwt/base64url.h"
#include "keys.h"
#include "support/catch.h"

namespace kratos::jwt {
namespace {

Key Make(const Result<Key>& key) {
  CAPTURE(key.status().message());
  REQUIRE(key.ok());
  return *key;
}

// `token` without its last part, and that part's bytes.
bool IsSigned(const Key& key, Algorithm algorithm, std::string_view token) {
  const auto dot = token.rfind('.');
  return IsSignature(key, algorithm, token.substr(0, dot),
                     DecodeBase64Url(token.substr(dot + 1)).value());
}

TEST_CASE("signature: the examples of the RFCs") {
  const std::string claims =
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ";
  // RFC 7515, A.1
  CHECK(IsSigned(Make(Key::FromJwk(kRfcSecret)), Algorithm::kHS256,
                 "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + claims +
                     ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
  // RFC 7515, A.3
  CHECK(IsSigned(Make(Key::FromJwk(kRfcCurve)), Algorithm::kES256,
                 "eyJhbGciOiJFUzI1NiJ9." + claims +
                     ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP"
                     "P3-Kg6NU1Q"));
  // RFC 8037, A.4
  CHECK(
      IsSigned(Make(Key::FromJwk(kRfcEdwards)), Algorithm::kEdDSA,
               "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
               "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM"
               "0KAg"));
}

struct Pair {
  Algorithm algorithm;
  Key secret;
  Key open;
};

std::vector<Pair> AllPairs() {
  std::vector<Pair> pairs;
  const auto add = [&pairs](Algorithm algorithm, const PemPair& pem) {
    pairs.push_back({algorithm, Make(Key::FromPem(pem.secret)), Make(Key::FromPem(pem.open))});
  };
  for (const auto algorithm : {Algorithm::kRS256, Algorithm::kRS384, Algorithm::kRS512})
    add(algorithm, RsaPair());
  add(Algorithm::kES256, CurvePair("P-256"));
  add(Algorithm::kES384, CurvePair("P-384"));
  add(Algorithm::kES512, CurvePair("P-521"));
  add(Algorithm::kEdDSA, EdwardsPair());
  add(Algorithm::kEdDSA, EdwardsPair("ED448"));
  for (const auto algorithm : {Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512}) {
    const Key secret = Make(Key::FromSecret("a secret for " + std::string(ToString(algorithm))));
    pairs.push_back({algorithm, secret, secret});
  }
  return pairs;
}

TEST_CASE("signature: made and checked with every algorithm, and by no other key") {
  const auto pairs = AllPairs();
  for (const Pair& signer : pairs) {
    CAPTURE(ToString(signer.algorithm));
    auto signature = MakeSignature(signer.secret, signer.algorithm, "some data");
    REQUIRE(signature.has_value());
    CHECK(IsSignature(signer.open, signer.algorithm, "some data", *signature));
    CHECK(IsSignature(signer.secret, signer.algorithm, "some data", *signature));
    CHECK_FALSE(IsSignature(signer.open, signer.algorithm, "some dat", *signature));
    CHECK_FALSE(IsSignature(signer.open, signer.algorithm, "some data", ""));
    CHECK_FALSE(IsSignature(signer.open, signer.algorithm, "some data", *signature + "x"));
    CHECK_FALSE(IsSignature(signer.open, signer.algorithm, "some data",
                            std::string(signature->size(), '\0')));
    for (const Pair& other : pairs) {
      if (other.algorithm == signer.algorithm) continue;
      CHECK_FALSE(IsSignature(signer.open, other.algorithm, "some data", *signature));
      const bool same_key =
          other.open.Fits(Algorithm::kRS256) && signer.open.Fits(Algorithm::kRS256);
      CHECK(IsSignature(other.open, signer.algorithm, "some data", *signature) == same_key);
    }
    for (std::size_t at : {std::size_t{0}, signature->size() / 2, signature->size() - 1}) {
      std::string changed = *signature;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      CHECK_FALSE(IsSignature(signer.open, signer.algorithm, "some data", changed));
    }
  }
}

TEST_CASE("signature: public keys sign nothing, and keys only what fits them") {
  for (const Pair& pair : AllPairs()) {
    CAPTURE(ToString(pair.algorithm));
    if (!pair.open.can_sign()) CHECK(MakeSignature(pair.open, pair.algorithm, "x") == std::nullopt);
    const bool hmac = pair.secret.Fits(Algorithm::kHS256);
    CHECK(MakeSignature(pair.secret, hmac ? Algorithm::kRS256 : Algorithm::kHS256, "x") ==
          std::nullopt);
  }
}

}  // namespace
}  // namespace kratos::jwt
