// Authentication by tokens, around real calls.
#include <chrono>
#include <memory>
#include <string>

#include "kratos/errors/errors.h"
#include "kratos/jwt/key.h"
#include "kratos/jwt/token.h"
#include "kratos/middleware/jwt.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/selector.h"
#include "relay_service.h"
#include "support/catch.h"

namespace e2e::relay {
namespace {

using google::protobuf::Struct;
using kratos::Status;
namespace jwt = kratos::jwt;
namespace mw = kratos::middleware;

bool Has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

jwt::Key Secret(const char* secret = "a secret of more than thirty-two bytes") {
  return *jwt::Key::FromSecret(secret);
}

kratos::Middleware Protect() {
  mw::JwtServerOptions options;
  options.keys = jwt::MakeKeySource({Secret()});
  options.verify.require_expiry = true;
  mw::SelectorOptions selector;
  selector.middleware = {mw::JwtServer(options)};
  selector.operations = {"/e2e.relay.Relay/*"};
  selector.except = {kOperationRelayPublic};
  return mw::Selector(selector);
}

Status TellSubject(kratos::Context& ctx, const Question&, Answer* reply) {
  const auto* claims = ctx.Get<jwt::Claims>();
  reply->set_text(claims == nullptr ? "anybody" : claims->subject());
  return {};
}

mw::JwtClientOptions Alice() {
  mw::JwtClientOptions options;
  options.key = Secret();
  options.lifetime = std::chrono::hours(1);
  options.claims = [](const kratos::Context&) -> kratos::Result<Struct> {
    Struct claims;
    (*claims.mutable_fields())["sub"].set_string_value("alice");
    return claims;
  };
  return options;
}

TEST_CASE("jwt: a client that signs is let in, and the method knows who it is") {
  RelayTestServer server({Protect()}, TellSubject);
  const auto client = server.Client({mw::JwtClient(Alice())});
  kratos::Context ctx;
  Answer answer;
  const Status status = client.Ask(ctx, Ask("x"), &answer);
  CHECK(status.message() == "");
  CHECK(answer.text() == "alice");
  CHECK(Has(server.Get("/v1/public").body, "anybody"));
}

TEST_CASE("jwt: everybody else gets one and the same 401, and the log says why") {
  const LogCapture log;
  RelayTestServer server({mw::Logging(), Protect()}, TellSubject);
  const auto token = [](const char* secret, jwt::Algorithm algorithm, double expiry) {
    Struct claims;
    (*claims.mutable_fields())["exp"].set_number_value(expiry);
    return *jwt::Sign(claims, Secret(secret), algorithm);
  };
  const char* right = "a secret of more than thirty-two bytes";
  const struct {
    std::string field;
    const char* cause;
  } rows[] = {
      {"", "TOKEN_MISSING"},
      {"Basic YTpi", "TOKEN_MISSING"},
      {"Bearer nonsense", "TOKEN_MALFORMED"},
      {"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.", "TOKEN_ALGORITHM"},
      {"Bearer " + token(right, jwt::Algorithm::kHS512, 4e9), "TOKEN_ALGORITHM"},
      {"Bearer " + token("guessed", jwt::Algorithm::kHS256, 4e9), "TOKEN_SIGNATURE"},
      {"Bearer " + token(right, jwt::Algorithm::kHS256, 1e9), "TOKEN_EXPIRED"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.cause);
    std::vector<std::string> header;
    if (!row.field.empty()) header = {"-H", "Authorization: " + row.field};
    const Reply reply = server.Get("/v1/ask/a", header);
    CHECK(reply.status == 401);
    CHECK(reply.body ==
          R"({"code":401,"reason":"UNAUTHORIZED","message":"the call has no valid token",)"
          R"("metadata":{}})");
    CHECK(reply.headers.Get("WWW-Authenticate").starts_with("Bearer"));
    CHECK(Has(log.text(), std::string("reason = ") + row.cause));
  }
  CHECK(server
            .Get("/v1/ask/a",
                 {"-H", "Authorization: Bearer " + token(right, jwt::Algorithm::kHS256, 4e9)})
            .status == 200);
  CHECK_FALSE(Has(log.text(), "eyJ"));
}

TEST_CASE("jwt: K28, a stranger with a broken body is a stranger; streams are protected too") {
  RelayTestServer server({Protect()});
  CHECK(server.Send("POST", "/v1/ask", "{broken").status == 401);
  CHECK(server.Get("/v1/listen/a").status == 401);
  const auto client = server.Client({mw::JwtClient(Alice())});
  kratos::Context ctx;
  Answer answer;
  auto stream = client.Listen(ctx, Ask("x"));
  if (stream.ok()) {
    CHECK(stream->Recv(&answer).ok());
    CHECK(answer.text() == "x");
  } else {
    CHECK(stream.status().code() == 501);  // A build without Boost.
  }
}

TEST_CASE("jwt: keys from a file, each token by its key's id") {
  const TempDir dir;
  const std::string path = dir.Write(
      "keys.json",
      R"({"keys":[{"kty":"oct","kid":"old","k":"b2xk"},{"kty":"oct","kid":"new","k":"bmV3"}]})");
  auto keys = jwt::OpenJwksFile(path);
  REQUIRE(keys.ok());
  mw::JwtServerOptions options;
  options.keys = *keys;
  RelayTestServer server({mw::JwtServer(options)}, TellSubject);
  const auto call = [&server](const char* secret, const char* id) {
    mw::JwtClientOptions client = Alice();
    client.key = *jwt::Key::FromSecret(secret, id);
    kratos::Context ctx;
    Answer answer;
    return server.Client({mw::JwtClient(client)}).Ask(ctx, Ask("x"), &answer).code();
  };
  CHECK(call("old", "old") == 200);
  CHECK(call("new", "new") == 200);
  CHECK(call("new", "old") == 401);
  CHECK(call("new", "unknown") == 401);
}

}  // namespace
}  // namespace e2e::relay
