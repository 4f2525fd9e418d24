// One piece of work, with its beginning, its end and what is worth knowing about it.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/log/attribute.h"
#include "kratos/trace/span_context.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::trace {

using Attribute = log::Attribute;

enum class SpanKind { kInternal, kServer, kClient, kProducer, kConsumer };

/// How it went.
enum class Outcome { kUnset, kOk, kError };

/// Something that happened at one moment of a span.
struct Event {
  std::string name{};
  std::chrono::system_clock::time_point time{};
  std::vector<Attribute> attributes{};
};

/// Another span that this one has to do with, and is not below: one of the messages of a batch.
struct Link {
  SpanContext context{};
  std::vector<Attribute> attributes{};
};

/// A span that has ended.
struct SpanData {
  std::string name{};
  SpanKind kind = SpanKind::kInternal;
  SpanContext context{};
  /// Not valid() for the first span of a trace.
  SpanId parent_id{};
  std::chrono::system_clock::time_point start{};
  std::chrono::system_clock::time_point end{};
  std::vector<Attribute> attributes{};
  std::vector<Event> events{};
  std::vector<Link> links{};
  Outcome outcome = Outcome::kUnset;
  /// What the error was.
  std::string message{};
  /// Beyond the limits, and so left out.
  std::size_t dropped_attributes = 0;
  std::size_t dropped_events = 0;
  std::size_t dropped_links = 0;
};

/// A span while it lasts; made by Tracer::Start. Thread-safe. What happens to it after its end, and
/// to one that is not recorded, has no effect.
class Span {
 public:
  /// Most attributes, most events and most links of a span.
  static constexpr std::size_t kMaxItems = 128;

  virtual ~Span() = default;
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  const SpanContext& context() const { return context_; }
  /// False when nobody will see what is said about it: do not compute attributes then.
  bool recording() const { return recording_; }

  virtual void SetName(std::string name) = 0;
  /// Replaces an attribute of this key.
  virtual void SetAttribute(std::string_view key, log::Value value) = 0;
  virtual void AddEvent(std::string name, std::vector<Attribute> attributes = {}) = 0;
  /// `message` is for errors.
  virtual void SetOutcome(Outcome outcome, std::string message = "") = 0;
  /// Ends the span, which goes to the exporter. The last owner's letting go does so, too.
  virtual void End() = 0;

 protected:
  Span(SpanContext context, bool recording) : context_(std::move(context)), recording_(recording) {}

 private:
  const SpanContext context_;
  const bool recording_;
};

/// The span of the call, or of the work within it that `ctx` was made for; null when there is none.
/// Lives as long as the context it was set in.
Span* SpanOf(const Context& ctx);

}  // namespace kratos::trace
