// What operators ask for, from outside.
#include <memory>
#include <string>

#include "harness.h"
#include "kratos/admin/admin.h"
#include "kratos/app/app.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;
using kratos::admin::AdminOptions;
using kratos::admin::RegisterAdmin;

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("admin: health and readiness") {
  const auto health = std::make_shared<kratos::health::Registry>(
      kratos::health::RegistryOptions{.max_age = std::chrono::milliseconds(0)});
  Guarded<bool> up;
  up.Set(true);
  health->Add("database", [&](kratos::Context&) -> Status {
    if (up.Get()) return {};
    return kratos::ServiceUnavailable("DOWN", "host db-7 does not answer");
  });
  TestServer server;
  RegisterAdmin(server.server(), {.health = health});
  server.Start();
  const Reply alive = server.Get("/healthz");
  CHECK(alive.status == 200);
  CHECK(alive.body == "ok\n");
  CHECK(alive.headers.Get("Cache-Control") == "no-store");

  Reply ready = server.Get("/readyz");
  CHECK(ready.status == 200);
  CHECK(ready.headers.Get("Content-Type") == "application/json");
  CHECK(ready.headers.Get("Cache-Control") == "no-store");
  CHECK(ready.body == "{\"ready\":true,\"serving\":true,\"checks\":{\"database\":\"ok\"}}\n");

  LogCapture log;
  up.Set(false);
  ready = server.Get("/readyz");
  CHECK(ready.status == 503);
  // Why is for the log and not for strangers.
  CHECK(ready.body == "{\"ready\":false,\"serving\":true,\"checks\":{\"database\":\"failing\"}}\n");
  CHECK(Contains(log.text(), "host db-7 does not answer"));
  CHECK(server.Get("/healthz").status == 200);

  health->SetServing(false);
  CHECK(server.Get("/readyz").body == "{\"ready\":false,\"serving\":false,\"checks\":{}}\n");
  CHECK(server.Get("/metrics").status == 404);
  CHECK(server.Get("/admin").status == 404);
}

TEST_CASE(
    "admin: readiness turns false as soon as the stop begins, and the server goes on serving") {
  const auto health = std::make_shared<kratos::health::Registry>();
  kratos::http::Server http(LocalOptions());
  RegisterAdmin(http, {.health = health});
  CHECK(health->serving());
  Event stopping;
  Event go_on;
  Event started;
  Guarded<bool> too_early;
  kratos::App app({.name = "demo",
                   .servers = {&http},
                   .after_start = {[&](kratos::Context&) {
                     too_early.Set(health->serving());
                     started.Set();
                     return Status();
                   }},
                   .before_stop = {[&](kratos::Context&) {
                     stopping.Set();
                     go_on.Wait();
                     return Status();
                   }},
                   .health = health,
                   .signals = {}});
  std::jthread run([&] { (void)app.Serve(); });
  started.Wait();
  CHECK_FALSE(too_early.Get());
  while (!app.Ready() || !health->serving()) std::this_thread::yield();
  const std::string port = std::to_string(http.port());
  CHECK(Curl({"http://127.0.0.1:" + port + "/readyz"}).status == 200);
  app.Stop();
  stopping.Wait();
  CHECK(Curl({"http://127.0.0.1:" + port + "/readyz"}).status == 503);
  CHECK(Curl({"http://127.0.0.1:" + port + "/healthz"}).status == 200);
  go_on.Set();
}

TEST_CASE("admin: metrics as they are") {
  TestServer server;
  RegisterAdmin(server.server(), {.metrics = [] { return "a 1\n"; }});
  server.Start();
  const Reply reply = server.Get("/metrics");
  CHECK(reply.status == 200);
  CHECK(reply.body == "a 1\n");
  CHECK(reply.headers.Get("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("admin: a page for people and JSON for tools, about another server") {
  TestServer shop;
  shop->Route("/").Get("/v1/books/{name}",
                       [](kratos::http::Context& ctx) -> Status { return ctx.String(200, "x"); });
  shop->Route("/").Get(
      "/bad", [](kratos::http::Context&) -> Status { return kratos::BadRequest("NO", "no"); });
  shop.Start();
  CHECK(shop.Get("/bad").status == 400);
  CHECK(shop.Get("/bad").status == 400);
  CHECK(Exchange(shop.port(), "NONSENSE\r\n\r\n").status == 400);

  TestServer admin;
  const auto app = std::make_shared<kratos::AppInfo>(
      kratos::AppInfo{"id-1", "<shop>", "v1.2.3", {{"zone", "<b>a\"b&c"}}, {"http://10.0.0.1:80"}});
  admin->SetApp(app);
  RegisterAdmin(admin.server(), {.page_path = "/admin", .about = {&shop.server()}});
  admin.Start();

  const Reply json = admin.Get("/admin");
  CHECK(json.status == 200);
  CHECK(json.headers.Get("Content-Type") == "application/json");
  CHECK(json.headers.Get("Vary") == "Accept");
  CAPTURE(json.body);
  for (
      const char* part :
      {R"("application":{"name":"<shop>","version":"v1.2.3","id":"id-1","metadata":{"zone":"<b>a\"b&c"},"endpoints":["http://10.0.0.1:80"]})",
       R"("build":{"kratos":"0.)", R"("protobuf":")",
       R"({"method":"GET","path":"/v1/books/{name}","operation":""})",
       R"("ready":true,"counters":{"started":2,"running":0,"refused":1,"answered_1xx":0,"answered_2xx":0,"answered_3xx":0,"answered_4xx":2,"answered_5xx":0})",
       R"("max_body_bytes":4194304)", R"("read_timeout":"10000 ms")"}) {
    CAPTURE(part);
    CHECK(Contains(json.body, part));
  }
  CHECK(Contains(json.body, "\"port\":" + std::to_string(shop.port())));

  const Reply page = admin.Get(
      "/admin", {"-H", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"});
  CHECK(page.status == 200);
  CHECK(page.headers.Get("Content-Type") == "text/html; charset=utf-8");
  CHECK(Contains(std::string(page.headers.Get("Content-Security-Policy")), "default-src 'none'"));
  CHECK(page.headers.Get("X-Content-Type-Options") == "nosniff");
  CHECK(Contains(page.body, "<title>&lt;shop&gt;</title>"));
  CHECK(Contains(page.body, "<td>/v1/books/{name}</td>"));
  CHECK(Contains(page.body, "&lt;b&gt;a&quot;b&amp;c"));
  CHECK_FALSE(Contains(page.body, "<b>"));
  CHECK(admin.Get("/admin", {"-H", "Accept: application/json, text/html;q=0.5"})
            .headers.Get("Content-Type") == "application/json");
}

}  // namespace
}  // namespace e2e
