// What a call leaves in the log.
#include <string>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;

TEST_CASE("logging: a record about a call names its operation and trace") {
  const LogCapture log;
  EchoTestServer server([](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    kratos::log::AddAttributes(ctx, {{"tenant", "t1"}});
    kratos::log::Write(ctx, kratos::log::Level::kInfo, "halfway");
    return {};
  });
  CHECK(server
            .Get("/v1/hook",
                 {"-H", "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
            .status == 200);
  CHECK(log.text().find(
            "level=INFO msg=halfway operation=/e2e.Echo/Hook "
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 tenant=t1\n") !=
        std::string::npos);
}

TEST_CASE("logging: neither bodies nor credentials are logged, also when calls fail") {
  const LogCapture log;
  EchoTestServer server([](kratos::Context&, const Msg& request, Msg*) -> Status {
    if (request.number() == 1) throw 42;
    return kratos::NotFound("NONE", "nothing here");
  });
  for (const char* body : {R"({"text":"tiger","number":1})", R"({"text":"tiger"})", "{tiger"}) {
    server.Send("POST", "/v1/hook?flag=tiger", body, "application/json",
                {"-H", "Authorization: Bearer tiger", "-H", "Cookie: a=tiger"});
  }
  CHECK(log.text().find("a handler threw") != std::string::npos);
  CHECK(log.text().find("tiger") == std::string::npos);
}

}  // namespace
}  // namespace e2e
