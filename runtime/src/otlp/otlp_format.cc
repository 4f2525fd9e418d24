#include "otlp/otlp_format.h"

#include <chrono>

#include "kratos/route/percent.h"

namespace kratos::trace {

const OtlpFormat& FormatOf(OtlpEncoding encoding) {
  static constexpr OtlpFormat kProtobuf{"application/x-protobuf", ToOtlpProtobuf,
                                        RejectionOfProtobuf};
  static constexpr OtlpFormat kJson{"application/json", ToOtlpJson, RejectionOfJson};
  return encoding == OtlpEncoding::kJson ? kJson : kProtobuf;
}

std::string CleanText(std::string_view text) {
  std::string clean(text);
  if (route::IsValidUtf8(text)) return clean;
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return clean;
}

std::uint64_t UnixNanos(std::chrono::system_clock::time_point time) {
  const auto nanos =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return nanos < 0 ? 0 : static_cast<std::uint64_t>(nanos);
}

int KindNumber(SpanKind kind) {
  switch (kind) {
    case SpanKind::kInternal:
      return 1;
    case SpanKind::kServer:
      return 2;
    case SpanKind::kClient:
      return 3;
    case SpanKind::kProducer:
      return 4;
    case SpanKind::kConsumer:
      return 5;
  }
  return 0;
}

std::uint32_t FlagsOf(const SpanContext& context) { return context.sampled ? 1 : 0; }

}  // namespace kratos::trace
