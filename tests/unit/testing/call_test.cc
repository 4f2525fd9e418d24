#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "fixture.h"
#include "kratos/http/context.h"

namespace memory_test {
namespace {

using kratos::testing::InMemoryServer;

TEST_CASE("in memory: a unary call passes binding and encoders") {
  Served served;
  auto reply = served.memory->Call(MakeRequest("GET", "/v1/notes/7", "", {{"X-Text", "hi"}}));
  REQUIRE(reply.ok());
  CHECK(reply->status == 200);
  CHECK(reply->headers.Get("Content-Type") == "application/json");
  CHECK(reply->headers.Has("Date"));
  CHECK(reply->body.find(R"("name":"notes/7","text":"hi")") != std::string::npos);

  reply =
      served.memory->Call(MakeRequest("POST", "/v1/books/1/notes?pinned=true", R"({"text":"x"})",
                                      {{"Content-Type", "application/json"}}));
  CHECK(reply->status == 200);
  CHECK(reply->body.find("books/1/pinned") != std::string::npos);
}

TEST_CASE("in memory: HttpBody goes in and out as raw bytes") {
  Served served;
  auto reply = served.memory->Call(MakeRequest("GET", "/v1/notes/7:picture"));
  CHECK(reply->headers.Get("Content-Type") == "image/png");
  CHECK(reply->body == std::string("\x89PNG\0notes/7", 12));
  const std::string bytes("\0\xff raw", 6);
  reply = served.memory->Call(
      MakeRequest("POST", "/v1/notes/7:picture", bytes, {{"Content-Type", "x/y"}}));
  CHECK(reply->status == 200);
  CHECK(reply->body == bytes);
  CHECK(reply->headers.Get("Content-Type") == "x/y");
}

TEST_CASE("in memory: failures are answered as on a socket") {
  kratos::http::ServerOptions options;
  options.limits.max_body_bytes = 10;
  Served served(options);
  const struct {
    const char* name;
    kratos::http::Request request;
    int status;
    const char* reason;
  } rows[] = {
      {"of the service", MakeRequest("GET", "/v1/notes/none"), 404, "NOTE_MISSING"},
      {"no route", MakeRequest("GET", "/v2"), 404, "NOT_FOUND"},
      {"method", MakeRequest("DELETE", "/v1/notes/1"), 405, "METHOD_NOT_ALLOWED"},
      {"escape", MakeRequest("GET", "/v1/notes/%zz"), 400, "CODEC"},
      {"exception", MakeRequest("GET", "/v1/notes/bug"), 500, "UNKNOWN"},
      {"body too long", MakeRequest("PUT", "/v1/notes/1", std::string(11, ' ')), 413, "TOO_LARGE"},
      {"no WebSocket", MakeRequest("GET", "/v1/chat"), 426, "UPGRADE_REQUIRED"},
      {"a WebSocket without one",
       MakeRequest("GET", "/v1/chat", "",
                   {{"Upgrade", "websocket"},
                    {"Connection", "Upgrade"},
                    {"Sec-WebSocket-Version", "13"},
                    {"Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="}}),
       501, "UNIMPLEMENTED"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto reply = served.memory->Call(row.request);
    REQUIRE(reply.ok());
    CHECK(reply->status == row.status);
    CHECK(reply->body.find(row.reason) != std::string::npos);
  }
}

TEST_CASE("in memory: HEAD has no body") {
  Served served;
  const auto reply = served.memory->Call(MakeRequest("HEAD", "/v1/notes/7"));
  CHECK(reply->status == 200);
  CHECK(reply->body.empty());
  CHECK(reply->headers.Get("Content-Type") == "application/json");
}

TEST_CASE(
    "in memory: filters and middleware run, hand-written routes too, on the caller's thread") {
  std::vector<std::string> seen;
  std::thread::id thread;
  kratos::http::ServerOptions options;
  options.path_prefix = "/api";
  options.filters.push_back([&](kratos::http::HandlerFunc next) -> kratos::http::HandlerFunc {
    return [&seen, next = std::move(next)](kratos::http::Context& ctx) {
      seen.push_back("filter");
      return next(ctx);
    };
  });
  options.middleware.push_back([&](kratos::Handler next) -> kratos::Handler {
    return
        [&, next = std::move(next)](kratos::Context& ctx, const google::protobuf::Message& request,
                                    google::protobuf::Message* reply) {
          seen.push_back(ctx.transport().operation);
          thread = std::this_thread::get_id();
          return next(ctx, request, reply);
        };
  });
  Served served(options);
  CHECK(served.memory->Call(MakeRequest("GET", "/api/v1/notes/7"))->status == 200);
  CHECK(seen == std::vector<std::string>{"filter", kOperationNotesGet});
  CHECK(thread == std::this_thread::get_id());

  kratos::http::Server plain;
  plain.Route("/").Get("/healthz", [](kratos::http::Context& ctx) {
    return ctx.String(200, ctx.transport().endpoint);
  });
  auto memory = InMemoryServer::Create(plain);
  CHECK((*memory)->Call(MakeRequest("GET", "/healthz"))->body == "http://in-memory");
}

TEST_CASE("in memory: what cannot be served fails at once, as Start does") {
  kratos::http::Server server;
  server.Route("/").Get("/{", [](kratos::http::Context& ctx) { return ctx.String(200, ""); });
  const auto made = InMemoryServer::Create(server);
  CHECK(made.status().reason() == "BAD_ROUTE");
}

TEST_CASE("in memory: the caller's deadline and cancellation are the handler's") {
  Served served;
  kratos::Context late;
  late.LimitDeadline(kratos::Context::Clock::now());
  auto reply = served.memory->Call(late, MakeRequest("GET", "/v1/notes/1:wait"));
  REQUIRE(reply.ok());
  CHECK(reply->status == 504);

  CHECK(served.memory->Call(MakeRequest("GET", "/v1/notes/1:wait", "", {{"Grpc-Timeout", "0n"}}))
            ->status == 504);

  kratos::Context ctx;
  std::thread canceller([&] {
    Until([&] { return served.service->waiting == 3; });
    ctx.Cancel();
  });
  reply = served.memory->Call(ctx, MakeRequest("GET", "/v1/notes/1:wait"));
  canceller.join();
  CHECK(reply.status().code() == 499);
}

TEST_CASE("in memory: streams are collected, and what breaks off is no reply") {
  Served served;
  auto reply = served.memory->Call(MakeRequest("GET", "/v1/notes/1:watch?count=2&fail_after=-1", "",
                                               {{"Accept", "application/json"}}));
  REQUIRE(reply.ok());
  CHECK(reply->headers.Get("Content-Type") == "application/json");
  CHECK(reply->body.find(R"("number":1)") != std::string::npos);
  CHECK(reply->body.ends_with("]"));

  reply = served.memory->Call(MakeRequest("GET", "/v1/notes/1:download?count=2&fail_after=-1"));
  CHECK(reply->body == "notes/1 0\nnotes/1 1\n");
  reply = served.memory->Call(MakeRequest("GET", "/v1/notes/1:download?count=2&fail_after=1"));
  CHECK(reply.status().code() == 503);
  reply = served.memory->Call(
      MakeRequest("POST", "/v1/notes/1:upload", "12345", {{"Content-Type", "x/y"}}));
  CHECK(reply->body.find(R"("bytes":"5")") != std::string::npos);
}

}  // namespace
}  // namespace memory_test
