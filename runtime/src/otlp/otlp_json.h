// Spans as an ExportTraceServiceRequest in JSON.
#pragma once

#include <string>
#include <vector>

#include "kratos/trace/span.h"

namespace kratos::trace {

/// As opentelemetry-proto's JSON mapping has it: ids in hexadecimal, 64-bit numbers as texts.
std::string ToOtlpJson(const std::vector<Attribute>& resource, const std::vector<SpanData>& spans);

}  // namespace kratos::trace
