// Which traces are recorded.
#pragma once

#include <functional>
#include <string_view>

#include "kratos/trace/span.h"
#include "kratos/trace/span_context.h"

namespace kratos::trace {

/// What a sampler may decide by.
struct SamplerInput {
  /// Not valid() for the first span of a trace.
  const SpanContext& parent;
  const TraceId& trace_id;
  std::string_view name;
  SpanKind kind;
};

/// True when the span is recorded. Called concurrently.
using Sampler = std::function<bool(const SamplerInput& input)>;

Sampler AlwaysSample();
Sampler NeverSample();
/// This part of all traces, from 0 to 1, chosen by trace id: every process that uses the same ratio
/// chooses the same ones, those of OpenTelemetry for Go included.
Sampler SampleRatio(double ratio);
/// As the parent was; `root` decides where there is none.
Sampler ParentBased(Sampler root);

}  // namespace kratos::trace
