// CORS, as a browser would ask.
#include "kratos/http/cors.h"

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::http::Cors;
using kratos::http::CorsOptions;

constexpr char kApp[] = "Origin: https://app.example.com";
constexpr char kEvil[] = "Origin: https://evil.example";

kratos::http::ServerOptions WithCors(CorsOptions cors) {
  auto options = LocalOptions();
  auto made = Cors(std::move(cors));
  REQUIRE(made.ok());
  options.filters = {*made};
  return options;
}

Reply Preflight(const EchoTestServer& server, const char* path, const char* origin,
                std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"-H", origin, "-H", "Access-Control-Request-Method: PUT"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return server.Call("OPTIONS", path, std::move(arguments));
}

TEST_CASE("cors: preflights are answered before routes and handlers") {
  bool called = false;
  EchoTestServer server(WithCors({.origins = {"https://app.example.com"}}), nullptr,
                        [&](kratos::http::Server& s) {
                          s.Route("/").Handle("*", "/everything", [&](kratos::http::Context& ctx) {
                            called = true;
                            return ctx.String(200, "called");
                          });
                        });
  for (const char* path : {"/v1/path/a", "/everything", "/v1/nowhere", "/"}) {
    CAPTURE(path);
    const Reply reply =
        Preflight(server, path, kApp, {"-H", "Access-Control-Request-Headers: content-type,x-a"});
    CHECK(reply.status == 204);
    CHECK(reply.body.empty());
    CHECK(reply.headers.Get("Access-Control-Allow-Origin") == "https://app.example.com");
    CHECK(reply.headers.Get("Access-Control-Allow-Methods") ==
          "GET, HEAD, POST, PUT, PATCH, DELETE");
    CHECK(reply.headers.Get("Access-Control-Allow-Headers") == "content-type, x-a");
    CHECK(reply.headers.Get("Access-Control-Max-Age") == "600");
    CHECK(reply.headers.Get("Vary") ==
          "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    CHECK_FALSE(reply.headers.Has("Access-Control-Allow-Credentials"));
    CHECK_FALSE(reply.headers.Has("Access-Control-Allow-Private-Network"));
    CHECK_FALSE(reply.headers.Has("Allow"));
  }
  CHECK_FALSE(called);

  const Reply refused = Preflight(server, "/v1/path/a", kEvil);
  CHECK(refused.status == 403);
  CHECK(AsError(refused).reason == "ORIGIN_NOT_ALLOWED");
  CHECK_FALSE(refused.headers.Has("Access-Control-Allow-Origin"));
  CHECK_FALSE(refused.headers.Has("Access-Control-Allow-Methods"));
  CHECK(refused.headers.Get("Vary").starts_with("Origin"));

  // OPTIONS that is no preflight is the router's.
  const Reply options = server.Call("OPTIONS", "/v1/path/a", {"-H", kApp});
  CHECK(options.status == 204);
  CHECK(options.headers.Has("Allow"));
  CHECK(options.headers.Get("Access-Control-Allow-Origin") == "https://app.example.com");
}

TEST_CASE("cors: every reply says who may read it, errors too") {
  EchoTestServer server(
      WithCors({.origins = {"https://app.example.com"}, .exposed_headers = {"ETag", "X-A"}}),
      [](kratos::Context& ctx, const Msg& request, Msg*) -> kratos::Status {
        if (request.text() == "throw") throw std::runtime_error("x");
        ctx.mutable_reply_header().Set("Vary", "Accept-Language");
        if (request.text() == "fail") return kratos::NotFound("X", "x");
        return {};
      },
      [](kratos::http::Server& s) {
        s.Route("/").Get("/throws", [](kratos::http::Context&) -> kratos::Status {
          throw std::runtime_error("x");
        });
      });
  const LogCapture log;
  const struct {
    const char* method;
    const char* path;
    int status;
  } rows[] = {
      {"GET", "/v1/hook/a", 200},      {"GET", "/v1/hook/fail", 404},
      {"GET", "/v1/hook/throw", 500},  {"GET", "/throws", 500},
      {"GET", "/v1/nowhere", 404},     {"PUT", "/v1/hook", 405},
      {"GET", "/v1/query?big=x", 400}, {"HEAD", "/v1/hook/a", 200},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method, row.path);
    const Reply ours = server.Call(row.method, row.path, {"-H", kApp});
    CHECK(ours.status == row.status);
    CHECK(ours.headers.Values("Access-Control-Allow-Origin") ==
          std::vector<std::string_view>{"https://app.example.com"});
    CHECK(ours.headers.Get("Access-Control-Expose-Headers") == "ETag, X-A");
    CHECK(ours.headers.Get("Vary").find("Origin") != std::string_view::npos);
    CHECK_FALSE(ours.headers.Has("Access-Control-Allow-Methods"));
    for (const std::vector<std::string>& origin :
         {std::vector<std::string>{"-H", kEvil}, std::vector<std::string>{},
          std::vector<std::string>{"-H", kApp, "-H", kApp}}) {
      const Reply other = server.Call(row.method, row.path, origin);
      CHECK(other.status == row.status);
      CHECK_FALSE(other.headers.Has("Access-Control-Allow-Origin"));
      CHECK_FALSE(other.headers.Has("Access-Control-Expose-Headers"));
      CHECK(other.headers.Get("Vary").find("Origin") != std::string_view::npos);
    }
  }
  CHECK(server.Get("/v1/hook/a", {"-H", kApp}).headers.Get("Vary") == "Accept-Language, Origin");
}

