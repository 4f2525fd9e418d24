#include "kratos/middleware/validate.h"

#include <google/protobuf/wrappers.pb.h>

#include <string>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

ValidatorSet Rules() {
  ValidatorSet rules;
  rules.Add<StringValue>([](const StringValue& request) -> Status {
    if (!request.value().empty()) return {};
    return Error(422, "EMPTY", "value must not be empty").WithMetadata("field", "value");
  });
  rules.Add<StringValue>([](const StringValue& request) -> Status {
    if (request.value().size() <= 5) return {};
    return BadRequest("LONG", "value is too long");
  });
  return rules;
}

struct Outcome {
  Status status;
  bool called = false;
};

Outcome Call(const Middleware& middleware, const Message& request, Status bound = {},
             bool request_stream = false) {
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_transport().request_stream = request_stream;
  ctx.set_bind_status(std::move(bound));
  Outcome outcome;
  outcome.status = Run(
      middleware, ctx,
      [&outcome](Context&) {
        outcome.called = true;
        return Status();
      },
      request);
  return outcome;
}

StringValue Text(const char* text) {
  StringValue value;
  value.set_value(text);
  return value;
}

TEST_CASE("validate: the first validator that says no answers, 400 VALIDATOR with its text") {
  const Middleware validate = Validate({Rules()});
  const Outcome empty = Call(validate, Text(""));
  CHECK(empty.status.code() == 400);
  CHECK(empty.status.reason() == "VALIDATOR");
  CHECK(empty.status.message() == "value must not be empty");
  CHECK(empty.status.error().metadata().at("field") == "value");
  CHECK(Is(empty.status, Error(422, "EMPTY", "")));
  CHECK_FALSE(empty.called);
  CHECK(Call(validate, Text("too long")).status.message() == "value is too long");
  CHECK(Call(validate, Text("fine")).called);
}

TEST_CASE("validate: types without rules pass, and validators see every request") {
  CHECK(Call(Validate({Rules()}), google::protobuf::Int32Value()).called);
  int seen = 0;
  const Validator counting = [&seen](const Context& ctx, const Message&) -> Status {
    CHECK(ctx.transport().operation == "/demo.Greeter/Hello");
    ++seen;
    return {};
  };
  CHECK(Call(Validate({counting, counting}), Text("")).called);
  CHECK(seen == 2);
}

TEST_CASE("validate: what could not be bound is not judged, nor a stream (fault 27)") {
  const Middleware validate = Validate({Rules()});
  CHECK(Call(validate, Text(""), BadRequest("CODEC", "broken")).called);
  CHECK(Call(validate, Text(""), {}, true).called);
}

}  // namespace
}  // namespace kratos::middleware
