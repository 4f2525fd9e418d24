#include "http/stream_framing.h"

#include "support/catch.h"

namespace kratos::http {
namespace {

Metadata Accept(std::string_view value) {
  Metadata headers;
  if (!value.empty()) headers.Add("Accept", value);
  return headers;
}

TEST_CASE("stream framing: K20, chosen by q-value, then by our preference") {
  const struct {
    const char* accept;
    const char* type;
  } rows[] = {
      {"", "text/event-stream"},
      {"*/*", "text/event-stream"},
      {"image/png", "text/event-stream"},
      {"application/*", "application/x-ndjson"},
      {"application/*;q=0.5, application/json", "application/json"},
      {"application/json;q=0, */*;q=0.1", "text/event-stream"},
      {"TEXT/Event-Stream", "text/event-stream"},
      {"application/ndjson", "application/x-ndjson"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    CHECK(NegotiateFraming(Accept(row.accept))->content_type() == row.type);
  }
}

TEST_CASE("stream framing: events are asked for by name only") {
  CHECK(AsksForEvents(Accept("text/event-stream")));
  CHECK(AsksForEvents(Accept("application/json, text/event-stream;q=0.1")));
  CHECK_FALSE(AsksForEvents(Accept("text/event-stream;q=0")));
  CHECK_FALSE(AsksForEvents(Accept("text/*")));
  CHECK_FALSE(AsksForEvents(Accept("*/*")));
  CHECK_FALSE(AsksForEvents(Accept("")));
}

TEST_CASE("stream framing: every line of the payload is a line of data") {
  CHECK(FormatEvent("message", "a\nb\r\nc\rd", {}) ==
        "event: message\ndata: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(FormatEvent("message", "", {}) == "event: message\ndata: \n\n");
  CHECK(FormatEvent("x", "{}", {.id = "7", .retry = std::chrono::seconds(2)}) ==
        "id: 7\nretry: 2000\nevent: x\ndata: {}\n\n");
}

TEST_CASE("stream framing: long JSON is broken behind commas outside of strings") {
  std::string json = "[";
  for (int i = 0; i < 200'000; ++i) json += "\"a,\\\"b\",";
  json += "1]";
  const std::string event = FormatEvent("message", json, {});
  std::string joined;
  std::size_t start = event.find("data: ");
  std::size_t lines = 0;
  while (start != std::string::npos && event.compare(start, 6, "data: ") == 0) {
    const auto end = event.find('\n', start);
    CHECK(end - start < (1u << 20));
    const std::string line = event.substr(start + 6, end - start - 6);
    CHECK((line.ends_with(',') || line.ends_with(']')));
    joined += line;
    start = end + 1;
    ++lines;
  }
  CHECK(lines > 1);
  CHECK(joined == json);
}

TEST_CASE("stream framing: indented JSON stays one line of NDJSON") {
  const auto lines = NegotiateFraming(Accept("application/x-ndjson"));
  CHECK(lines->Frame("{\n  \"a\": 1\n}", {}) == "{   \"a\": 1 }\n");
}

}  // namespace
}  // namespace kratos::http
