#include "kratos/trace/tracer.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "../log/capture.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos::trace {
namespace {

using namespace std::chrono_literals;

struct Fixture {
  explicit Fixture(TracerOptions options = {}) : exporter(std::make_shared<InMemoryExporter>()) {
    options.exporter = exporter;
    if (!options.clock) options.clock = [this] { return now; };
    tracer = Tracer::Create(std::move(options));
  }
  std::vector<SpanData> Spans() {
    CHECK(tracer->Flush(1min).ok());
    return exporter->spans();
  }
  std::chrono::system_clock::time_point now{std::chrono::hours(1)};
  std::shared_ptr<InMemoryExporter> exporter;
  std::shared_ptr<Tracer> tracer;
};

// Keeps exports until they are let go.
class StuckExporter final : public SpanExporter {
 public:
  Status Export(Context& ctx, const std::vector<Attribute>&, std::vector<SpanData> spans) override {
    std::unique_lock lock(mutex_);
    ++exports;
    got += spans.size();
    changed_.notify_all();
    changed_.wait(lock, ctx.stop_token(), [this] { return open_; });
    return open_ ? outcome : ctx.Err();
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void WaitForExport() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return exports > 0; });
  }
  int exports = 0;
  std::size_t got = 0;
  Status outcome;

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ = false;
};

TEST_CASE("tracer: a trace is a tree of spans with what was said about them") {
  Fixture f;
  Context ctx;
  CHECK(SpanOf(ctx) == nullptr);
  auto root = f.tracer->Start(ctx, "root", {.kind = SpanKind::kServer, .attributes = {{"a", 1}}});
  CHECK(SpanOf(ctx) == root.get());
  f.now += 1s;
  {
    Context work(&ctx);
    auto child = f.tracer->Start(work, "child");
    CHECK(SpanOf(work) == child.get());
    child->SetName("renamed");
    child->SetOutcome(Outcome::kError, "broken");
    f.now += 1s;
    child->AddEvent("midway", {{"b", true}});
    f.now += 1s;
  }
  root->SetAttribute("a", 2);
  root->SetAttribute("c", "text");
  root->SetOutcome(Outcome::kOk, "not kept");
  root->End();
  root->SetAttribute("late", 1);
  root->End();
  const auto spans = f.Spans();
  REQUIRE(spans.size() == 2);
  const SpanData& child = spans[0];
  const SpanData& parent = spans[1];
  CHECK(child.name == "renamed");
  CHECK(child.kind == SpanKind::kInternal);
  CHECK(child.context.trace_id == parent.context.trace_id);
  CHECK(child.parent_id == parent.context.span_id);
  CHECK(child.end - child.start == 2s);
  CHECK(child.outcome == Outcome::kError);
  CHECK(child.message == "broken");
  REQUIRE(child.events.size() == 1);
  CHECK(child.events[0].name == "midway");
  CHECK(child.events[0].time - child.start == 1s);
  CHECK(parent.kind == SpanKind::kServer);
  CHECK_FALSE(parent.parent_id.valid());
  CHECK(parent.context.valid());
  CHECK(parent.end - parent.start == 3s);
  CHECK(parent.message.empty());
  REQUIRE(parent.attributes.size() == 2);
  CHECK(std::get<std::int64_t>(parent.attributes[0].value.variant()) == 2);
}

TEST_CASE("tracer: a parent can come from elsewhere") {
  Fixture f;
  Context ctx;
  SpanContext remote = *ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  remote.trace_state = "a=1";
  f.tracer->Start(ctx, "x", {.parent = remote})->End();
  const auto spans = f.Spans();
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].context.trace_id == remote.trace_id);
  CHECK(spans[0].context.span_id != remote.span_id);
  CHECK(spans[0].context.trace_state == "a=1");
  CHECK_FALSE(spans[0].context.remote);
  CHECK(spans[0].parent_id == remote.span_id);
}

TEST_CASE("tracer: what is not sampled has ids and is not exported") {
  Fixture f({.sampler = NeverSample()});
  Context ctx;
  const auto span = f.tracer->Start(ctx, "x");
  CHECK(span->context().valid());
  CHECK_FALSE(span->context().sampled);
  CHECK_FALSE(span->recording());
  span->End();
  CHECK(f.Spans().empty());

  Context other;
  const auto without = Tracer::Create({});
  const auto unkept = without->Start(other, "x");
  CHECK(unkept->context().sampled);
  CHECK_FALSE(unkept->recording());
  CHECK(without->Flush(1min).ok());
}

TEST_CASE("tracer: a span can be linked to others") {
  Fixture f;
  Context ctx;
  const SpanContext other =
      *ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  f.tracer->Start(ctx, "x", {.links = {{other, {{"a", 1}}}, {SpanContext(), {}}}})->End();
  const SpanData span = f.Spans().at(0);
  CHECK(span.context.trace_id != other.trace_id);
  REQUIRE(span.links.size() == 1);
  CHECK(span.links[0].context == other);
  CHECK(span.links[0].attributes.at(0).key == "a");
  CHECK(span.dropped_links == 0);
}

