#include "kratos/health/registry.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "../log/capture.h"
#include "../middleware/fixture.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos::health {
namespace {

using namespace std::chrono_literals;
using middleware::FakeClock;

TEST_CASE("health: without checks it is whether the program serves") {
  Registry registry;
  CHECK(registry.serving());
  CHECK(registry.Ask().ready());
  registry.SetServing(false);
  CHECK_FALSE(registry.serving());
  CHECK_FALSE(registry.Ask().ready());
}

TEST_CASE("health: every check must pass") {
  log::CaptureDefault log;
  FakeClock clock;
  Registry registry({.clock = clock.function()});
  Status database;
  bool cache_throws = false;
  registry.Add("database", [&](Context&) { return database; });
  registry.Add("cache", [&](Context&) -> Status {
    if (cache_throws) throw std::runtime_error("thrown");
    return {};
  });
  Report report = registry.Ask();
  CHECK(report.ready());
  REQUIRE(report.checks.size() == 2);
  CHECK(report.checks[0].name == "database");
  CHECK(log.Take().empty());

  database = ServiceUnavailable("DOWN", "no route to host");
  cache_throws = true;
  for (int i = 0; i < 3; ++i) {
    clock.Advance(1s);
    report = registry.Ask();
    CHECK_FALSE(report.ready());
    CHECK(report.serving);
    CHECK(report.checks[0].status.reason() == "DOWN");
    CHECK(report.checks[1].status.message() == "thrown");
  }
  // Once for each, however often it is asked.
  const std::string lines = log.Take();
  CHECK(lines.find("level=WARN msg=\"health check fails\" check=database") != std::string::npos);
  CHECK(lines.find("check=cache") != std::string::npos);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 2);

  database = {};
  cache_throws = false;
  clock.Advance(1s);
  CHECK(registry.Ask().ready());
  CHECK(log.Take() ==
        "level=INFO msg=\"health check passes again\" check=database\n"
        "level=INFO msg=\"health check passes again\" check=cache\n");
}

TEST_CASE("health: results are good for a while, and until a check is added") {
  FakeClock clock;
  Registry registry({.max_age = 1s, .clock = clock.function()});
  int ran = 0;
  const Check count = [&](Context&) {
    ++ran;
    return Status();
  };
  registry.Add("a", count);
  for (int i = 0; i < 3; ++i) CHECK(registry.Ask().ready());
  CHECK(ran == 1);
  clock.Advance(999ms);
  CHECK(registry.Ask().checks.size() == 1);
  CHECK(ran == 1);
  clock.Advance(1ms);
  CHECK(registry.Ask().ready());
  CHECK(ran == 2);
  registry.Add("b", count);
  CHECK(registry.Ask().checks.size() == 2);
  CHECK(ran == 4);
  registry.Add("b", [](Context&) -> Status { return NotFound("X", "x"); });
  CHECK(registry.Ask().checks.size() == 2);
  CHECK_FALSE(registry.Ask().ready());
}

TEST_CASE("health: nothing is checked while it does not serve") {
  Registry registry({.max_age = 0ms});
  int ran = 0;
  registry.Add("a", [&](Context&) {
    ++ran;
    return Status();
  });
  registry.SetServing(false);
  CHECK(registry.Ask().checks.empty());
  CHECK(ran == 0);
  registry.SetServing(true);
  CHECK(registry.Ask().ready());
  CHECK(ran == 1);
}

TEST_CASE("health: a check has a deadline, which who asks can bring forward") {
  Registry registry({.check_timeout = 1h, .max_age = 0ms});
  Context::Clock::duration left{};
  registry.Add("a", [&](Context& ctx) {
    left = *ctx.TimeLeft();
    return Status();
  });
  CHECK(registry.Ask().ready());
  CHECK(left > 30min);
  Context asker;
  asker.LimitDeadline(1min);
  CHECK(registry.Ask(&asker).ready());
  CHECK(left <= 1min);
}

TEST_CASE("health: changes are told to those who subscribed, as long as they want") {
  auto registry = std::make_unique<Registry>();
  std::vector<bool> seen;
  auto handle = registry->Subscribe([&](bool serving) { seen.push_back(serving); });
  registry->SetServing(true);  // No change.
  registry->SetServing(false);
  registry->SetServing(false);
  registry->SetServing(true);
  CHECK(seen == std::vector<bool>{false, true});
  handle.reset();
  registry->SetServing(false);
  CHECK(seen.size() == 2);
  auto late = registry->Subscribe([](bool) {});
  registry.reset();
  late.reset();
}

}  // namespace
}  // namespace kratos::health
