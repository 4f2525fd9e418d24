// Starting and stopping.
#include <ctime>
#include <future>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;
using namespace std::chrono_literals;

const char kHookRequest[] = "GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_CASE(
    "lifecycle: stopping lets running calls finish, refuses new connections and ends idle ones at "
    "once") {
  Event running;
  Event go_on;
  EchoTestServer server([&](kratos::Context&, const Msg& request, Msg*) -> Status {
    if (request.text() == "quick") return {};
    running.Set();
    go_on.Wait();
    return {};
  });
  const int port = server.port();
  RawConnection idle(port);
  idle.Send("GET /v1/hook/quick HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(idle.Read().status == 200);
  RawConnection busy(port);
  busy.Send(kHookRequest);
  running.Wait();
  auto stopping = std::async(std::launch::async, [&server] { return server.Stop(10min); });
  CHECK(idle.ReadEnd());  // While the call still runs.
  while (!Refused(port)) std::this_thread::yield();
  go_on.Set();
  const Reply reply = busy.Read();
  CHECK(reply.status == 200);
  CHECK(reply.headers.Get("Connection") == "close");
  CHECK(busy.ReadEnd());
  CHECK(stopping.get().ok());
  CHECK(server.Join().ok());
}

TEST_CASE(
    "lifecycle: K22, when the grace period is over calls are cancelled and cut off, and Stop says "
    "so") {
  Event running;
  Status seen;
  EchoTestServer server([&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    running.Set();
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, ctx.stop_token(), [] { return false; });
    seen = ctx.Err();
    return seen;
  });
  RawConnection connection(server.port());
  connection.Send(kHookRequest);
  running.Wait();
  const Status stopped = server.Stop(10ms);
  CHECK(stopped.code() == 504);
  CHECK(stopped.reason() == "DEADLINE_EXCEEDED");
  CHECK(server.Join().ok());
  CHECK(seen.code() == 499);
  CHECK(connection.Read().status == 0);
}

