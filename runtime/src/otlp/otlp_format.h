// The two body formats of OTLP over HTTP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/trace/otlp.h"
#include "kratos/trace/span.h"

namespace kratos::trace {

/// Spans that a collector did not take although it answered with success.
struct Rejection {
  std::int64_t spans = 0;
  std::string message{};
};

struct OtlpFormat {
  std::string_view content_type;
  /// An ExportTraceServiceRequest.
  std::string (*request)(const std::vector<Attribute>& resource,
                         const std::vector<SpanData>& spans);
  /// What an ExportTraceServiceResponse complains about; nothing for one that cannot be read.
  std::optional<Rejection> (*rejection)(const std::string& reply);
};

const OtlpFormat& FormatOf(OtlpEncoding encoding);

/// As opentelemetry-proto's JSON mapping has it: ids in hexadecimal, 64-bit numbers as texts.
std::string ToOtlpJson(const std::vector<Attribute>& resource, const std::vector<SpanData>& spans);
std::optional<Rejection> RejectionOfJson(const std::string& reply);

std::string ToOtlpProtobuf(const std::vector<Attribute>& resource,
                           const std::vector<SpanData>& spans);
std::optional<Rejection> RejectionOfProtobuf(const std::string& reply);

/// The tracer of the spans, under the name it has in Kratos for Go.
inline constexpr std::string_view kScopeName = "kratos";

/// Attribute values can be any bytes; both formats hold UTF-8. What is none loses its bytes beyond
/// ASCII: one such text would make a collector refuse the whole batch.
std::string CleanText(std::string_view text);

/// Nanoseconds since 1970; 0 for what was before.
std::uint64_t UnixNanos(std::chrono::system_clock::time_point time);

/// opentelemetry.proto.trace.v1.Span.SpanKind.
int KindNumber(SpanKind kind);

/// The flags of W3C Trace Context.
std::uint32_t FlagsOf(const SpanContext& context);

}  // namespace kratos::trace
