// Makes spans and has them exported in the background.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/registry/service_instance.h"
#include "kratos/trace/exporter.h"
#include "kratos/trace/sampler.h"
#include "kratos/trace/span.h"

namespace kratos::trace {

/// How finished spans are collected.
struct BatchOptions {
  /// Spans that wait; one more is dropped and counted. Default 2048.
  std::size_t max_queued_spans = 2048;
  /// Spans of one export; so many waiting start one at once. Default 512.
  std::size_t max_spans = 512;
  /// Longest time a span waits. Default 5 s.
  std::chrono::milliseconds interval{5'000};
  /// For one export. Default 30 s.
  std::chrono::milliseconds export_timeout{30'000};
};

struct TracerOptions {
  /// Who makes the spans; see ResourceOf.
  std::vector<Attribute> resource{};
  /// Default: as the parent was, and all traces that begin here.
  Sampler sampler{};
  /// Null: spans are made, for their ids to travel, and not kept.
  std::shared_ptr<SpanExporter> exporter{};
  BatchOptions batch{};
  /// How long the end of the tracer waits for its last spans to be exported. Default 5 s.
  std::chrono::milliseconds shutdown_timeout{5'000};
  /// Default: system_clock::now.
  std::function<std::chrono::system_clock::time_point()> clock{};
};

struct SpanOptions {
  SpanKind kind = SpanKind::kInternal;
  std::vector<Attribute> attributes{};
  /// What is not valid() is left out.
  std::vector<Link> links{};
  /// Default: the span of the context.
  SpanContext parent{};
};

/// Counters since the beginning.
struct TracerStats {
  std::uint64_t exported = 0;
  /// There was no room to wait.
  std::uint64_t dropped = 0;
  /// The exporter could not send them.
  std::uint64_t failed = 0;
};

/// Thread-safe; a call never waits for an export. Spans that go out of existence after the tracer
/// are lost.
class Tracer {
 public:
  static std::shared_ptr<Tracer> Create(TracerOptions options);
  virtual ~Tracer() = default;
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  /// Begins a span below the one of `ctx`, or a trace, and makes it the span of `ctx`: what is made
  /// with `ctx` and its children is below it. Give the work a context of its own,
  /// `kratos::Context work(&ctx);`, where `ctx` goes on being used afterwards.
  virtual std::shared_ptr<Span> Start(Context& ctx, std::string name, SpanOptions options = {}) = 0;
  /// Waits until all spans that have ended are exported, or the time is over: then 504.
  virtual Status Flush(std::chrono::milliseconds timeout) = 0;
  virtual TracerStats stats() const = 0;

 protected:
  Tracer() = default;
};

/// service.name, service.version, service.instance.id, and the metadata under its own keys.
std::vector<Attribute> ResourceOf(const AppInfo& app);

}  // namespace kratos::trace
