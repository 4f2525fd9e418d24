#include "kratos/middleware/logging.h"

#include <stdexcept>
#include <string>

#include "../log/capture.h"
#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

TEST_CASE("logging: one line a call, with the specification's keys in order") {
  log::CaptureLogger log;
  FakeClock clock;
  const Middleware logging = Logging({.logger = *log, .clock = clock.function()});
  StringValue request;
  request.set_value("tiger");
  const auto run = [&](TransportInfo::Side side, Status outcome) {
    Context ctx;
    ctx.mutable_transport() = CallOf(side);
    const Status status = Run(
        logging, ctx,
        [&](Context&) {
          clock.Advance(std::chrono::milliseconds(250));
          return outcome;
        },
        request);
    CHECK(status.code() == outcome.code());
    return log.Take();
  };
  const std::string common =
      "component=http operation=/demo.Greeter/Hello args=google.protobuf.StringValue ";
  CHECK(run(kServer, {}) == "level=INFO msg=\"server request\" kind=server " + common +
                                "code=200 reason=\"\" latency=0.25\n");
  CHECK(run(kClient, {}) == "level=INFO msg=\"client request\" kind=client " + common +
                                "code=200 reason=\"\" latency=0.25\n");
  CHECK(run(kServer, NotFound("NONE", "gone")) ==
        "level=ERROR msg=\"server request\" kind=server " + common +
            "code=404 reason=NONE latency=0.25 error=\"" + NotFound("NONE", "gone").ToString() +
            "\"\n");
}

TEST_CASE("logging: there is no stack that is none, and no content (framework 17, fault 44)") {
  log::CaptureLogger log;
  StringValue request;
  request.set_value("tiger");
  Context ctx;
  CHECK(Run(
            Logging({.logger = *log}), ctx,
            [](Context&) -> Status { return InternalServer("X", "y"); }, request)
            .code() == 500);
  const std::string line = log.Take();
  CHECK(line.find("stack") == std::string::npos);
  CHECK(line.find("tiger") == std::string::npos);
}

TEST_CASE("logging: a call that throws is logged as a 500 (framework 17, fault 43)") {
  log::CaptureLogger log;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK_THROWS_AS(Run(Logging({.logger = *log}), ctx,
                      [](Context&) -> Status { throw std::runtime_error("x"); }),
                  std::runtime_error);
  CHECK(log.Take().find("code=500 reason=UNKNOWN") != std::string::npos);
}

TEST_CASE("logging: arguments are printed on request, and only for lines that are written") {
  int printed = 0;
  log::CaptureLogger log;
  LoggingOptions options;
  options.logger = *log;
  options.arguments = [&printed](const Message& request) {
    ++printed;
    return static_cast<const StringValue&>(request).value();
  };
  options.level = [](const Status& status) {
    return status.ok() ? log::Level::kDebug : log::Level::kWarn;
  };
  StringValue request;
  request.set_value("hello you");
  Context ctx;
  CHECK(Run(
            Logging(options), ctx, [](Context&) { return Status(); }, request)
            .ok());
  CHECK(printed == 0);
  CHECK(log.Take().empty());
  CHECK_FALSE(
      Run(
          Logging(options), ctx, [](Context&) -> Status { return NotFound("A", "b"); }, request)
          .ok());
  CHECK(printed == 1);
  const std::string line = log.Take();
  CHECK(line.starts_with("level=WARN"));
  CHECK(line.find("args=\"hello you\"") != std::string::npos);
}

}  // namespace
}  // namespace kratos::middleware
