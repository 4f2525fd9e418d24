#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "example_span.h"
#include "kratos/otlp/trace.pb.h"
#include "otlp/otlp_format.h"
#include "support/catch.h"

namespace kratos::trace {
namespace {

otlp::ResourceSpans Sent(const SpanData& span, const std::vector<Attribute>& resource = {}) {
  otlp::ExportTraceServiceRequest request;
  REQUIRE(request.ParseFromString(ToOtlpProtobuf(resource, {span})));
  REQUIRE(request.resource_spans_size() == 1);
  return request.resource_spans(0);
}

otlp::Span SentSpan(const SpanData& span) {
  const otlp::ResourceSpans sent = Sent(span);
  REQUIRE(sent.scope_spans_size() == 1);
  REQUIRE(sent.scope_spans(0).spans_size() == 1);
  return sent.scope_spans(0).spans(0);
}

TEST_CASE("OTLP: a span in protobuf") {
  SpanData span = ExampleSpan();
  span.attributes = {{"rpc.system", "http"}};
  span.events = {{"exception", span.end, {{"exception.type", "GONE"}}}};
  span.links = {{ExampleContext(), {{"message", 7}}}};
  span.outcome = Outcome::kError;
  span.message = "no book";
  span.dropped_attributes = 2;
  span.dropped_events = 3;
  span.dropped_links = 4;
  const otlp::ResourceSpans sent = Sent(span, {{"service.name", "shop"}});
  REQUIRE(sent.resource().attributes_size() == 1);
  CHECK(sent.resource().attributes(0).key() == "service.name");
  CHECK(sent.resource().attributes(0).value().string_value() == "shop");
  CHECK(sent.scope_spans(0).scope().name() == "kratos");
  const otlp::Span& out = sent.scope_spans(0).spans(0);
  const std::string trace_id("\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c",
                             16);
  const std::string span_id("\xb7\xad\x6b\x71\x69\x20\x33\x31", 8);
  CHECK(out.trace_id() == trace_id);
  CHECK(out.span_id() == span_id);
  CHECK(out.trace_state() == "a=1");
  CHECK(out.parent_span_id() == std::string("\x00\xf0\x67\xaa\x0b\xa9\x02\xb7", 8));
  CHECK(out.flags() == 1);
  CHECK(out.name() == "shop.Books/Get");
  CHECK(out.kind() == otlp::Span::SPAN_KIND_SERVER);
  CHECK(out.start_time_unix_nano() == 1'544'712'660'000'000'000);
  CHECK(out.end_time_unix_nano() == 1'544'712'661'000'000'001);
  REQUIRE(out.attributes_size() == 1);
  CHECK(out.attributes(0).value().string_value() == "http");
  CHECK(out.dropped_attributes_count() == 2);
  REQUIRE(out.events_size() == 1);
  CHECK(out.events(0).name() == "exception");
  CHECK(out.events(0).time_unix_nano() == 1'544'712'661'000'000'001);
  CHECK(out.events(0).attributes(0).value().string_value() == "GONE");
  CHECK(out.dropped_events_count() == 3);
  REQUIRE(out.links_size() == 1);
  CHECK(out.links(0).trace_id() == trace_id);
  CHECK(out.links(0).span_id() == span_id);
  CHECK(out.links(0).trace_state() == "a=1");
  CHECK(out.links(0).flags() == 1);
  CHECK(out.links(0).attributes(0).value().int_value() == 7);
  CHECK(out.dropped_links_count() == 4);
  CHECK(out.status().code() == otlp::Status::STATUS_CODE_ERROR);
  CHECK(out.status().message() == "no book");
}

TEST_CASE("OTLP: what is not there is not in the protobuf either") {
  SpanData span = ExampleSpan();
  span.kind = SpanKind::kInternal;
  span.context.trace_state.clear();
  span.context.sampled = false;
  span.parent_id = {};
  const otlp::Span out = SentSpan(span);
  CHECK(out.kind() == otlp::Span::SPAN_KIND_INTERNAL);
  CHECK(out.flags() == 0);
  CHECK(out.trace_state().empty());
  CHECK(out.parent_span_id().empty());
  CHECK_FALSE(out.has_status());
  span.outcome = Outcome::kOk;
  CHECK(SentSpan(span).status().code() == otlp::Status::STATUS_CODE_OK);
}

TEST_CASE("OTLP: every kind of value in protobuf") {
  const auto sent = [](log::Value value) {
    SpanData span = ExampleSpan();
    span.attributes = {{"k", std::move(value)}};
    return SentSpan(span).attributes(0).value();
  };
  CHECK(sent("x").string_value() == "x");
  CHECK(sent("\xC3\xA4").string_value() == "\xC3\xA4");
  CHECK(sent("\xFFy").string_value() == "?y");
  CHECK(sent("").has_string_value());
  CHECK(sent(-5).int_value() == -5);
  CHECK(sent(std::uint64_t{5}).int_value() == 5);
  CHECK(sent(std::numeric_limits<std::uint64_t>::max()).string_value() == "18446744073709551615");
  CHECK(sent(0.5).double_value() == 0.5);
  CHECK(sent(std::numeric_limits<double>::infinity()).double_value() ==
        std::numeric_limits<double>::infinity());
  CHECK(std::isnan(sent(std::nan("")).double_value()));
  CHECK(sent(true).bool_value());
  CHECK(sent(false).has_bool_value());
  CHECK(sent(std::chrono::system_clock::time_point(std::chrono::nanoseconds(7))).int_value() == 7);
  const otlp::AnyValue group = sent(log::Value::Group{{"a", 1}});
  REQUIRE(group.kvlist_value().values_size() == 1);
  CHECK(group.kvlist_value().values(0).key() == "a");
  CHECK(group.kvlist_value().values(0).value().int_value() == 1);
}

TEST_CASE("OTLP: one text that is no UTF-8 does not spoil the batch") {
  SpanData span = ExampleSpan();
  span.name = span.message = span.context.trace_state = "\xFFn";
  span.outcome = Outcome::kError;
  span.attributes = {{"\xFFk", 1}};
  span.events = {{"\xFF!", span.end, {}}};
  const otlp::Span out = SentSpan(span);  // Which protobuf's parsers refuse otherwise.
  CHECK(out.name() == "?n");
  CHECK(out.trace_state() == "?n");
  CHECK(out.status().message() == "?n");
  CHECK(out.attributes(0).key() == "?k");
  CHECK(out.events(0).name() == "?!");
}

}  // namespace
}  // namespace kratos::trace
