#include "otlp/otlp_json.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "kratos/route/percent.h"

namespace kratos::trace {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// Attribute values can be any bytes; JSON is UTF-8.
void WriteText(std::string_view text, Writer* out) {
  if (route::IsValidUtf8(text)) {
    out->String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return;
  }
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  out->String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
}

void WriteTime(std::chrono::system_clock::time_point time, Writer* out) {
  const auto nanos =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  WriteText(std::to_string(nanos < 0 ? 0 : nanos), out);
}

void WriteAttributes(const char* key, const std::vector<Attribute>& attributes, Writer* out);

// AnyValue.
struct ValueWriter {
  Writer* out;

  void operator()(const std::string& text) const {
    out->Key("stringValue");
    WriteText(text, out);
  }
  void operator()(std::int64_t number) const {
    out->Key("intValue");
    WriteText(std::to_string(number), out);
  }
  void operator()(std::uint64_t number) const {
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return (*this)(static_cast<std::int64_t>(number));
    (*this)(std::to_string(number));
  }
  void operator()(double number) const {
    out->Key("doubleValue");
    if (std::isfinite(number)) {
      out->Double(number);
    } else {
      out->String(std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
    }
  }
  void operator()(bool value) const {
    out->Key("boolValue");
    out->Bool(value);
  }
  void operator()(log::Value::Time time) const {
    out->Key("intValue");
    WriteTime(time, out);
  }
  void operator()(const log::Value::Group& group) const {
    out->Key("kvlistValue");
    out->StartObject();
    WriteAttributes("values", group, out);
    out->EndObject();
  }
};

void WriteAttributes(const char* key, const std::vector<Attribute>& attributes, Writer* out) {
  if (attributes.empty()) return;
  out->Key(key);
  out->StartArray();
  for (const Attribute& attribute : attributes) {
    out->StartObject();
    out->Key("key");
    WriteText(attribute.key, out);
    out->Key("value");
    out->StartObject();
    std::visit(ValueWriter{out}, attribute.value.variant());
    out->EndObject();
    out->EndObject();
  }
  out->EndArray();
}

// The numbers of opentelemetry.proto.trace.v1.Span.SpanKind.
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

void WriteCount(const char* key, std::size_t count, Writer* out) {
  if (count == 0) return;
  out->Key(key);
  out->Uint64(count);
}

void WriteStatus(const SpanData& span, Writer* out) {
  if (span.outcome == Outcome::kUnset) return;
  out->Key("status");
  out->StartObject();
  out->Key("code");
  out->Int(span.outcome == Outcome::kOk ? 1 : 2);
  if (!span.message.empty()) {
    out->Key("message");
    WriteText(span.message, out);
  }
  out->EndObject();
}

void WriteSpan(const SpanData& span, Writer* out) {
  out->StartObject();
  out->Key("traceId");
  WriteText(span.context.trace_id.ToHex(), out);
  out->Key("spanId");
  WriteText(span.context.span_id.ToHex(), out);
  if (!span.context.trace_state.empty()) {
    out->Key("traceState");
    WriteText(span.context.trace_state, out);
  }
  if (span.parent_id.valid()) {
    out->Key("parentSpanId");
    WriteText(span.parent_id.ToHex(), out);
  }
  out->Key("flags");
  out->Uint(span.context.sampled ? 1 : 0);
  out->Key("name");
  WriteText(span.name, out);
  out->Key("kind");
  out->Int(KindNumber(span.kind));
  out->Key("startTimeUnixNano");
  WriteTime(span.start, out);
  out->Key("endTimeUnixNano");
  WriteTime(span.end, out);
  WriteAttributes("attributes", span.attributes, out);
  WriteCount("droppedAttributesCount", span.dropped_attributes, out);
  if (!span.events.empty()) {
    out->Key("events");
    out->StartArray();
    for (const Event& event : span.events) {
      out->StartObject();
      out->Key("timeUnixNano");
      WriteTime(event.time, out);
      out->Key("name");
      WriteText(event.name, out);
      WriteAttributes("attributes", event.attributes, out);
      out->EndObject();
    }
    out->EndArray();
  }
  WriteCount("droppedEventsCount", span.dropped_events, out);
  WriteStatus(span, out);
  out->EndObject();
}

}  // namespace

std::string ToOtlpJson(const std::vector<Attribute>& resource, const std::vector<SpanData>& spans) {
  rapidjson::StringBuffer text;
  Writer out(text);
  out.StartObject();
  out.Key("resourceSpans");
  out.StartArray();
  out.StartObject();
  out.Key("resource");
  out.StartObject();
  WriteAttributes("attributes", resource, &out);
  out.EndObject();
  out.Key("scopeSpans");
  out.StartArray();
  out.StartObject();
  out.Key("scope");
  out.StartObject();
  out.Key("name");
  out.String("kratos");  // As the tracer of Kratos for Go is called.
  out.EndObject();
  out.Key("spans");
  out.StartArray();
  for (const SpanData& span : spans) WriteSpan(span, &out);
  out.EndArray();
  out.EndObject();
  out.EndArray();
  out.EndObject();
  out.EndArray();
  out.EndObject();
  return {text.GetString(), text.GetSize()};
}

}  // namespace kratos::trace
