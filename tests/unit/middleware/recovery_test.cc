#include "kratos/middleware/recovery.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "../log/capture.h"
#include "fixture.h"
#include "middleware/exception_slot.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

TEST_CASE("recovery: what is thrown becomes a 500 that tells the peer nothing") {
  log::CaptureLogger log;
  const Middleware recovery = Recovery({.logger = *log});
  for (const auto side : {kServer, kClient, kNone}) {
    Context ctx;
    ctx.mutable_transport() = CallOf(side);
    StringValue request;
    request.set_value("tiger");
    const Status status = Run(
        recovery, ctx, [](Context&) -> Status { throw std::runtime_error("no such table"); },
        request);
    CHECK(status.code() == 500);
    CHECK(status.reason() == "UNKNOWN");
    CHECK(status.message() == "internal error");
    CHECK(log.Take() ==
          "level=ERROR msg=\"panic recovered\" panic=\"no such table\" "
          "operation=/demo.Greeter/Hello request=google.protobuf.StringValue\n");
    REQUIRE(ctx.Get<RecoveryLatency>() != nullptr);
  }
  Context ctx;
  CHECK(Run(recovery, ctx, [](Context&) -> Status { throw 42; }).code() == 500);
  CHECK(log.Take().find("no std::exception") != std::string::npos);
}

TEST_CASE("recovery: a call that does not throw is left alone") {
  log::CaptureLogger log;
  const Middleware recovery = Recovery({.logger = *log});
  Context ctx;
  CHECK(Run(recovery, ctx, [](Context&) { return Status(); }).ok());
  CHECK(Run(recovery, ctx, [](Context&) -> Status { return NotFound("A", "b"); }).reason() == "A");
  CHECK(log.Take().empty());
  CHECK(ctx.Get<RecoveryLatency>() == nullptr);
}

TEST_CASE("recovery: a handler of one's own sees the exception and how long it took") {
  log::CaptureLogger log;
  FakeClock clock;
  RecoveryOptions options;
  options.logger = *log;
  options.clock = clock.function();
  options.handler = [](Context& ctx, const Message&, std::exception_ptr exception) -> Status {
    CHECK(ctx.Get<RecoveryLatency>()->seconds == 1.5);
    return Conflict("THROWN", WhatWasThrown(exception));
  };
  Context ctx;
  const Status status = Run(Recovery(options), ctx, [&clock](Context&) -> Status {
    clock.Advance(std::chrono::milliseconds(1500));
    throw std::logic_error("twice");
  });
  CHECK(status.code() == 409);
  CHECK(status.message() == "twice");
}

TEST_CASE("recovery: a handler that throws is recovered from as well") {
  log::CaptureLogger log;
  RecoveryOptions options;
  options.logger = *log;
  options.handler = [](Context&, const Message&, std::exception_ptr) -> Status { throw 1; };
  Context ctx;
  const auto thrower = [](Context&) -> Status { throw 2; };
  CHECK(Run(Recovery(options), ctx, thrower).code() == 500);
  CHECK(log.Take().find("a recovery handler threw") != std::string::npos);
}

// As a transport does around the service method.
Status Guarded(Context& ctx) {
  auto* slot = ctx.Get<ExceptionSlot>();
  if (slot != nullptr && slot->watchers > 0)
    slot->exception = std::make_exception_ptr(std::runtime_error("from the method"));
  return InternalServer("UNKNOWN", "internal error");
}

TEST_CASE("recovery: what the method threw is handed over by the transport") {
  log::CaptureLogger log;
  RecoveryOptions options;
  options.logger = *log;
  options.handler = [](Context&, const Message&, std::exception_ptr exception) -> Status {
    return Conflict("THROWN", WhatWasThrown(exception));
  };
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK(Run(Recovery(options), ctx, Guarded).message() == "from the method");
  // Once it is over, nobody watches the slot any more.
  CHECK(ctx.Get<ExceptionSlot>()->watchers == 0);
  CHECK(ctx.Get<ExceptionSlot>()->exception == nullptr);
  // Also with one inside the other: the inner one answers.
  RecoveryOptions outer;
  outer.logger = *log;
  outer.handler = [](Context&, const Message&, std::exception_ptr) -> Status {
    return NotFound("OUTER", "not reached");
  };
  const Middleware both = [&](Handler next) {
    return Chain({Recovery(outer), Recovery(options)}, std::move(next));
  };
  CHECK(Run(both, ctx, Guarded).reason() == "THROWN");
}

TEST_CASE("recovery: a client's does not take what belongs to the served call") {
  Context served;
  served.mutable_transport() = CallOf(kServer);
  served.Set(ExceptionSlot{1, std::make_exception_ptr(1)});
  Context call(&served);
  call.mutable_transport() = CallOf(kClient);
  CHECK(Run(Recovery(), call, [](Context&) { return Status(); }).ok());
  CHECK(served.Get<ExceptionSlot>()->exception != nullptr);
}

}  // namespace
}  // namespace kratos::middleware
