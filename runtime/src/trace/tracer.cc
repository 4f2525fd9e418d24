#include "kratos/trace/tracer.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "kratos/errors/errors.h"
#include "trace/active_span.h"
#include "trace/span_queue.h"

namespace kratos::trace {

namespace {

using Clock = std::function<std::chrono::system_clock::time_point()>;

std::chrono::system_clock::time_point Now(const Clock& clock) {
  return clock ? clock() : std::chrono::system_clock::now();
}

std::mt19937_64 SeededGenerator() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

template <std::size_t kSize>
Id<kSize> NewId() {
  thread_local std::mt19937_64 generator = SeededGenerator();
  Id<kSize> id;
  while (!id.valid()) {
    for (std::size_t i = 0; i < kSize; i += 8) {
      const std::uint64_t bits = generator();
      for (std::size_t b = 0; b < 8; ++b)
        id.bytes[i + b] = static_cast<std::uint8_t>(bits >> (8 * b));
    }
  }
  return id;
}

// Sets the attribute in the list, within the limit.
void Put(std::string_view key, log::Value value, SpanData* data) {
  for (Attribute& attribute : data->attributes) {
    if (attribute.key != key) continue;
    attribute.value = std::move(value);
    return;
  }
  if (data->attributes.size() >= Span::kMaxItems) {
    ++data->dropped_attributes;
    return;
  }
  data->attributes.push_back({std::string(key), std::move(value)});
}

void Put(Link link, SpanData* data) {
  if (!link.context.valid()) return;
  if (data->links.size() >= Span::kMaxItems) {
    ++data->dropped_links;
  } else {
    data->links.push_back(std::move(link));
  }
}

class RecordedSpan final : public Span {
 public:
  /// `queue` is null for a span that is not recorded.
  RecordedSpan(SpanData data, std::shared_ptr<SpanQueue> queue, Clock clock)
      : Span(data.context, queue != nullptr),
        data_(std::move(data)),
        queue_(std::move(queue)),
        clock_(std::move(clock)) {}
  ~RecordedSpan() override { End(); }

  void SetName(std::string name) override {
    Change([&] { data_.name = std::move(name); });
  }
  void SetAttribute(std::string_view key, log::Value value) override {
    Change([&] { Put(key, std::move(value), &data_); });
  }
  void AddEvent(std::string name, std::vector<Attribute> attributes) override {
    Change([&] {
      if (data_.events.size() >= kMaxItems) {
        ++data_.dropped_events;
      } else {
        data_.events.push_back({std::move(name), Now(clock_), std::move(attributes)});
      }
    });
  }
  void SetOutcome(Outcome outcome, std::string message) override {
    Change([&] {
      data_.outcome = outcome;
      data_.message = outcome == Outcome::kError ? std::move(message) : "";
    });
  }
  void End() override {
    const std::lock_guard lock(mutex_);
    if (queue_ == nullptr) return;
    data_.end = Now(clock_);
    std::exchange(queue_, nullptr)->Add(std::move(data_));
  }

 private:
  template <class Function>
  void Change(Function function) {
    const std::lock_guard lock(mutex_);
    if (queue_ != nullptr) function();
  }

  std::mutex mutex_;
  SpanData data_;
  std::shared_ptr<SpanQueue> queue_;
  const Clock clock_;
};

class BatchTracer final : public Tracer {
 public:
  explicit BatchTracer(TracerOptions options) : options_(std::move(options)) {
    if (!options_.sampler) options_.sampler = ParentBased(AlwaysSample());
    if (options_.exporter != nullptr) {
      queue_ = std::make_shared<SpanQueue>(std::move(options_.resource), options_.exporter,
                                           options_.batch);
    }
  }
  ~BatchTracer() override {
    if (queue_ != nullptr) queue_->Close(options_.shutdown_timeout);
  }

  std::shared_ptr<Span> Start(Context& ctx, std::string name, SpanOptions options) override {
    SpanContext parent = std::move(options.parent);
    if (!parent.valid()) {
      if (const Span* span = SpanOf(ctx); span != nullptr) parent = span->context();
    }
    SpanData data;
    data.context.trace_id = parent.valid() ? parent.trace_id : NewId<16>();
    data.context.span_id = NewId<8>();
    data.context.trace_state = parent.trace_state;
    data.context.sampled = options_.sampler({parent, data.context.trace_id, name, options.kind});
    data.parent_id = parent.span_id;
    data.kind = options.kind;
    std::shared_ptr<SpanQueue> queue;
    if (data.context.sampled && queue_ != nullptr) {
      queue = queue_;
      data.name = std::move(name);
      for (Attribute& attribute : options.attributes)
        Put(attribute.key, std::move(attribute.value), &data);
      for (Link& link : options.links) Put(std::move(link), &data);
      data.start = Now(options_.clock);
    }
    auto span = std::make_shared<RecordedSpan>(std::move(data), std::move(queue), options_.clock);
    ctx.Set(ActiveSpan{span});
    return span;
  }

  Status Flush(std::chrono::milliseconds timeout) override {
    if (queue_ == nullptr || queue_->Flush(timeout)) return {};
    return GatewayTimeout(kReasonDeadlineExceeded, "spans are still being exported");
  }

  TracerStats stats() const override { return queue_ != nullptr ? queue_->stats() : TracerStats(); }

 private:
  TracerOptions options_;
  std::shared_ptr<SpanQueue> queue_;
};

}  // namespace

std::shared_ptr<Tracer> Tracer::Create(TracerOptions options) {
  return std::make_shared<BatchTracer>(std::move(options));
}

Span* SpanOf(const Context& ctx) {
  const auto* active = ctx.Get<ActiveSpan>();
  return active != nullptr ? active->span.get() : nullptr;
}

std::vector<Attribute> ResourceOf(const AppInfo& app) {
  std::vector<Attribute> resource;
  if (!app.name.empty()) resource.push_back({"service.name", app.name});
  if (!app.version.empty()) resource.push_back({"service.version", app.version});
  if (!app.id.empty()) resource.push_back({"service.instance.id", app.id});
  for (const auto& [key, value] : app.metadata) resource.push_back({key, value});
  return resource;
}

Status InMemoryExporter::Export(Context&, const std::vector<Attribute>&,
                                std::vector<SpanData> spans) {
  const std::lock_guard lock(mutex_);
  for (SpanData& span : spans) spans_.push_back(std::move(span));
  return {};
}

std::vector<SpanData> InMemoryExporter::spans() const {
  const std::lock_guard lock(mutex_);
  return spans_;
}

void InMemoryExporter::Clear() {
  const std::lock_guard lock(mutex_);
  spans_.clear();
}

}  // namespace kratos::trace
