#include "kratos/middleware/circuit_breaker.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

class CountingBreaker final : public Breaker {
 public:
  bool Allow() override { return !open; }
  void Succeeded() override { ++successes; }
  void Failed() override { ++failures; }
  bool open = false;
  int successes = 0;
  int failures = 0;
};

// A middleware whose breakers the test sees, in the order they were made.
struct Setup {
  explicit Setup(CircuitBreakerOptions options = {}) {
    options.factory = [this] {
      made.push_back(std::make_shared<CountingBreaker>());
      return made.back();
    };
    middleware = CircuitBreaker(std::move(options));
  }
  Status Call(const std::string& operation, Status outcome = {}, std::string endpoint = "") {
    Context ctx;
    ctx.mutable_transport() = CallOf(kClient, operation);
    ctx.mutable_transport().endpoint = std::move(endpoint);
    return Run(middleware, ctx, [&](Context&) {
      ++called;
      return outcome;
    });
  }
  std::vector<std::shared_ptr<CountingBreaker>> made;
  Middleware middleware;
  int called = 0;
};

TEST_CASE("circuit breaker: what counts as a failure") {
  for (const int code : {200, 400, 401, 403, 404, 409, 429, 499, 500, 501, 502, 503, 504}) {
    CAPTURE(code);
    Setup s;
    const bool failure = code == 429 || code == 500 || code == 502 || code == 503 || code == 504;
    CHECK(s.Call("/a", code == 200 ? Status() : Error(code, "R", "m")).code() == code);
    CHECK(s.made.at(0)->failures == (failure ? 1 : 0));
    CHECK(s.made.at(0)->successes == (failure ? 0 : 1));
  }
  CircuitBreakerOptions options;
  options.is_failure = [](const Status& outcome) { return outcome.code() == 404; };
  Setup s(options);
  CHECK(s.Call("/a", NotFound("R", "m")).code() == 404);
  CHECK(s.made.at(0)->failures == 1);
}

TEST_CASE("circuit breaker: an open one answers 503 CIRCUITBREAKER, and counts that") {
  Setup s;
  CHECK(s.Call("/a").ok());
  s.made.at(0)->open = true;
  const Status refused = s.Call("/a");
  CHECK(refused.code() == 503);
  CHECK(refused.reason() == "CIRCUITBREAKER");
  CHECK(s.made.at(0)->failures == 1);
  CHECK(s.called == 1);
  CHECK(s.Call("/b").ok());  // Another operation has its own.
  CHECK(s.made.size() == 2);
}

TEST_CASE("circuit breaker: a call that throws is a failure (framework 17, fault 37)") {
  Setup s;
  Context ctx;
  ctx.mutable_transport() = CallOf(kClient);
  CHECK_THROWS_AS(Run(s.middleware, ctx, [](Context&) -> Status { throw std::runtime_error("x"); }),
                  std::runtime_error);
  CHECK(s.made.at(0)->failures == 1);
}

TEST_CASE("circuit breaker: a context that is no call passes by (framework 17, fault 20)") {
  Setup s;
  Context ctx;
  CHECK(Run(s.middleware, ctx, [](Context&) { return Status(); }).ok());
  CHECK(s.made.empty());
}

TEST_CASE("circuit breaker: there are only so many, and keys may be others (fault 38)") {
  SECTION("the rest share one") {
    CircuitBreakerOptions options;
    options.max_breakers = 2;
    Setup s(options);
    for (const char* operation : {"/a", "/b", "/c", "/d", "/a", "/d"})
      CHECK(s.Call(operation).ok());
    CHECK(s.made.size() == 3);
    CHECK(s.made.at(2)->successes == 3);
  }
  SECTION("by peer") {
    CircuitBreakerOptions options;
    options.key = [](const Context& ctx) { return ctx.transport().endpoint; };
    Setup s(options);
    for (const char* endpoint : {"http://one", "http://two", "http://one"})
      CHECK(s.Call("/a", {}, endpoint).ok());
    CHECK(s.made.size() == 2);
    CHECK(s.made.at(0)->successes == 2);
  }
}

TEST_CASE("circuit breaker: by default Google's, on the server as well") {
  const Middleware breaker = CircuitBreaker();
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    const Status status =
        Run(breaker, ctx, [](Context&) -> Status { return ServiceUnavailable("DOWN", "m"); });
    if (status.reason() == "CIRCUITBREAKER") ++refused;
  }
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace kratos::middleware