TEST_CASE("cors: everybody") {
  EchoTestServer server(WithCors({.origins = {"*"}, .headers = {"X-A", "X-B"}}));
  const Reply reply = server.Get("/v1/path/a", {"-H", kEvil});
  CHECK(reply.headers.Get("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(reply.headers.Has("Vary"));
  CHECK(server.Get("/v1/path/a").headers.Get("Access-Control-Allow-Origin") == "*");
  const Reply preflight =
      Preflight(server, "/v1/path/a", kEvil, {"-H", "Access-Control-Request-Headers: x-c"});
  CHECK(preflight.status == 204);
  CHECK(preflight.headers.Get("Access-Control-Allow-Origin") == "*");
  CHECK(preflight.headers.Get("Access-Control-Allow-Headers") == "X-A, X-B");
}

TEST_CASE("cors: credentials, patterns, predicates and private networks") {
  EchoTestServer server(WithCors(
      {.origins = {"https://*.example.org"},
       .allow_origin = [](std::string_view origin) { return origin == "https://other.example"; },
       .methods = {"PUT"},
       .credentials = true,
       .max_age = std::chrono::seconds(0),
       .private_network = true}));
  for (const char* origin : {"Origin: https://a.b.example.org", "Origin: https://other.example"}) {
    CAPTURE(origin);
    const Reply reply = server.Get("/v1/path/a", {"-H", origin});
    CHECK(reply.headers.Get("Access-Control-Allow-Origin") == std::string_view(origin).substr(8));
    CHECK(reply.headers.Get("Access-Control-Allow-Credentials") == "true");
    const Reply preflight = Preflight(server, "/v1/path/a", origin,
                                      {"-H", "Access-Control-Request-Private-Network: true"});
    CHECK(preflight.status == 204);
    CHECK(preflight.headers.Get("Access-Control-Allow-Credentials") == "true");
    CHECK(preflight.headers.Get("Access-Control-Allow-Private-Network") == "true");
    CHECK(preflight.headers.Get("Access-Control-Allow-Methods") == "PUT");
    CHECK(preflight.headers.Get("Access-Control-Max-Age") == "0");
    CHECK(preflight.headers.Get("Vary").ends_with("Access-Control-Request-Private-Network"));
    CHECK_FALSE(preflight.headers.Has("Access-Control-Allow-Headers"));
  }
  const Reply evil = server.Get("/v1/path/a", {"-H", kEvil});
  CHECK_FALSE(evil.headers.Has("Access-Control-Allow-Credentials"));
}

}  // namespace
}  // namespace e2e
