#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "example_span.h"
#include "otlp/otlp_format.h"
#include "support/catch.h"

namespace kratos::trace {
namespace {

using std::chrono::nanoseconds;
using std::chrono::system_clock;

TEST_CASE("OTLP: a span in JSON") {
  SpanData span = ExampleSpan();
  span.attributes = {{"rpc.system", "http"}};
  span.events = {{"exception", span.end, {{"exception.type", "GONE"}}}};
  span.outcome = Outcome::kError;
  span.message = "no \"book\"";
  span.dropped_attributes = 2;
  span.links = {{ExampleContext(), {{"message", 7}}}};
  span.dropped_events = 3;
  span.dropped_links = 4;
  CHECK(
      ToOtlpJson({{"service.name", "shop"}}, {span}) ==
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},)"
      R"("scopeSpans":[{"scope":{"name":"kratos"},"spans":[{)"
      R"("traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","traceState":"a=1",)"
      R"("parentSpanId":"00f067aa0ba902b7","flags":1,"name":"shop.Books/Get","kind":2,)"
      R"("startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000001",)"
      R"("attributes":[{"key":"rpc.system","value":{"stringValue":"http"}}],"droppedAttributesCount":2,)"
      R"("events":[{"timeUnixNano":"1544712661000000001","name":"exception",)"
      R"("attributes":[{"key":"exception.type","value":{"stringValue":"GONE"}}]}],"droppedEventsCount":3,)"
      R"("links":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","traceState":"a=1",)"
      R"("flags":1,"attributes":[{"key":"message","value":{"intValue":"7"}}]}],"droppedLinksCount":4,)"
      R"("status":{"code":2,"message":"no \"book\""}}]}]}]})");
}

TEST_CASE("OTLP: what is not there is not written") {
  SpanData span = ExampleSpan();
  span.kind = SpanKind::kInternal;
  span.context.trace_state.clear();
  span.context.sampled = false;
  span.parent_id = {};
  const std::string text = ToOtlpJson({}, {span});
  CHECK(text.find(R"("resource":{},)") != std::string::npos);
  CHECK(text.find(R"("flags":0,"name":"shop.Books/Get","kind":1,)") != std::string::npos);
  for (const char* key :
       {"traceState", "parentSpanId", "attributes", "events", "links", "status", "dropped"}) {
    CAPTURE(key);
    CHECK(text.find(key) == std::string::npos);
  }
}

TEST_CASE("OTLP: every kind of value") {
  const auto written = [](log::Value value) {
    SpanData span = ExampleSpan();
    span.attributes = {{"k", std::move(value)}};
    const std::string text = ToOtlpJson({}, {span});
    const auto from = text.find("\"value\":{") + 9;
    return text.substr(from, text.rfind("}}]}]}]}]}") - from);
  };
  CHECK(written("x") == R"("stringValue":"x")");
  CHECK(written("\xC3\xA4") == "\"stringValue\":\"\xC3\xA4\"");
  CHECK(written("\xFFy") == R"("stringValue":"?y")");
  CHECK(written(std::string("\0\n", 2)) == R"("stringValue":"\u0000\n")");
  CHECK(written(-5) == R"("intValue":"-5")");
  CHECK(written(std::numeric_limits<std::uint64_t>::max()) ==
        R"("stringValue":"18446744073709551615")");
  CHECK(written(0.5) == R"("doubleValue":0.5)");
  CHECK(written(std::numeric_limits<double>::infinity()) == R"("doubleValue":"Infinity")");
  CHECK(written(std::nan("")) == R"("doubleValue":"NaN")");
  CHECK(written(true) == R"("boolValue":true)");
  CHECK(written(system_clock::time_point(nanoseconds(7))) == R"("intValue":"7")");
  CHECK(written(log::Value::Group{{"a", 1}}) ==
        R"("kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]})");
}

}  // namespace
}  // namespace kratos::trace
