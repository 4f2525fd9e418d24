// Which span of which trace: what travels between processes (W3C Trace Context).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/metadata/metadata.h"

namespace kratos::trace {

/// Some bytes with a hexadecimal text form; all zero means none.
template <std::size_t kSize>
struct Id {
  std::array<std::uint8_t, kSize> bytes{};

  bool valid() const { return bytes != std::array<std::uint8_t, kSize>{}; }
  /// Lower-case digits, two for each byte.
  std::string ToHex() const;

  bool operator==(const Id&) const = default;
};

using TraceId = Id<16>;
using SpanId = Id<8>;

/// The identity of a span. A value.
struct SpanContext {
  TraceId trace_id{};
  SpanId span_id{};
  /// The span is recorded.
  bool sampled = false;
  /// The members of tracestate, ready to be sent on; empty for none.
  std::string trace_state{};
  /// It came from another process.
  bool remote = false;

  bool valid() const { return trace_id.valid() && span_id.valid(); }
  bool operator==(const SpanContext&) const = default;
};

/// Reads a traceparent field (W3C Trace Context, 3.2): version 00 to the letter, later versions as
/// far as they are version 00. Nothing when it is malformed.
std::optional<SpanContext> ParseTraceParent(std::string_view text);

/// The field for `context`, which must be valid.
std::string FormatTraceParent(const SpanContext& context);

/// The members of all tracestate fields of a message (W3C Trace Context, 3.3), combined and cut to
/// 512 bytes as the recommendation says: members of more than 128 bytes go first, then the last
/// ones. Nothing when one of them is malformed, a key comes twice or there are more than 32.
std::optional<std::string> ParseTraceState(const std::vector<std::string_view>& fields);

/// Reads traceparent and tracestate out of header fields. Not valid() when traceparent is missing,
/// there twice, or malformed; a malformed tracestate is left out.
SpanContext Extract(const Metadata& header);

/// Writes both into header fields in place of what is there; removes them when `context` is not
/// valid.
void Inject(const SpanContext& context, Metadata* header);

extern template struct Id<16>;
extern template struct Id<8>;

}  // namespace kratos::trace