TEST_CASE("tracer: attributes, events and links are bounded and counted") {
  Fixture f;
  Context ctx;
  const SpanContext other =
      *ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  auto span =
      f.tracer->Start(ctx, "x", {.links = std::vector<Link>(Span::kMaxItems + 3, {other, {}})});
  for (std::size_t i = 0; i < Span::kMaxItems + 3; ++i) {
    span->SetAttribute("k" + std::to_string(i), i);
    span->AddEvent("e");
  }
  span->End();
  const SpanData data = f.Spans().at(0);
  CHECK(data.attributes.size() == Span::kMaxItems);
  CHECK(data.dropped_attributes == 3);
  CHECK(data.events.size() == Span::kMaxItems);
  CHECK(data.dropped_events == 3);
  CHECK(data.links.size() == Span::kMaxItems);
  CHECK(data.dropped_links == 3);
}

TEST_CASE("tracer: a full queue drops spans, counts them and makes nobody wait") {
  const auto exporter = std::make_shared<StuckExporter>();
  const auto tracer = Tracer::Create(
      {.exporter = exporter, .batch = {.max_queued_spans = 4, .max_spans = 2, .interval = 1h}});
  const auto add = [&](int count) {
    for (int i = 0; i < count; ++i) {
      Context ctx;
      tracer->Start(ctx, "x")->End();
    }
  };
  add(2);
  exporter->WaitForExport();  // Two are with the exporter, which does not come back.
  add(7);
  CHECK(tracer->stats().dropped == 3);
  CHECK(tracer->Flush(1ms).code() == 504);
  exporter->Open();
  CHECK(tracer->Flush(1min).ok());
  CHECK(tracer->stats().exported == 6);
  CHECK(exporter->exports == 3);
}

TEST_CASE("tracer: what the exporter cannot send is counted and logged, and not the end") {
  log::CaptureDefault log;
  class Failing final : public SpanExporter {
   public:
    Status Export(Context& ctx, const std::vector<Attribute>&, std::vector<SpanData>) override {
      bounded = ctx.TimeLeft().has_value();
      if (++calls == 1) throw std::runtime_error("thrown");
      return ServiceUnavailable("DOWN", "no collector");
    }
    int calls = 0;
    bool bounded = false;
  };
  const auto failing = std::make_shared<Failing>();
  const auto tracer = Tracer::Create({.exporter = failing});
  for (int i = 0; i < 2; ++i) {
    Context ctx;
    tracer->Start(ctx, "x")->End();
    CHECK(tracer->Flush(1min).ok());
  }
  CHECK(failing->bounded);
  CHECK(tracer->stats().failed == 2);
  CHECK(tracer->stats().exported == 0);
  const std::string lines = log.Take();
  CHECK(lines.find("thrown") != std::string::npos);
  CHECK(lines.find("no collector") != std::string::npos);
}

TEST_CASE("tracer: its end exports what waits, and does not wait for ever") {
  log::CaptureDefault log;
  Context ctx;
  auto memory = std::make_shared<InMemoryExporter>();
  auto tracer = Tracer::Create({.exporter = memory, .batch = {.interval = 1h}});
  auto late = tracer->Start(ctx, "late");
  tracer->Start(ctx, "x")->End();
  tracer.reset();
  CHECK(memory->spans().size() == 1);
  late->End();  // Into the void.
  CHECK(memory->spans().size() == 1);

  const auto stuck = std::make_shared<StuckExporter>();
  tracer = Tracer::Create(
      {.exporter = stuck, .batch = {.max_spans = 1, .interval = 1h}, .shutdown_timeout = 1ms});
  tracer->Start(ctx, "x")->End();
  tracer->Start(ctx, "y")->End();
  stuck->WaitForExport();
  tracer.reset();
  CHECK(stuck->got <= 2);
}

TEST_CASE("sampler: ratio, the same ones everywhere") {
  const auto sampled = [](const Sampler& sampler, const char* hex_tail) {
    const auto parent =
        ParseTraceParent(std::string("00-0000000000000001") + hex_tail + "-b7ad6b7169203331-01");
    const SpanContext none;
    return sampler({none, parent->trace_id, "x", SpanKind::kServer});
  };
  const Sampler half = SampleRatio(0.5);
  CHECK(sampled(half, "0000000000000000"));
  CHECK(sampled(half, "7fffffffffffffff"));
  CHECK_FALSE(sampled(half, "8000000000000000"));
  CHECK_FALSE(sampled(half, "ffffffffffffffff"));
  CHECK(sampled(SampleRatio(1), "ffffffffffffffff"));
  CHECK(sampled(SampleRatio(7), "ffffffffffffffff"));
  CHECK_FALSE(sampled(SampleRatio(0), "0000000000000000"));
  CHECK_FALSE(sampled(SampleRatio(-1), "0000000000000000"));
  CHECK_FALSE(sampled(SampleRatio(std::nan("")), "0000000000000000"));
}

TEST_CASE("sampler: as the parent") {
  const Sampler sampler = ParentBased(NeverSample());
  SpanContext parent = *ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  CHECK(sampler({parent, parent.trace_id, "x", SpanKind::kServer}));
  parent.sampled = false;
  CHECK_FALSE(ParentBased(AlwaysSample())({parent, parent.trace_id, "x", SpanKind::kServer}));
  CHECK_FALSE(sampler({SpanContext(), parent.trace_id, "x", SpanKind::kServer}));
}

TEST_CASE("resource: of an application") {
  const AppInfo app{"id", "shop", "v1", {{"zone", "b"}}, {"http://a:1"}};
  std::string text;
  for (const Attribute& attribute : ResourceOf(app))
    text += attribute.key + '=' + *attribute.value.text() + ' ';
  CHECK(text == "service.name=shop service.version=v1 service.instance.id=id zone=b ");
}

}  // namespace
}  // namespace kratos::trace
