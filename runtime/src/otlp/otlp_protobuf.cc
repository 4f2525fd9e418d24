#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "kratos/otlp/trace.pb.h"
#include "otlp/otlp_format.h"

namespace kratos::trace {

namespace {

using Attributes = google::protobuf::RepeatedPtrField<otlp::KeyValue>;

template <std::size_t kSize>
std::string Bytes(const Id<kSize>& id) {
  return {id.bytes.begin(), id.bytes.end()};
}

std::uint32_t Count(std::size_t count) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(count < kMost ? count : kMost);
}

void Fill(const std::vector<Attribute>& from, Attributes* to);

struct ValueFiller {
  otlp::AnyValue* out;

  void operator()(const std::string& text) const { out->set_string_value(CleanText(text)); }
  void operator()(std::int64_t number) const { out->set_int_value(number); }
  void operator()(std::uint64_t number) const {
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return out->set_int_value(static_cast<std::int64_t>(number));
    out->set_string_value(std::to_string(number));
  }
  void operator()(double number) const { out->set_double_value(number); }
  void operator()(bool value) const { out->set_bool_value(value); }
  void operator()(log::Value::Time time) const {
    out->set_int_value(static_cast<std::int64_t>(UnixNanos(time)));
  }
  void operator()(const log::Value::Group& group) const {
    Fill(group, out->mutable_kvlist_value()->mutable_values());
  }
};

void Fill(const std::vector<Attribute>& from, Attributes* to) {
  to->Reserve(static_cast<int>(from.size()));
  for (const Attribute& attribute : from) {
    otlp::KeyValue* pair = to->Add();
    pair->set_key(CleanText(attribute.key));
    std::visit(ValueFiller{pair->mutable_value()}, attribute.value.variant());
  }
}

void FillSpan(const SpanData& from, otlp::Span* to) {
  to->set_trace_id(Bytes(from.context.trace_id));
  to->set_span_id(Bytes(from.context.span_id));
  to->set_trace_state(CleanText(from.context.trace_state));
  if (from.parent_id.valid()) to->set_parent_span_id(Bytes(from.parent_id));
  to->set_flags(FlagsOf(from.context));
  to->set_name(CleanText(from.name));
  to->set_kind(static_cast<otlp::Span::SpanKind>(KindNumber(from.kind)));
  to->set_start_time_unix_nano(UnixNanos(from.start));
  to->set_end_time_unix_nano(UnixNanos(from.end));
  Fill(from.attributes, to->mutable_attributes());
  to->set_dropped_attributes_count(Count(from.dropped_attributes));
  for (const Event& event : from.events) {
    otlp::Span::Event* out = to->add_events();
    out->set_time_unix_nano(UnixNanos(event.time));
    out->set_name(CleanText(event.name));
    Fill(event.attributes, out->mutable_attributes());
  }
  to->set_dropped_events_count(Count(from.dropped_events));
  for (const Link& link : from.links) {
    otlp::Span::Link* out = to->add_links();
    out->set_trace_id(Bytes(link.context.trace_id));
    out->set_span_id(Bytes(link.context.span_id));
    out->set_trace_state(CleanText(link.context.trace_state));
    out->set_flags(FlagsOf(link.context));
    Fill(link.attributes, out->mutable_attributes());
  }
  to->set_dropped_links_count(Count(from.dropped_links));
  if (from.outcome == Outcome::kUnset) return;
  to->mutable_status()->set_code(from.outcome == Outcome::kOk ? otlp::Status::STATUS_CODE_OK
                                                              : otlp::Status::STATUS_CODE_ERROR);
  to->mutable_status()->set_message(CleanText(from.message));
}

}  // namespace

std::string ToOtlpProtobuf(const std::vector<Attribute>& resource,
                           const std::vector<SpanData>& spans) {
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans* program = request.add_resource_spans();
  Fill(resource, program->mutable_resource()->mutable_attributes());
  otlp::ScopeSpans* scope = program->add_scope_spans();
  scope->mutable_scope()->set_name(std::string(kScopeName));
  for (const SpanData& span : spans) FillSpan(span, scope->add_spans());
  return request.SerializeAsString();
}

std::optional<Rejection> RejectionOfProtobuf(const std::string& reply) {
  otlp::ExportTraceServiceResponse response;
  if (!response.ParseFromString(reply) || !response.has_partial_success()) return std::nullopt;
  const auto& partial = response.partial_success();
  if (partial.rejected_spans() == 0 && partial.error_message().empty()) return std::nullopt;
  return Rejection{partial.rejected_spans(), partial.error_message()};
}

}  // namespace kratos::trace
