#include "kratos/middleware/sre_breaker.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using std::chrono::milliseconds;

struct Setup {
  explicit Setup(SreBreakerOptions options = {}) {
    options.random = [this] { return draw; };
    options.clock = clock.function();
    breaker = std::make_unique<SreBreaker>(options);
  }
  void Count(int successes, int failures) {
    for (int i = 0; i < successes; ++i) breaker->Succeeded();
    for (int i = 0; i < failures; ++i) breaker->Failed();
  }
  // The least draw with which a call is allowed, which is the chance of refusal.
  bool AllowsAt(double d) {
    draw = d;
    return breaker->Allow();
  }

  FakeClock clock;
  double draw = 0;
  std::unique_ptr<SreBreaker> breaker;
};

TEST_CASE("sre breaker: conformance") {
  SECTION("19 failures are too few to say, 20 are not") {
    Setup s;
    s.Count(0, 19);
    CHECK(s.AllowsAt(0));
    s.Count(0, 1);
    CHECK_FALSE(s.AllowsAt(0));
    // 20/21
    CHECK_FALSE(s.AllowsAt(0.95237));
    CHECK(s.AllowsAt(0.95239));
  }
  SECTION("ten of twenty are put up with, one more is not") {
    Setup s;
    s.Count(10, 10);
    CHECK(s.AllowsAt(0));
    s.Count(0, 1);
    // 1/22
    CHECK_FALSE(s.AllowsAt(0));
    CHECK_FALSE(s.AllowsAt(0.04544));
    CHECK(s.AllowsAt(0.04546));
  }
}

TEST_CASE("sre breaker: the window moves, bucket by bucket, the present one included") {
  Setup s;  // 10 buckets of 300 ms
  s.Count(0, 20);
  s.clock.Advance(milliseconds(9 * 300));
  CHECK_FALSE(s.AllowsAt(0));
  s.clock.Advance(milliseconds(300));
  CHECK(s.AllowsAt(0));
  // The ring's place is used again.
  s.Count(0, 20);
  CHECK_FALSE(s.AllowsAt(0));
}

TEST_CASE("sre breaker: options and their range") {
  SECTION("ratio") {
    Setup s({.failure_ratio = 0.9});
    s.Count(2, 18);
    CHECK(s.AllowsAt(0));
    s.Count(0, 1);
    CHECK_FALSE(s.AllowsAt(0));
  }
  SECTION("ratio out of range is the default") {
    for (const double ratio : {-0.1, 1.0, 7.0}) {
      Setup s({.failure_ratio = ratio});
      s.Count(10, 10);
      CHECK(s.AllowsAt(0));
      s.Count(0, 1);
      CHECK_FALSE(s.AllowsAt(0));
    }
  }
  SECTION("no ratio at all: every failure counts") {
    Setup s({.failure_ratio = 0});
    s.Count(19, 1);
    CHECK_FALSE(s.AllowsAt(0));
  }
  SECTION("least requests, buckets and window") {
    Setup s({.min_requests = 0, .buckets = 0, .window = milliseconds(-1)});
    CHECK(s.AllowsAt(0));
    s.Count(0, 1);
    CHECK_FALSE(s.AllowsAt(0));
  }
}

TEST_CASE("sre breaker: its own generator draws from [0, 1), on every thread") {
  SreBreaker breaker;
  for (int i = 0; i < 2000; ++i) breaker.Failed();
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) refused += breaker.Allow() ? 0 : 1;
    });
  }
  for (auto& thread : threads) thread.join();
  // The chance of one call is 2000/2001.
  CHECK(refused > 350);
}

}  // namespace
}  // namespace kratos::middleware
