// Where spans go.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/trace/span.h"

namespace kratos::trace {

/// Sends spans somewhere. Called by one thread at a time, never by a call's own.
class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  /// Sends all of `spans`, which `resource` describes the origin of. Must return by the context's
  /// deadline, and soon after its cancellation. What could not be sent is lost.
  virtual Status Export(Context& ctx, const std::vector<Attribute>& resource,
                        std::vector<SpanData> spans) = 0;
};

/// Keeps spans, for tests. Thread-safe.
class InMemoryExporter final : public SpanExporter {
 public:
  Status Export(Context& ctx, const std::vector<Attribute>& resource,
                std::vector<SpanData> spans) override;
  /// The spans so far, in order of their ends. Call Tracer::Flush first.
  std::vector<SpanData> spans() const;
  void Clear();

 private:
  mutable std::mutex mutex_;
  std::vector<SpanData> spans_;
};

}  // namespace kratos::trace
