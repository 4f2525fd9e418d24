#include "kratos/jwt/key.h"

#include <optional>
#include <string>
#include <vector>

#include "keys.h"
#include "support/catch.h"

namespace kratos::jwt {
namespace {

constexpr Algorithm kAll[] = {
    Algorithm::kHS256, Algorithm::kHS384, Algorithm::kHS512, Algorithm::kRS256, Algorithm::kRS384,
    Algorithm::kRS512, Algorithm::kES256, Algorithm::kES384, Algorithm::kES512, Algorithm::kEdDSA};

// The algorithms a key fits, by name.
std::string Fits(const Result<Key>& key) {
  if (!key.ok()) return key.status().reason();
  std::string names;
  for (const Algorithm algorithm : kAll) {
    if (key->Fits(algorithm)) names.append(ToString(algorithm)).append(" ");
  }
  return names;
}

TEST_CASE("jwt algorithm: names") {
  for (const Algorithm algorithm : kAll) CHECK(ParseAlgorithm(ToString(algorithm)) == algorithm);
  for (const char* name : {"", "none", "None", "hs256", "HS1", "PS256", "HS256 "})
    CHECK(ParseAlgorithm(name) == std::nullopt);
}

TEST_CASE("jwt key: from PEM, each for its own algorithms") {
  const PemPair& rsa = RsaPair();
  CHECK(Fits(Key::FromPem(rsa.open)) == "RS256 RS384 RS512 ");
  CHECK(Fits(Key::FromPem(rsa.secret)) == "RS256 RS384 RS512 ");
  CHECK(Fits(Key::FromPem(CurvePair("P-256").open)) == "ES256 ");
  CHECK(Fits(Key::FromPem(CurvePair("P-384").secret)) == "ES384 ");
  CHECK(Fits(Key::FromPem(CurvePair("P-521").open)) == "ES512 ");
  CHECK(Fits(Key::FromPem(EdwardsPair().open)) == "EdDSA ");
  CHECK(Fits(Key::FromPem(EdwardsPair("ED448").open)) == "EdDSA ");
  CHECK_FALSE(Key::FromPem(rsa.open)->can_sign());
  CHECK(Key::FromPem(rsa.secret, "k1")->can_sign());
  CHECK(Key::FromPem(rsa.secret, "k1")->id() == "k1");
}

TEST_CASE("jwt key: PEM that is refused") {
  CHECK(Fits(Key::FromPem("")) == "BAD_KEY");
  CHECK(Fits(Key::FromPem("a secret")) == "BAD_KEY");
  const std::string pem = CurvePair("P-256").open;
  CHECK(Fits(Key::FromPem(pem.substr(0, pem.size() / 2))) == "BAD_KEY");
  CHECK(Fits(Key::FromPem(ToPem(EVP_RSA_gen(1024)).open)) == "BAD_KEY");  // RFC 7518, 3.3
  CHECK(Fits(Key::FromPem(CurvePair("secp256k1").open)) == "BAD_KEY");
  CHECK(Fits(Key::FromPem(EdwardsPair("X25519").open)) == "BAD_KEY");
}

TEST_CASE("jwt key: a secret, which is never a public key's text by mistake") {
  CHECK(Fits(Key::FromSecret("s")) == "HS256 HS384 HS512 ");
  CHECK(Fits(Key::FromSecret("")) == "BAD_KEY");
  CHECK(Key::FromSecret("s", "k2")->id() == "k2");
  CHECK(Key::FromSecret("s")->can_sign());
}

TEST_CASE("jwt key: from JSON") {
  CHECK(Fits(Key::FromJwk(kRfcSecret)) == "HS256 HS384 HS512 ");
  CHECK(Fits(Key::FromJwk(kRfcCurve)) == "ES256 ");
  CHECK(Fits(Key::FromJwk(kRfcEdwards)) == "EdDSA ");
  CHECK_FALSE(Key::FromJwk(kRfcCurve)->can_sign());
  // RFC 7517, A.1: the 2048 bit key's modulus.
  const std::string n =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
      "BJECPebWK"
      "RXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
      "FDW2QvzqY368QQMic"
      "AtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
      "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3"
      "XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
  const auto rsa = [&n](const std::string& more) {
    return Fits(Key::FromJwk(R"({"kty":"RSA","e":"AQAB","n":")" + n + "\"" + more + "}"));
  };
  CHECK(rsa("") == "RS256 RS384 RS512 ");
  CHECK(rsa(R"(,"alg":"RS256","use":"sig","kid":"2011-04-29")") == "RS256 ");
  CHECK(rsa(R"(,"key_ops":["verify"])") == "RS256 RS384 RS512 ");
  CHECK(rsa(R"(,"alg":"PS256")") == "BAD_KEY");
  CHECK(rsa(R"(,"use":"enc")") == "BAD_KEY");
  CHECK(rsa(R"(,"key_ops":["encrypt"])") == "BAD_KEY");
}

TEST_CASE("jwt key: JSON that is refused") {
  const char* rows[] = {
      "",
      "[]",
      "{}",
      R"({"kty":"oct"})",
      R"({"kty":"oct","k":""})",
      R"({"kty":"oct","k":"not base64!"})",
      R"({"kty":"XYZ","k":"AAAA"})",
      R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
      R"({"kty":"RSA","n":"AQAB"})",
      R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})",
      // Not a point of the curve.
      R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"})",
      R"({"kty":"EC","crv":"P-192","x":"AAAA","y":"AAAA"})",
      R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})",
      R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
      R"({"kty":7})",
  };
  for (const char* row : rows) {
    CAPTURE(row);
    CHECK(Fits(Key::FromJwk(row)) == "BAD_KEY");
  }
}

TEST_CASE("jwt keys: a set leaves out what it cannot use") {
  const auto set = ParseJwks(std::string(R"({"keys":[{"kty":"XYZ"},7,)") + kRfcCurve + "," +
                             kRfcEdwards + R"(,{"kty":"RSA","n":"AQAB","e":"AQAB"}]})");
  REQUIRE(set.ok());
  CHECK(set->size() == 2);
  for (const char* bad : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":[{}]})"})
    CHECK(ParseJwks(bad).status().reason() == "BAD_KEY");
}

}  // namespace
}  // namespace kratos::jwt
