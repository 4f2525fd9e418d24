#include "kratos/middleware/middleware.h"

#include <google/protobuf/wrappers.pb.h>

#include <string>
#include <vector>

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos {
namespace {

using google::protobuf::Int32Value;
using google::protobuf::Message;
using google::protobuf::StringValue;

// Writes its name on the way in, so that a run tells which middleware there is and in what order.
Middleware Named(std::string name) {
  return [name](Handler next) -> Handler {
    return [name, next](Context& ctx, const Message& request, Message* reply) {
      static_cast<StringValue*>(reply)->mutable_value()->append(name + " ");
      return next(ctx, request, reply);
    };
  };
}

std::string Trace(const std::vector<Middleware>& chain) {
  Context ctx;
  StringValue reply;
  const Handler handler = Chain(chain, [](Context&, const Message&, Message*) { return Status(); });
  REQUIRE(handler(ctx, StringValue(), &reply).ok());
  if (!reply.value().empty()) reply.mutable_value()->pop_back();
  return reply.value();
}

TEST_CASE("Chain: three adders around a core of ten make sixteen, each once") {
  const auto adder = [](int number) -> Middleware {
    return [number](Handler next) -> Handler {
      return [number, next](Context& ctx, const Message& request, Message* reply) {
        auto* sum = static_cast<Int32Value*>(reply);
        sum->set_value(sum->value() + number);
        return next(ctx, request, reply);
      };
    };
  };
  const Handler handler =
      Chain({adder(1), adder(2), adder(3)}, [](Context&, const Message&, Message* reply) {
        auto* sum = static_cast<Int32Value*>(reply);
        sum->set_value(sum->value() + 10);
        return Status();
      });
  Context ctx;
  Int32Value reply;
  REQUIRE(handler(ctx, Int32Value(), &reply).ok());
  CHECK(reply.value() == 16);
}

TEST_CASE("Chain: the first is outermost, and sees the answer last") {
  std::string trace;
  const auto wrap = [&trace](std::string name) -> Middleware {
    return [&trace, name](Handler next) -> Handler {
      return [&trace, name, next](Context& ctx, const Message& request, Message* reply) {
        trace += "<" + name;
        Status status = next(ctx, request, reply);
        trace += name + ">";
        return status;
      };
    };
  };
  const Handler handler =
      Chain({wrap("a"), wrap("b")}, [&trace](Context&, const Message&, Message*) {
        trace += "*";
        return Status();
      });
  Context ctx;
  StringValue reply;
  REQUIRE(handler(ctx, StringValue(), &reply).ok());
  CHECK(trace == "<a<b*b>a>");
}

TEST_CASE("Chain: a middleware that answers itself keeps the rest from running") {
  bool reached = false;
  const Middleware refuse = [](Handler) -> Handler {
    return [](Context&, const Message&, Message*) -> Status {
      return Unauthorized("NO", "who are you");
    };
  };
  const Handler handler =
      Chain({refuse, Named("never")}, [&reached](Context&, const Message&, Message*) {
        reached = true;
        return Status();
      });
  Context ctx;
  StringValue reply;
  CHECK(IsUnauthorized(handler(ctx, StringValue(), &reply)));
  CHECK_FALSE(reached);
  CHECK(reply.value().empty());
}

TEST_CASE("Chain: a middleware is applied once, however often the handler runs") {
  int applied = 0;
  const Middleware counting = [&applied](Handler next) {
    ++applied;
    return next;
  };
  const Handler handler =
      Chain({counting}, [](Context&, const Message&, Message*) { return Status(); });
  Context ctx;
  StringValue reply;
  for (int i = 0; i < 3; ++i) REQUIRE(handler(ctx, StringValue(), &reply).ok());
  CHECK(applied == 1);
}

MiddlewareTable Rules() {
  MiddlewareTable table;
  table.Use({Named("D")});
  table.Use("*", {Named("*")});
  // Out of order of length on purpose.
  table.Use("/foo/bar/*", {Named("/foo/bar/*")});
  table.Use("/foo/*", {Named("/foo/*")});
  table.Use("/foo/bar", {Named("/foo/bar")});
  return table;
}

TEST_CASE("MiddlewareTable: K36, the defaults and then exactly one rule") {
  const MiddlewareTable table = Rules();
  const struct {
    const char* operation;
    const char* trace;
  } rows[] = {
      {"/", "D *"},
      {"/foo/xxx", "D /foo/*"},
      {"/foo/bar", "D /foo/bar"},
      {"/foo/bar/x", "D /foo/bar/*"},
      {"/foo/barx", "D /foo/*"},
      {"/foo", "D *"},
      {"", "D *"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.operation);
    CHECK(Trace(table.Match(row.operation)) == row.trace);
  }
}

TEST_CASE("MiddlewareTable: K36, accumulating every rule that matches") {
  MiddlewareTable table = Rules();
  table.set_accumulate(true);
  const struct {
    const char* operation;
    const char* trace;
  } rows[] = {
      {"/", "D *"},
      {"/foo/xxx", "D * /foo/*"},
      {"/foo/bar", "D * /foo/* /foo/bar"},
      {"/foo/bar/x", "D * /foo/* /foo/bar/*"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.operation);
    CHECK(Trace(table.Match(row.operation)) == row.trace);
  }
}

TEST_CASE("MiddlewareTable: defaults add up, a selector given again replaces its rule") {
  MiddlewareTable table;
  CHECK(table.Match("/a").empty());
  table.Use({Named("1")});
  table.Use({Named("2"), Named("3")});
  table.Use("/a", {Named("old")});
  table.Use("/a", {Named("new")});
  table.Use("/b*", {Named("old")});
  table.Use("/b*", {});
  CHECK(Trace(table.Match("/a")) == "1 2 3 new");
  CHECK(Trace(table.Match("/b/c")) == "1 2 3");
}

}  // namespace
}  // namespace kratos
