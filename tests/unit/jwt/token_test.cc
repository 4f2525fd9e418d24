#include "kratos/jwt/token.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "jwt/base64url.h"
#include "jwt/signature.h"
#include "keys.h"
#include "kratos/json/json.h"
#include "support/catch.h"

namespace kratos::jwt {
namespace {

constexpr int kNow = 1'700'000'000;

Key Secret() { return *Key::FromSecret("a secret of more than thirty-two bytes"); }

// A token of any header and claims, signed with HS256 by Secret().
std::string Token(const std::string& header, const std::string& claims) {
  std::string text = EncodeBase64Url(header) + "." + EncodeBase64Url(claims);
  return text + "." + EncodeBase64Url(*MakeSignature(Secret(), Algorithm::kHS256, text));
}
std::string Token(const std::string& claims) { return Token(R"({"alg":"HS256"})", claims); }

VerifyOptions At(int seconds = kNow) {
  VerifyOptions options;
  options.clock = [seconds] {
    return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
  };
  return options;
}

// The reason it is refused for, or "" when it is not.
std::string Refusal(const std::string& token, const VerifyOptions& options = At()) {
  const auto keys = MakeKeySource({Secret()});
  const auto claims = Verify(token, *keys, options);
  if (claims.ok()) return "";
  CHECK(claims.status().code() == 401);
  return claims.status().reason();
}

google::protobuf::Struct Object(const std::string& json) {
  google::protobuf::Struct object;
  REQUIRE_FALSE(json::Decode(json, {}, &object).has_value());
  return object;
}

TEST_CASE("jwt: the example of RFC 7515, A.1, in its time and after") {
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto keys = MakeKeySource({*Key::FromJwk(kRfcSecret)});
  const auto claims = Verify(token, *keys, At(1300819379));
  REQUIRE(claims.ok());
  CHECK(claims->issuer() == "joe");
  CHECK(claims->Number("exp") == 1300819380);
  CHECK(claims->fields().fields().at("http://example.com/is_root").bool_value());
  CHECK(Verify(token, *keys, At(1300819380)).status().reason() == "TOKEN_EXPIRED");
}

TEST_CASE("jwt: what is signed is read back") {
  const auto claims = Object(
      R"({"iss":"me","sub":"you","aud":["a","b"],"exp":1700000060,"n":9007199254740991,"t":[1,{}]})");
  const std::vector<std::pair<Algorithm, PemPair>> pairs = {{Algorithm::kRS256, RsaPair()},
                                                            {Algorithm::kES512, CurvePair("P-521")},
                                                            {Algorithm::kEdDSA, EdwardsPair()}};
  for (const auto& [algorithm, pem] : pairs) {
    const auto token =
        Sign(claims, *Key::FromPem(pem.secret, "k"), algorithm, Object(R"({"x":1})"));
    REQUIRE(token.ok());
    const auto keys = MakeKeySource({*Key::FromPem(pem.open, "k")});
    VerifyOptions options = At();
    options.algorithms = {algorithm};
    const auto read = Verify(*token, *keys, options);
    REQUIRE(read.ok());
    CHECK(read->fields().DebugString() == claims.DebugString());
    CHECK(read->audience() == std::vector<std::string>{"a", "b"});
    const auto header = Object(*DecodeBase64Url(token->substr(0, token->find('.'))));
    CHECK(header.fields().at("alg").string_value() == ToString(algorithm));
    CHECK(header.fields().at("typ").string_value() == "JWT");
    CHECK(header.fields().at("kid").string_value() == "k");
    CHECK(header.fields().at("x").number_value() == 1);
  }
}

TEST_CASE("jwt: times are whole numbers in the text, as other libraries read them") {
  google::protobuf::Struct claims;
  (*claims.mutable_fields())["exp"].set_number_value(1700000060);
  const auto token = Sign(claims, Secret(), Algorithm::kHS256);
  const auto first = token->find('.');
  CHECK(DecodeBase64Url(token->substr(first + 1, token->rfind('.') - first - 1)) ==
        R"({"exp":1700000060})");
}

TEST_CASE("jwt: the header's alg cannot be talked out of") {
  const auto header = Object(R"({"alg":"none","typ":"at+jwt"})");
  const auto token = Sign({}, Secret(), Algorithm::kHS256, header);
  const auto read = Object(*DecodeBase64Url(token->substr(0, token->find('.'))));
  CHECK(read.fields().at("alg").string_value() == "HS256");
  CHECK(read.fields().at("typ").string_value() == "at+jwt");
}

TEST_CASE("jwt: malformed tokens") {
  const std::string good = Token("{}");
  CHECK(Refusal(good).empty());
  const std::string rows[] = {
      "",
      ".",
      "..",
      "...",
      "a.b.c",
      good + ".",
      good + "=",
      "." + good,
      good.substr(0, good.rfind('.')),
      " " + good,
      good + "\n",
      Token("", "{}"),
      Token("[]", "{}"),
      Token(R"({"alg":"HS256")", "{}"),
      Token(R"({"alg":"HS256","crit":["exp"],"exp":1})", "{}"),
      Token(R"({"alg":"HS256"})", ""),
      Token(R"({"alg":"HS256"})", "null"),
      Token(R"({"alg":"HS256"})", "\"text\""),
      Token(R"({"exp":"1800000000"})"),
      Token(R"({"exp":null})"),
      Token(R"({"nbf":{}})"),
      Token("{\"a\":\"\xFF\"}"),
  };
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK(Refusal(row) == "TOKEN_MALFORMED");
  }
  VerifyOptions options = At();
  options.max_bytes = good.size() - 1;
  CHECK(Refusal(good, options) == "TOKEN_MALFORMED");
}

TEST_CASE("jwt: algorithms that are not allowed, none above all") {
  const std::string claims = EncodeBase64Url("{}");
  for (const char* alg : {R"("none")", R"("None")", R"("NONE")", R"("")", R"("hs256")",
                          R"("HS384")", R"("RS256")", "null", "7", R"(["HS256"])"}) {
    CAPTURE(alg);
    const std::string header = std::string(R"({"alg":)") + alg + "}";
    CHECK(Refusal(Token(header, "{}")) == "TOKEN_ALGORITHM");
    CHECK(Refusal(EncodeBase64Url(header) + "." + claims + ".") == "TOKEN_ALGORITHM");
  }
  CHECK(Refusal(Token(R"({"typ":"JWT"})", "{}")) == "TOKEN_ALGORITHM");
  VerifyOptions options = At();
  options.algorithms = {};
  CHECK(Refusal(Token("{}"), options) == "TOKEN_ALGORITHM");
}

TEST_CASE("jwt: a public key's text is no secret, though both algorithms are allowed") {
  const PemPair& pem = RsaPair();
  const auto keys = MakeKeySource({*Key::FromPem(pem.open)});
  VerifyOptions options = At();
  options.algorithms = {Algorithm::kRS256, Algorithm::kHS256};
  const auto forged = Sign({}, *Key::FromSecret(pem.open), Algorithm::kHS256);
  CHECK(Verify(*forged, *keys, options).status().reason() == "TOKEN_KEY");
}

TEST_CASE("jwt: wrong signatures, and keys that are not there") {
  const std::string good = Token("{}");
  std::string changed = good;
  changed[good.find('.') + 1] ^= 1;
  CHECK(Refusal(changed) == "TOKEN_SIGNATURE");
  CHECK(Refusal(*Sign({}, *Key::FromSecret("another"), Algorithm::kHS256)) == "TOKEN_SIGNATURE");
  CHECK(Refusal(good.substr(0, good.rfind('.') + 1)) == "TOKEN_SIGNATURE");
  const auto by_id = MakeKeySource({*Key::FromSecret("s", "a")});
  const auto signed_by = [&](const std::string& id) {
    const auto token = Sign({}, *Key::FromSecret("s", id), Algorithm::kHS256);
    return Verify(*token, *by_id, At()).status().reason();
  };
  CHECK(signed_by("a").empty());
  CHECK(signed_by("").empty());
  CHECK(signed_by("b") == "TOKEN_KEY");
}

TEST_CASE("jwt: a key is found among others, with an id or without") {
  std::vector<Key> all = {*Key::FromSecret("1", "a"), *Key::FromSecret("2", "a"),
                          *Key::FromSecret("3")};
  const auto keys = MakeKeySource(all);
  for (const char* secret : {"1", "2", "3"}) {
    for (const char* id : {"", "a"}) {
      const auto token = Sign({}, *Key::FromSecret(secret, id), Algorithm::kHS256);
      CHECK(Verify(*token, *keys, At()).ok());
    }
  }
}

TEST_CASE("jwt: times, and not-before is not expiry (framework 17, fault 34)") {
  const struct {
    const char* claims;
    int leeway;
    const char* refusal;
  } rows[] = {
      {R"({"exp":1700000001})", 0, ""},
      {R"({"exp":1700000000.5})", 0, ""},
      {R"({"exp":1700000000})", 0, "TOKEN_EXPIRED"},
      {R"({"exp":1699999941})", 60, ""},
      {R"({"exp":1699999940})", 60, "TOKEN_EXPIRED"},
      {R"({"exp":-1})", 0, "TOKEN_EXPIRED"},
      {R"({"exp":1e300})", 0, ""},
      {R"({"nbf":1700000000})", 0, ""},
      {R"({"nbf":1700000001})", 0, "TOKEN_NOT_YET_VALID"},
      {R"({"nbf":1700000060})", 60, ""},
      {R"({"nbf":1700000061})", 60, "TOKEN_NOT_YET_VALID"},
      {R"({"iat":1800000000})", 0, ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.claims);
    VerifyOptions options = At();
    options.leeway = std::chrono::seconds(row.leeway);
    CHECK(Refusal(Token(row.claims), options) == row.refusal);
  }
  VerifyOptions strict = At();
  strict.require_expiry = true;
  CHECK(Refusal(Token("{}"), strict) == "TOKEN_EXPIRED");
  CHECK(Refusal(Token(R"({"exp":1700000001})"), strict).empty());
}

TEST_CASE("jwt: issuer, subject and audience where they are asked for") {
  const auto refusal = [](const std::string& claims, const char* issuer, const char* subject,
                          const char* audience) {
    VerifyOptions options = At();
    options.issuer = issuer;
    options.subject = subject;
    options.audience = audience;
    return Refusal(Token(claims), options);
  };
  CHECK(refusal(R"({"iss":"i","sub":"s","aud":"a"})", "i", "s", "a").empty());
  CHECK(refusal(R"({"iss":"i","sub":"s","aud":["b","a"]})", "i", "s", "a").empty());
  CHECK(refusal(R"({"iss":"x"})", "i", "", "") == "TOKEN_CLAIMS");
  CHECK(refusal("{}", "i", "", "") == "TOKEN_CLAIMS");
  CHECK(refusal(R"({"iss":["i"]})", "i", "", "") == "TOKEN_CLAIMS");
  CHECK(refusal(R"({"sub":"x"})", "", "s", "") == "TOKEN_CLAIMS");
  CHECK(refusal(R"({"aud":["b"]})", "", "", "a") == "TOKEN_CLAIMS");
  CHECK(refusal(R"({"aud":7})", "", "", "a") == "TOKEN_CLAIMS");
  CHECK(refusal("{}", "", "", "a") == "TOKEN_CLAIMS");
}

TEST_CASE("jwt: a key that cannot sign is an error") {
  CHECK(Sign({}, *Key::FromPem(RsaPair().open), Algorithm::kRS256).status().reason() ==
        "TOKEN_SIGNING");
  CHECK(Sign({}, Secret(), Algorithm::kRS256).status().reason() == "TOKEN_SIGNING");
}

}  // namespace
}  // namespace kratos::jwt
