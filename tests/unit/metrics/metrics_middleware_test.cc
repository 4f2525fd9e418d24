#include "kratos/middleware/metrics.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

#include "../middleware/fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

struct Fixture {
  std::shared_ptr<metrics::Registry> registry = std::make_shared<metrics::Registry>();
  FakeClock clock;

  MetricsOptions Options() { return {.registry = registry, .clock = clock.function()}; }
  Status Call(const Middleware& middleware, TransportInfo::Side side, const Status& outcome,
              std::chrono::milliseconds takes) {
    Context ctx;
    ctx.mutable_transport() = CallOf(side);
    return Run(middleware, ctx, [&](Context&) {
      clock.Advance(takes);
      return outcome;
    });
  }
  bool Has(const std::string& line) const {
    return ('\n' + registry->Text()).find('\n' + line + '\n') != std::string::npos;
  }
};

TEST_CASE("metrics middleware: the names, labels and buckets of Kratos, and buckets beyond 1 s") {
  Fixture f;
  const Middleware metrics = Metrics(f.Options());
  CHECK(f.Call(metrics, kServer, {}, std::chrono::milliseconds(3)).ok());
  CHECK(f.Call(metrics, kServer, {}, std::chrono::milliseconds(2000)).ok());
  CHECK(f.Call(metrics, kServer, NotFound("NONE", "gone"), std::chrono::milliseconds(30)).code() ==
        404);
  CHECK(f.Call(metrics, kClient, {}, std::chrono::milliseconds(1)).ok());
  CAPTURE(f.registry->Text());
  const std::string operation = R"(operation="/demo.Greeter/Hello")";
  CHECK(f.Has(R"(server_requests_code_total{code="200",kind="http",)" + operation +
              R"(,reason=""} 2)"));
  CHECK(f.Has(R"(server_requests_code_total{code="404",kind="http",)" + operation +
              R"(,reason="NONE"} 1)"));
  CHECK(f.Has(R"(client_requests_code_total{code="200",kind="http",)" + operation +
              R"(,reason=""} 1)"));
  const auto bucket = [&](const char* le, int count) {
    return R"(server_requests_seconds_bucket{kind="http",)" + operation + ",le=\"" + le + "\"} " +
           std::to_string(count);
  };
  CHECK(f.Has(bucket("0.005", 1)));
  CHECK(f.Has(bucket("0.025", 1)));
  CHECK(f.Has(bucket("0.05", 2)));
  CHECK(f.Has(bucket("1", 2)));
  CHECK(f.Has(bucket("2.5", 3)));
  CHECK(f.Has(bucket("+Inf", 3)));
  CHECK(f.Has(R"(server_requests_seconds_count{kind="http",)" + operation + "} 3"));
}

TEST_CASE("metrics middleware: 17.4 #43, an exception counts and passes through") {
  Fixture f;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK_THROWS_AS(Run(Metrics(f.Options()), ctx,
                      [](Context&) -> Status { throw std::runtime_error("thrown"); }),
                  std::runtime_error);
  CHECK(f.Has(R"(server_requests_code_total{code="500",kind="http",)"
              R"(operation="/demo.Greeter/Hello",reason="UNKNOWN"} 1)"));
}

TEST_CASE("metrics middleware: 17.4 #43, reasons are bounded") {
  Fixture f;
  MetricsOptions options = f.Options();
  options.max_reasons = 2;
  const Middleware metrics = Metrics(options);
  for (const char* reason : {"A", "B", "C", "D", "A"})
    CHECK(f.Call(metrics, kClient, NotFound(reason, "x"), {}).code() == 404);
  const auto line = [](const char* reason, int count) {
    return R"(client_requests_code_total{code="404",kind="http",)"
           R"(operation="/demo.Greeter/Hello",reason=")" +
           std::string(reason) + "\"} " + std::to_string(count);
  };
  CHECK(f.Has(line("A", 2)));
  CHECK(f.Has(line("B", 1)));
  CHECK(f.Has(line("other", 2)));
}

TEST_CASE("metrics middleware: two of them share a registry; what is no call is not counted") {
  Fixture f;
  const Middleware one = Metrics(f.Options());
  const Middleware two = Metrics(f.Options());
  CHECK(f.Call(one, kServer, {}, {}).ok());
  CHECK(f.Call(two, kServer, {}, {}).ok());
  CHECK(f.Call(two, kNone, {}, {}).ok());
  CHECK(f.Has(R"(server_requests_code_total{code="200",kind="http",)"
              R"(operation="/demo.Greeter/Hello",reason=""} 2)"));
}

}  // namespace
}  // namespace kratos::middleware
