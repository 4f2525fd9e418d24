#include <chrono>
#include <memory>
#include <string>

#include "../middleware/fixture.h"
#include "kratos/middleware/jwt.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using google::protobuf::Struct;

std::chrono::system_clock::time_point Fixed() {
  return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
}

jwt::Key Secret() { return *jwt::Key::FromSecret("a secret of more than thirty-two bytes"); }

JwtServerOptions ServerOptions() {
  JwtServerOptions options;
  options.keys = jwt::MakeKeySource({Secret()});
  options.verify.clock = Fixed;
  return options;
}

std::string Token(double expiry) {
  Struct claims;
  (*claims.mutable_fields())["sub"].set_string_value("alice");
  (*claims.mutable_fields())["exp"].set_number_value(expiry);
  return *jwt::Sign(claims, Secret(), jwt::Algorithm::kHS256);
}

struct Outcome {
  Status status;
  std::string subject;
  std::string challenge;
};

Outcome Call(const JwtServerOptions& options, const Metadata& header,
             TransportInfo::Side side = kServer) {
  Context ctx;
  ctx.mutable_transport() = CallOf(side);
  ctx.mutable_request_header() = header;
  Outcome outcome;
  outcome.status = Run(JwtServer(options), ctx, [&outcome](Context& inner) -> Status {
    outcome.subject = inner.Get<jwt::Claims>()->subject();
    return {};
  });
  outcome.challenge = ctx.reply_header().Get("WWW-Authenticate");
  return outcome;
}

TEST_CASE("jwt server: a good token's claims are in the context") {
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER "}) {
    const Outcome outcome =
        Call(ServerOptions(), {{"authorization", scheme + Token(1'700'000'001)}});
    CHECK(outcome.status.ok());
    CHECK(outcome.subject == "alice");
    CHECK(outcome.challenge.empty());
  }
}

TEST_CASE("jwt server: whatever is wrong, the peer hears the same; the cause tells (fault 34)") {
  const std::string good = Token(1'700'000'001);
  const struct {
    Metadata header;
    const char* cause;
    const char* challenge;
  } rows[] = {
      {{}, "TOKEN_MISSING", "Bearer"},
      {{{"Authorization", ""}}, "TOKEN_MISSING", "Bearer"},
      {{{"Authorization", "Bearer"}}, "TOKEN_MISSING", "Bearer"},
      {{{"Authorization", good}}, "TOKEN_MISSING", "Bearer"},
      {{{"Authorization", "Basic YTpi"}}, "TOKEN_MISSING", "Bearer"},
      {{{"Authorization", "Bearer "}}, "TOKEN_MALFORMED", R"(Bearer error="invalid_token")"},
      {{{"Authorization", "Bearer  " + good}},
       "TOKEN_MALFORMED",
       R"(Bearer error="invalid_token")"},
      {{{"Authorization", "Bearer " + good}, {"Authorization", "Bearer " + good}},
       "TOKEN_MALFORMED",
       R"(Bearer error="invalid_token")"},
      {{{"Authorization", "Bearer " + Token(1'700'000'000)}},
       "TOKEN_EXPIRED",
       R"(Bearer error="invalid_token")"},
      {{{"Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."}},
       "TOKEN_ALGORITHM",
       R"(Bearer error="invalid_token")"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.cause);
    const Outcome outcome = Call(ServerOptions(), row.header);
    CHECK(outcome.status.code() == 401);
    CHECK(outcome.status.reason() == "UNAUTHORIZED");
    CHECK(outcome.status.message() == "the call has no valid token");
    CHECK(outcome.status.error().metadata().empty());
    CHECK(outcome.status.error().cause().reason() == row.cause);
    CHECK(outcome.challenge == row.challenge);
  }
}

TEST_CASE("jwt server: without keys, and outside a server's call, everything is refused") {
  const Metadata header = {{"Authorization", "Bearer " + Token(1'700'000'001)}};
  CHECK(Call({}, header).status.error().cause().reason() == "TOKEN_KEY");
  for (const auto side : {kClient, kNone}) {
    const Outcome outcome = Call(ServerOptions(), header, side);
    CHECK(outcome.status.reason() == "UNAUTHORIZED");
    CHECK(outcome.status.error().cause().reason() == "TOKEN_CONTEXT");
  }
}

// What a client's middleware sends, or the reason of the cause it fails with.
std::string Sent(const JwtClientOptions& options, TransportInfo::Side side = kClient) {
  Context ctx;
  ctx.mutable_transport() = CallOf(side);
  ctx.mutable_request_header() = {{"Authorization", "Basic YTpi"}};
  std::string sent;
  const Status status = Run(JwtClient(options), ctx, [&sent](Context& inner) -> Status {
    CHECK(inner.request_header().Values("Authorization").size() == 1);
    sent = inner.request_header().Get("Authorization");
    return {};
  });
  if (status.ok()) return sent;
  CHECK(status.code() == 401);
  CHECK(status.reason() == "UNAUTHORIZED");
  CHECK(sent.empty());
  return status.error().cause().reason();
}

TEST_CASE("jwt client: a token for each call, which the server takes") {
  JwtClientOptions options;
  options.key = Secret();
  options.lifetime = std::chrono::seconds(60);
  options.clock = Fixed;
  options.claims = [](const Context& ctx) -> Result<Struct> {
    Struct claims;
    (*claims.mutable_fields())["sub"].set_string_value(ctx.transport().operation);
    return claims;
  };
  const std::string sent = Sent(options);
  const Outcome outcome = Call(ServerOptions(), {{"Authorization", sent}});
  CHECK(outcome.status.ok());
  CHECK(outcome.subject == "/demo.Greeter/Hello");
  const auto claims = jwt::Verify(sent.substr(7), *ServerOptions().keys, ServerOptions().verify);
  CHECK(claims->Number("iat") == 1'700'000'000);
  CHECK(claims->Number("exp") == 1'700'000'060);
  options.lifetime = std::chrono::seconds(0);
  options.claims = nullptr;
  const auto bare =
      jwt::Verify(Sent(options).substr(7), *ServerOptions().keys, ServerOptions().verify);
  CHECK(bare->fields().fields().empty());
}

TEST_CASE("jwt client: what it cannot sign it does not send") {
  CHECK(Sent({}) == "TOKEN_KEY");
  JwtClientOptions options;
  options.key = Secret();
  CHECK(Sent(options, kServer) == "TOKEN_CONTEXT");
  CHECK(Sent(options, kNone) == "TOKEN_CONTEXT");
  options.algorithm = jwt::Algorithm::kES256;
  CHECK(Sent(options) == "TOKEN_SIGNING");
  options.claims = [](const Context&) -> Result<Struct> { return NotFound("NOBODY", "no user"); };
  CHECK(Sent(options) == "NOBODY");
}

}  // namespace
}  // namespace kratos::middleware
