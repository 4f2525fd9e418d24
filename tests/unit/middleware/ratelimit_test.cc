#include "kratos/middleware/ratelimit.h"

#include <memory>
#include <stdexcept>
#include <vector>

#include "fixture.h"
#include "kratos/middleware/bbr_limiter.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

class CountingLimiter final : public Limiter {
 public:
  std::optional<Done> Allow() override {
    ++asked;
    if (full) return std::nullopt;
    return [this](const Status& outcome) { outcomes.push_back(outcome.code()); };
  }
  bool full = false;
  int asked = 0;
  std::vector<int> outcomes;
};

TEST_CASE("ratelimit: 429 RATELIMIT when the limiter says no") {
  const auto limiter = std::make_shared<CountingLimiter>();
  const Middleware limit = RateLimit({.limiter = limiter});
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK(Run(limit, ctx, [](Context&) { return Status(); }).ok());
  CHECK(Run(limit, ctx, [](Context&) -> Status { return NotFound("A", "b"); }).code() == 404);
  limiter->full = true;
  bool called = false;
  const Status refused = Run(limit, ctx, [&called](Context&) {
    called = true;
    return Status();
  });
  CHECK(refused.code() == 429);
  CHECK(refused.reason() == "RATELIMIT");
  CHECK_FALSE(called);
  CHECK(limiter->outcomes == std::vector<int>{200, 404});
}

TEST_CASE("ratelimit: a call that throws is accounted for (framework 17, fault 37)") {
  const auto limiter = std::make_shared<CountingLimiter>();
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK_THROWS_AS(Run(RateLimit({.limiter = limiter}), ctx,
                      [](Context&) -> Status { throw std::runtime_error("x"); }),
                  std::runtime_error);
  CHECK(limiter->outcomes == std::vector<int>{500});
}

TEST_CASE("ratelimit: without a limiter there is a default one (framework 17, fault 20)") {
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK(Run(RateLimit({.limiter = nullptr}), ctx, [](Context&) { return Status(); }).ok());
}

TEST_CASE("ratelimit: streams pass by unless it is said otherwise") {
  const auto limiter = std::make_shared<CountingLimiter>();
  limiter->full = true;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_transport().reply_stream = true;
  CHECK(Run(RateLimit({.limiter = limiter}), ctx, [](Context&) { return Status(); }).ok());
  CHECK(limiter->asked == 0);
  CHECK(Run(RateLimit({.limiter = limiter, .streams = true}), ctx, [](Context&) {
          return Status();
        }).code() == 429);
}

TEST_CASE("ratelimit: refuses every call that is not a server's") {
  const auto limiter = std::make_shared<CountingLimiter>();
  for (const auto side : {kClient, kNone}) {
    for (const bool stream : {false, true}) {
      CAPTURE(static_cast<int>(side), stream);
      Context ctx;
      ctx.mutable_transport() = CallOf(side);
      ctx.mutable_transport().reply_stream = stream;
      bool called = false;
      const Status refused = Run(RateLimit({.limiter = limiter}), ctx, [&called](Context&) {
        called = true;
        return Status();
      });
      CHECK(refused.code() == 429);
      CHECK(refused.reason() == "RATELIMIT");
      CHECK(refused.message() == "the rate limit stands on the wrong side");
      CHECK_FALSE(called);
    }
  }
  CHECK(limiter->asked == 0);
}

}  // namespace
}  // namespace kratos::middleware
