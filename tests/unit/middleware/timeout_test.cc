#include "kratos/middleware/timeout.h"

#include <chrono>
#include <optional>
#include <string>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using std::chrono::milliseconds;

// What the deadline inside the middleware is, from the moment of the call on.
std::optional<milliseconds> Left(TimeoutOptions options, Context& ctx) {
  FakeClock clock;
  options.clock = clock.function();
  std::optional<milliseconds> left;
  CHECK(Run(Timeout(options), ctx, [&](Context& inner) {
          if (inner.deadline())
            left = std::chrono::duration_cast<milliseconds>(*inner.deadline() - clock.now());
          return Status();
        }).ok());
  return left;
}

std::optional<milliseconds> Left(const TimeoutOptions& options, const std::string& operation) {
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer, operation);
  return Left(options, ctx);
}

TEST_CASE("timeout: for all, by prefix, by operation") {
  TimeoutOptions options;
  options.timeout = milliseconds(500);
  options.operations = {{"/a.B/*", milliseconds(700)},
                        {"/a.*", milliseconds(600)},
                        {"/a.B/Slow", milliseconds(900)},
                        {"/a.B/Free", milliseconds(0)}};
  CHECK(Left(options, "/x.Y/Z") == milliseconds(500));
  CHECK(Left(options, "/a.X/Y") == milliseconds(600));
  CHECK(Left(options, "/a.B/C") == milliseconds(700));
  CHECK(Left(options, "/a.B/Slow") == milliseconds(900));
  CHECK(Left(options, "/a.B/Free") == std::nullopt);
  CHECK(Left({}, "/x") == std::nullopt);
}

TEST_CASE("timeout: only brings forward") {
  const FakeClock clock;  // Stands where the middleware's does.
  Context ctx;
  ctx.LimitDeadline(clock.now() + milliseconds(100));
  CHECK(Left({.timeout = milliseconds(500)}, ctx) == milliseconds(100));
}

TEST_CASE("timeout: a call that is too late is not begun") {
  FakeClock clock;
  Context ctx;
  ctx.LimitDeadline(clock.now());
  bool called = false;
  const Status status = Run(Timeout({.timeout = milliseconds(5), .clock = clock.function()}), ctx,
                            [&called](Context&) {
                              called = true;
                              return Status();
                            });
  CHECK(status.code() == 504);
  CHECK(status.reason() == "DEADLINE_EXCEEDED");
  CHECK_FALSE(called);
}

TEST_CASE("timeout: streams are exempt unless it is said otherwise") {
  for (const bool request_stream : {true, false}) {
    TimeoutOptions options{.timeout = milliseconds(5)};
    Context ctx;
    ctx.mutable_transport() = CallOf(kServer);
    (request_stream ? ctx.mutable_transport().request_stream
                    : ctx.mutable_transport().reply_stream) = true;
    CHECK(Left(options, ctx) == std::nullopt);
    options.streams = true;
    CHECK(Left(options, ctx) == milliseconds(5));
  }
}

}  // namespace
}  // namespace kratos::middleware
