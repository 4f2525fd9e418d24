#include <string>

#include "capture.h"
#include "kratos/context/context.h"
#include "support/catch.h"

namespace kratos::log {
namespace {

constexpr char kTraceParent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST_CASE("log context: attributes in the order they were added, ancestors' first") {
  CaptureLogger log;
  Context root;
  AddAttributes(root, {{"a", 1}});
  Context middle(&root);
  Context leaf(&middle);
  AddAttributes(leaf, {{"d", 4}});
  AddAttributes(root, {{"b", 2}});  // After the child had its own.
  AddAttributes(leaf, {{"e", 5}});
  log->Info(leaf, "m", {{"f", 6}});
  CHECK(log.Take() == "level=INFO msg=m a=1 b=2 d=4 e=5 f=6\n");
  log->Info(middle, "m");
  CHECK(log.Take() == "level=INFO msg=m a=1 b=2\n");
  log->Info("m");
  CHECK(log.Take() == "level=INFO msg=m\n");
}

TEST_CASE("log context: attributes stand once, outside the logger's groups (fault 45)") {
  CaptureLogger log;
  Context ctx;
  AddAttributes(ctx, {{"user", "u"}});
  // A logger on top of another's handler adds them no second time.
  Logger(log->handler(), FixedTime)
      .With({{"l", 1}})
      .WithGroup("g")
      .With({{"w", 2}})
      .Info(ctx, "m", {{"x", 3}});
  CHECK(log.Take() == "level=INFO msg=m user=u l=1 g.w=2 g.x=3\n");
}

TEST_CASE("log context: operation and trace of the call are added by themselves") {
  CaptureLogger log;
  Context ctx;
  ctx.mutable_transport() = {.side = TransportInfo::Side::kServer, .operation = "/a.B/C"};
  ctx.mutable_request_header().Set("Traceparent", kTraceParent);
  const std::string all =
      "operation=/a.B/C trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7";
  log->Info(ctx, "m", {{"x", 1}});
  CHECK(log.Take() == "level=INFO msg=m " + all + " x=1\n");
  // Also in what a method starts from its context.
  const Context child(&ctx);
  log->Info(child, "m");
  CHECK(log.Take() == "level=INFO msg=m " + all + "\n");
  // Unless the record says otherwise.
  log->Info(ctx, "m", {{"operation", "mine"}, {"trace_id", "t"}, {"span_id", "s"}});
  CHECK(log.Take() == "level=INFO msg=m operation=mine trace_id=t span_id=s\n");
}

TEST_CASE("log context: a traceparent that is none adds nothing") {
  const std::string good = kTraceParent;
  std::string rows[] = {"",
                        "x",
                        good + "0",
                        good.substr(1),
                        "01" + good.substr(2),
                        "00-" + std::string(32, '0') + good.substr(35),
                        good.substr(0, 36) + std::string(16, '0') + "-01",
                        good.substr(0, 53) + "0x",
                        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                        "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01"};
  for (const std::string& row : rows) {
    CAPTURE(row);
    Context ctx;
    ctx.mutable_request_header().Set("traceparent", row);
    std::vector<Attribute> found;
    CallAttributes(ctx, &found);
    CHECK(found.empty());
  }
}

TEST_CASE("log context: extractors of one's own come first to last") {
  HandlerOptions options;
  const auto adds = [](const char* key) {
    return [key](const Context&, std::vector<Attribute>* out) { out->push_back({key, 1}); };
  };
  options.extractors = {adds("a"), adds("b")};
  CaptureLogger log(options);
  const Context ctx;
  log->Info(ctx, "m", {{"c", 1}});
  CHECK(log.Take() == "level=INFO msg=m a=1 b=1 c=1\n");
}

}  // namespace
}  // namespace kratos::log
