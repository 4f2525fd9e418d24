#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "otlp/otlp_format.h"

namespace kratos::trace {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteText(std::string_view text, Writer* out) {
  const std::string clean = CleanText(text);
  out->String(clean.data(), static_cast<rapidjson::SizeType>(clean.size()));
}

void WriteTime(std::chrono::system_clock::time_point time, Writer* out) {
  WriteText(std::to_string(UnixNanos(time)), out);
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

void WriteContext(const SpanContext& context, Writer* out) {
  out->Key("traceId");
  WriteText(context.trace_id.ToHex(), out);
  out->Key("spanId");
  WriteText(context.span_id.ToHex(), out);
  if (!context.trace_state.empty()) {
    out->Key("traceState");
    WriteText(context.trace_state, out);
  }
}

void WriteLink(const Link& link, Writer* out) {
  out->StartObject();
  WriteContext(link.context, out);
  out->Key("flags");
  out->Uint(FlagsOf(link.context));
  WriteAttributes("attributes", link.attributes, out);
  out->EndObject();
}

void WriteSpan(const SpanData& span, Writer* out) {
  out->StartObject();
  WriteContext(span.context, out);
  if (span.parent_id.valid()) {
    out->Key("parentSpanId");
    WriteText(span.parent_id.ToHex(), out);
  }
  out->Key("flags");
  out->Uint(FlagsOf(span.context));
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
  if (!span.links.empty()) {
    out->Key("links");
    out->StartArray();
    for (const Link& link : span.links) WriteLink(link, out);
    out->EndArray();
  }
  WriteCount("droppedLinksCount", span.dropped_links, out);
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
  WriteText(kScopeName, &out);
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

std::optional<Rejection> RejectionOfJson(const std::string& reply) {
  rapidjson::Document response;
  response.Parse(reply.data(), reply.size());
  if (!response.IsObject()) return std::nullopt;
  const auto partial = response.FindMember("partialSuccess");
  if (partial == response.MemberEnd() || !partial->value.IsObject()) return std::nullopt;
  Rejection rejection;
  const auto spans = partial->value.FindMember("rejectedSpans");
  if (spans != partial->value.MemberEnd()) {
    if (spans->value.IsInt64()) rejection.spans = spans->value.GetInt64();
    if (spans->value.IsString()) {
      const std::string_view digits(spans->value.GetString(), spans->value.GetStringLength());
      std::from_chars(digits.data(), digits.data() + digits.size(), rejection.spans);
    }
  }
  const auto message = partial->value.FindMember("errorMessage");
  if (message != partial->value.MemberEnd() && message->value.IsString())
    rejection.message = message->value.GetString();
  if (rejection.spans == 0 && rejection.message.empty()) return std::nullopt;
  return rejection;
}

}  // namespace kratos::trace
