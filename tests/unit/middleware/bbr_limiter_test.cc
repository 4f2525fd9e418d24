#include "kratos/middleware/bbr_limiter.h"

#include <chrono>
#include <optional>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A limiter of ten buckets of 100 ms whose load and time the test sets.
struct Setup {
  FakeClock clock;
  double load = 1000;
  BbrLimiter limiter{{.window = seconds(1),
                      .buckets = 10,
                      .cpu = [this] { return load; },
                      .clock = clock.function()}};

  // `count` calls, one after the other, each taking so long.
  void Calls(int count, std::chrono::nanoseconds each, const Status& outcome = {}) {
    for (int i = 0; i < count; ++i) {
      const auto done = limiter.Allow();
      REQUIRE(done.has_value());
      clock.Advance(each);
      (*done)(outcome);
    }
  }
};

TEST_CASE("bbr: conformance, the third call at once is the one too many") {
  BbrLimiter limiter(
      {.window = seconds(1), .buckets = 10, .cpu_threshold = -1, .cpu = [] { return 1000.0; }});
  const auto first = limiter.Allow();
  const auto second = limiter.Allow();
  CHECK(first.has_value());
  CHECK(second.has_value());
  CHECK_FALSE(limiter.Allow().has_value());
  (*first)({});
  CHECK(limiter.Allow().has_value());
}

TEST_CASE("bbr: the limit is throughput times latency, of past buckets only") {
  Setup s;
  s.Calls(4, milliseconds(20));               // 80 ms of this bucket
  CHECK(s.limiter.Snapshot().max_pass == 1);  // which does not count yet
  CHECK(s.limiter.Snapshot().min_rt_ms == 1);
  CHECK(s.limiter.Snapshot().max_in_flight == 0);
  s.clock.Advance(milliseconds(100));
  const auto stat = s.limiter.Snapshot();
  CHECK(stat.max_pass == 4);
  CHECK(stat.min_rt_ms == Approx(20));
  CHECK(stat.max_in_flight == 0);  // floor(4 * 20 * 10 / 1000) = floor(0.8)
  CHECK(stat.in_flight == 0);
  CHECK(stat.cpu == 1000);
}

TEST_CASE("bbr: best throughput and least latency may be of different buckets") {
  Setup s;
  // 100 calls at once that take 90 ms, then a single one of 50 ms in a later bucket.
  s.load = 0;
  std::vector<Limiter::Done> done;
  for (int i = 0; i < 100; ++i) done.push_back(*s.limiter.Allow());
  s.clock.Advance(milliseconds(90));
  for (const auto& finish : done) finish({});
  s.clock.Advance(milliseconds(110));
  s.Calls(1, milliseconds(50));
  s.clock.Advance(milliseconds(100));
  const auto stat = s.limiter.Snapshot();
  CHECK(stat.max_pass == 100);
  CHECK(stat.min_rt_ms == Approx(50));
  CHECK(stat.max_in_flight == 50);  // 100 * 50 * 10 / 1000
  // 51 at once, and no more.
  s.load = 1000;
  std::vector<Limiter::Done> running;
  while (auto one = s.limiter.Allow()) running.push_back(*one);
  CHECK(running.size() == 51);
  // A window later it knows nothing any more.
  s.clock.Advance(seconds(1));
  CHECK(s.limiter.Snapshot().max_in_flight == 0);
  for (const auto& finish : running) finish({});
}

TEST_CASE("bbr: durations below a millisecond count as what they are (framework 17, fault 37)") {
  Setup s;
  s.Calls(100, microseconds(250));
  s.clock.Advance(milliseconds(100));
  CHECK(s.limiter.Snapshot().min_rt_ms == Approx(0.25));
}

TEST_CASE("bbr: buckets wider than a second have their own rate (framework 17, fault 37)") {
  FakeClock clock;
  BbrLimiter limiter(
      {.window = seconds(20), .buckets = 10, .cpu = [] { return 0.0; }, .clock = clock.function()});
  std::vector<Limiter::Done> done;
  for (int i = 0; i < 40; ++i) done.push_back(*limiter.Allow());
  clock.Advance(milliseconds(500));
  for (const auto& finish : done) finish({});
  clock.Advance(seconds(2));
  // 40 in two seconds of half a second each: 40 * 500 * 0.5 / 1000.
  CHECK(limiter.Snapshot().max_in_flight == 10);
}

TEST_CASE("bbr: failures are no throughput (framework 17, fault 37)") {
  Setup s;
  s.Calls(5, milliseconds(1), InternalServer("X", "y"));
  s.Calls(2, milliseconds(10), NotFound("A", "b"));
  s.clock.Advance(milliseconds(100));
  CHECK(s.limiter.Snapshot().max_pass == 2);
  CHECK(s.limiter.Snapshot().min_rt_ms == Approx(10));
  CHECK(s.limiter.Snapshot().in_flight == 0);
}

TEST_CASE("bbr: idle processors let everything in, a second after the first drop") {
  Setup s;
  s.load = 799.5;
  std::vector<std::optional<Limiter::Done>> running;
  for (int i = 0; i < 50; ++i) running.push_back(s.limiter.Allow());
  CHECK(running.back().has_value());
  s.load = 800;
  CHECK_FALSE(s.limiter.Allow().has_value());
  s.load = 0;
  s.clock.Advance(seconds(1));
  CHECK_FALSE(s.limiter.Allow().has_value());  // Still remembered.
  s.clock.Advance(milliseconds(1));
  CHECK(s.limiter.Allow().has_value());
  CHECK(s.limiter.Allow().has_value());
}

TEST_CASE("bbr: a quota scales the load, which stays within its range") {
  BbrLimiter limiter({.cpu_quota = 0.001, .cpu = [] { return 900.0; }});
  CHECK(limiter.Snapshot().cpu == 1000);
}

TEST_CASE("bbr: options out of range are brought into it") {
  BbrLimiter limiter({.window = milliseconds(-5), .buckets = 0, .cpu = [] { return 0.0; }});
  const auto done = limiter.Allow();
  REQUIRE(done.has_value());
  (*done)({});
}

}  // namespace
}  // namespace kratos::middleware