TEST_CASE(
    "lifecycle: connections that wait for a thread are served when stopping, or cut off with the "
    "rest") {
  auto options = LocalOptions();
  options.limits.threads = 1;
  for (const bool in_time : {true, false}) {
    CAPTURE(in_time);
    Event running;
    Event go_on;
    EchoTestServer server(options, [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
      running.Set();
      if (in_time) {
        go_on.Wait();
      } else {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait(lock, ctx.stop_token(), [] { return false; });
      }
      return {};
    });
    const int port = server.port();
    RawConnection first(port);
    first.Send(kHookRequest);
    running.Wait();
    RawConnection waiting(port);
    waiting.Send("GET /v1/path/a HTTP/1.1\r\nHost: h\r\n\r\n");
    auto stopping =
        std::async(std::launch::async, [&] { return server.Stop(in_time ? 600'000ms : 10ms); });
    while (!Refused(port)) std::this_thread::yield();
    go_on.Set();
    CHECK(stopping.get().ok() == in_time);
    CHECK(server.Join().ok());
    if (in_time) CHECK(first.Read().status == 200);
    // The waiting one was either accepted and answered or never accepted.
    const int status = waiting.Read().status;
    CHECK((status == 0 || (in_time && status == 200)));
  }
}

TEST_CASE("lifecycle: a connection that waits for a thread when the grace ends is not served") {
  auto options = LocalOptions();
  options.limits.threads = 1;
  options.limits.max_queued_connections = 1;  // httplib
  options.limits.max_queued_calls = 1;        // asio
  Event running;
  EchoTestServer server(options, [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    running.Set();
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, ctx.stop_token(), [] { return false; });
    return {};
  });
  RawConnection first(server.port());
  first.Send(kHookRequest);
  running.Wait();
  RawConnection waiting(server.port());
  waiting.Send("GET /v1/path/a HTTP/1.1\r\nHost: h\r\n\r\n");
  // That there is no room for one more shows that the other has been accepted.
  RawConnection refused(server.port());
  refused.Send("GET /v1/path/a HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(refused.Read().status == 503);
  CHECK(server.Stop(10ms).code() == 504);
  CHECK(server.Join().ok());
  CHECK(waiting.Read().status == 0);
}

TEST_CASE("lifecycle: readiness turns false first, and requests are still answered for a while") {
  auto options = LocalOptions();
  options.stop_delay = 300ms;
  EchoTestServer server(options, nullptr, [](kratos::http::Server& http) {
    http.Route("/").Get("/readyz", [&http](kratos::http::Context& ctx) {
      return ctx.String(http.Ready() ? 200 : 503, "");
    });
  });
  CHECK(server.Get("/readyz").status == 200);
  auto stopping = std::async(std::launch::async, [&server] { return server.Stop(10min); });
  int not_ready = 0;
  while (true) {
    const Reply reply = server.Get("/readyz");
    if (reply.status == 0) break;
    if (reply.status != 503) continue;
    ++not_ready;
    CHECK(reply.headers.Get("Connection") == "close");
  }
  CHECK(not_ready > 0);
  CHECK(stopping.get().ok());
  CHECK_FALSE(server->Ready());
}

TEST_CASE("lifecycle: a connection made just before the stop still gets an answer") {
  // The time for the first request is short, and this machine may be slow.
  int status = 0;
  for (int attempt = 0; attempt < 20 && status == 0; ++attempt) {
    EchoTestServer server;
    CHECK(server.Get("/v1/hook").status == 200);
    const int port = server.port();
    RawConnection fresh(port);
    auto stopping = std::async(std::launch::async, [&server] { return server.Stop(10min); });
    while (!Refused(port)) std::this_thread::yield();
    fresh.Send("GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto reply = fresh.Read();
    status = reply.status;
    if (status != 0) CHECK(reply.headers.Get("Connection") == "close");
    CHECK(stopping.get().ok());
  }
  CHECK(status == 200);
}

TEST_CASE("lifecycle: a server without requests leaves the processor alone") {
  auto options = LocalOptions();
  options.limits.idle_timeout = 500ms;
  EchoTestServer server(options);
  RawConnection idle(server.port());
  idle.Send(kHookRequest);
  CHECK(idle.Read().status == 200);
  const auto began = std::chrono::steady_clock::now();
  const auto used = std::clock();
  CHECK(idle.ReadEnd());  // The server has found it idle for long enough.
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - began;
  CHECK(static_cast<double>(std::clock() - used) / CLOCKS_PER_SEC < 0.1 * passed.count());
}

TEST_CASE("lifecycle: stopping twice, and after the end, is fine") {
  EchoTestServer server;
  CHECK(server.Get("/v1/hook").status == 200);
  auto other = std::async(std::launch::async, [&server] { return server.Stop(10min); });
  CHECK(server.Stop(10min).ok());
  CHECK(other.get().ok());
  CHECK(server.Join().ok());
  CHECK(server.Stop(10min).ok());
}

TEST_CASE("lifecycle: a server that was stopped before it started does not start") {
  kratos::http::Server server(LocalOptions());
  CHECK(server.Stop(1s).ok());
  CHECK(server.Start().ok());
  CHECK(server.port() == 0);  // Nor does it take the port.
  kratos::http::Server listening(LocalOptions());
  REQUIRE(listening.Listen().ok());
  CHECK(listening.Stop(1s).ok());
  CHECK(listening.Start().ok());
}

TEST_CASE("lifecycle: stopping while starting, over and over") {
  for (int round = 0; round < 50; ++round) {
    kratos::http::Server server(LocalOptions());
    REQUIRE(server.Listen().ok());
    auto serving = std::async(std::launch::async, [&server] { return server.Start(); });
    CHECK(server.Stop(10min).ok());
    CHECK(serving.get().ok());
  }
}

TEST_CASE("lifecycle: servers that never start, or only listen, go away quietly") {
  { const kratos::http::Server server; }
  {
    kratos::http::Server server(LocalOptions());
    RegisterAll(server);
  }
  kratos::http::Server server(LocalOptions());
  CHECK(server.port() == 0);
  REQUIRE(server.Listen().ok());
  REQUIRE(server.Listen().ok());
  CHECK(server.port() > 0);
}

TEST_CASE("lifecycle: what is wrong is one clear sentence from Start") {
  EchoTestServer running;
  const TempDir dir;
  const auto options = [](auto change) {
    auto o = LocalOptions();
    change(o);
    return o;
  };
  const std::string taken = "127.0.0.1:" + std::to_string(running.port());
  const struct {
    const char* name;
    kratos::http::ServerOptions options;
    const char* path;
    std::string mentions;
  } rows[] = {
      {"port in use", options([&](auto& o) { o.address = taken; }), "/ok", taken},
      {"address of no interface", options([](auto& o) { o.address = "192.0.2.1:0"; }), "/ok",
       "192.0.2.1:0"},
      {"address without port", options([](auto& o) { o.address = "localhost"; }), "/ok",
       "\"localhost\""},
      {"engine", options([](auto& o) { o.engine = "steam"; }), "/ok", "\"steam\""},
      {"template", LocalOptions(), "/a/{b", "/a/{b"},
      {"certificate",
       options([&](auto& o) { o.tls.emplace().certificate_file = dir.Path("none.pem"); }), "/ok",
       "none.pem"},
      {"no certificate at all", options([](auto& o) { o.tls.emplace(); }), "/ok", "certificate"},
      {"certificate text", options([](auto& o) { o.tls.emplace().certificate_pem = "nonsense"; }),
       "/ok", "certificate given as text"},
      {"codecs without json",
       options([](auto& o) { o.codecs = std::make_shared<kratos::codec::Registry>(); }), "/ok",
       "json"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    kratos::http::Server server(row.options);
    server.Route("/").Get(row.path, [](kratos::http::Context& ctx) { return ctx.String(200, ""); });
    const Status status = server.Start();
    REQUIRE_FALSE(status.ok());
    CAPTURE(status.message());
    CHECK(status.message().find(row.mentions) != std::string::npos);
    CHECK(status.message().find('\n') == std::string::npos);
    CHECK(server.port() == 0);
  }
}

TEST_CASE("lifecycle: every wrong route is named at once; an unknown field in a template too") {
  kratos::http::Server server(LocalOptions());
  const auto answer = [](kratos::http::Context& ctx) { return ctx.String(200, ""); };
  server.Route("/").Get("/a/{b", answer);
  server.Route("/").Post("/c/**/**", answer);
  server.Bind(
      {.operation = "/x/Y", .method = "GET", .path = "/v1/{nope}", .body = "", .response_body = ""},
      *Msg::descriptor(), answer);
  server.Bind({.operation = "/x/Z",
               .method = "POST",
               .path = "/v1/z",
               .body = "missing",
               .response_body = ""},
              *Msg::descriptor(), answer);
  const Status status = server.Start();
  REQUIRE_FALSE(status.ok());
  for (const char* part : {"GET /a/{b", "POST /c/**/**", "nope", "missing"}) {
    CAPTURE(part, status.message());
    CHECK(status.message().find(part) != std::string::npos);
  }
}

TEST_CASE("lifecycle: a port is free again after the end") {
  int port = 0;
  {
    EchoTestServer server;
    port = server.port();
    CHECK(server.Get("/v1/hook").status == 200);
  }
  auto options = LocalOptions();
  options.address = "127.0.0.1:" + std::to_string(port);
  EchoTestServer again(options);
  CHECK(again.Get("/v1/hook").status == 200);
}

TEST_CASE("lifecycle: every interface, both IP versions, and the endpoint told to others") {
  auto options = LocalOptions();
  options.address = ":0";
  EchoTestServer server(options);
  const std::string port = std::to_string(server.port());
  CHECK(Curl({"http://127.0.0.1:" + port + "/v1/hook"}).status == 200);
  const auto endpoint = server->Endpoint();
  REQUIRE(endpoint.ok());
  CHECK(endpoint->starts_with("http://"));
  CHECK(endpoint->ends_with(":" + port));
  options.endpoint = "https://example.org";
  kratos::http::Server named(options);
  CHECK(named.Endpoint().value() == "https://example.org");
}

}  // namespace
}  // namespace e2e
