// The formats of streamed replies, split at every byte.
#include <functional>

#include "http/message_splitter.h"
#include "http/websocket_text_filter.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"
#include "support/raw_peer.h"

namespace kratos::http {
namespace {

struct Outcome {
  std::vector<std::string> items{};  ///< "!" before errors.
  std::string reason{};              ///< Of the failure.
  std::string id{};
  long retry = -1;
  bool operator==(const Outcome&) const = default;
};

using Make = std::function<std::unique_ptr<MessageSplitter>()>;

// True while more can follow.
bool Drain(const Result<bool>& more, const StreamItem& item, Outcome* outcome) {
  if (!more.ok()) {
    outcome->reason = more.status().reason();
    return false;
  }
  if (*more) {
    outcome->items.push_back((item.kind == StreamItem::Kind::kError ? "!" : "") + item.payload);
  }
  return *more;
}

Outcome Split(const Make& make, const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  const auto splitter = make();
  StreamItem item;
  for (const auto piece : pieces) {
    splitter->Feed(piece);
    while (Drain(splitter->Next(&item), item, &outcome)) {
    }
    if (!outcome.reason.empty()) break;
  }
  if (outcome.reason.empty()) {
    const auto last = splitter->Last(&item);
    Drain(last, item, &outcome);
  }
  outcome.id = splitter->last_event_id();
  if (const auto retry = splitter->retry()) outcome.retry = static_cast<long>(retry->count());
  return outcome;
}

// Whole, in two pieces cut anywhere, and byte by byte.
void CheckSplit(const Make& make, std::string_view text, const Outcome& expected) {
  INFO(text);
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
  CHECK(Split(make, bytes) == expected);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    INFO(cut);
    CHECK(Split(make, {text.substr(0, cut), text.substr(cut)}) == expected);
  }
}

TEST_CASE("K21: server-sent events in every spelling", "[client]") {
  struct Row {
    const char* name;
    std::string text;
    Outcome expected{};
  };
  const Row rows[] = {
      {"nothing", "", {}},
      {"one", "event: message\ndata: {}\n\n", {{"{}"}}},
      {"no name", "data: {}\n\n", {{"{}"}}},
      {"CR", "event: message\rdata: a\r\rdata: b\r\r", {{"a", "b"}}},
      {"CRLF", "event: message\r\ndata: a\r\n\r\ndata: b\r\n\r\n", {{"a", "b"}}},
      {"mixed ends", "data: a\r\ndata: b\rdata: c\n\r\n", {{"a\nb\nc"}}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "data: a\n\n",
       {{"a"}}},
      {"a mark is one at the start only",
       "data: a\n\n\xEF\xBB\xBF"
       "data: b\n\n",
       {{"a"}}},
      {"less than a mark", "\xEF\xBB", {}},
      {"comments", ":\n\n: hi\ndata: a\n:data: b\n\n:\n\n", {{"a"}}},
      {"several lines", "data: {\"a\":\ndata: 1}\n\n", {{"{\"a\":\n1}"}}},
      {"empty lines of data", "data:\ndata\ndata: \n\n", {{"\n\n"}}},
      {"one space is dropped", "data:  a \n\n", {{" a "}}},
      {"no space", "data:a\nevent:error\n\n", {{"!a"}}},
      {"name with blanks", "event:  error \ndata: a\n\n", {{"!a"}}},
      {"unknown names", "event: ping\ndata: a\n\nevent: Message\ndata: b\n\ndata: c\n\n", {{"c"}}},
      {"the last name counts", "event: ping\nevent: message\ndata: a\n\n", {{"a"}}},
      {"a name does not outlive its event", "event: error\ndata: a\n\ndata: b\n\n", {{"!a", "b"}}},
      {"a name without data", "event: message\n\n", {{""}}},
      {"blank lines", "\n\n\ndata: a\n\n\n\n", {{"a"}}},
      {"unknown fields", "data: a\nfoo: b\nDATA: c\n\n", {{"a"}}},
      {"id", "id: 7\ndata: a\n\ndata: b\n\n", {{"a", "b"}, "", "7"}},
      {"an id without data", "id: 8\n\n", {{}, "", "8"}},
      {"an id is known with its event", "id: 7\ndata: a\n\nid: 8\ndata: b\n", {{"a"}, "", "7"}},
      {"an id is taken back", "id: 7\ndata: a\n\nid\ndata: b\n\n", {{"a", "b"}, "", ""}},
      {"an id with NUL", std::string("id: 7\0\ndata: a\n\n", 16), {{"a"}, "", ""}},
      {"retry", "retry: 1500\ndata: a\n\n", {{"a"}, "", "", 1500}},
      {"no number", "retry: 1s\nretry: -3\nretry:\ndata: a\n\n", {{"a"}}},
      {"cut short", "data: a\n\nevent: message\ndata: b\n", {{"a"}}},
      {"cut inside a line", "data: a\n\ndata: b", {{"a"}}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CheckSplit([] { return SplitEvents(1000); }, row.text, row.expected);
  }
}

TEST_CASE("events go on where an earlier stream ended", "[client]") {
  CheckSplit([] { return SplitEvents(0, "7"); }, "data: a\n\n", {{"a"}, "", "7"});
}

TEST_CASE("events have a limit, and so has each line, whole or not", "[client]") {
  const auto make = [] { return SplitEvents(300); };
  const std::string half(150, 'x');
  CHECK(Split(make, {"data: " + half + half + "\n\n"}).items.size() == 1);
  for (const std::string& text :
       {"data: " + half + half + "y\n\n", "data: " + half + "\ndata: " + half + "\n\n",
        "data: " + std::string(1000, 'x'), ":" + std::string(1000, 'x'),
        "foo: " + std::string(1000, 'x'), "foo: " + std::string(1000, 'x') + "\n\n"}) {
    INFO(text);
    CheckSplit(make, text, {{}, kReasonTooLarge});
  }
}

TEST_CASE("K20: lines of JSON", "[client]") {
  struct Row {
    const char* name;
    const char* text;
    Outcome expected{};
  };
  const Row rows[] = {
      {"nothing", "", {}},
      {"two", "{\"a\":1}\n{}\n", {{"{\"a\":1}", "{}"}}},
      {"the last needs no end", "1\n2", {{"1", "2"}}},
      {"blank lines", "\n \r\n1\n\t\n", {{"1"}}},
      {"CRLF", "1\r\n2\r\n", {{"1\r", "2\r"}}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CheckSplit([] { return SplitLines(100); }, row.text, row.expected);
  }
  CheckSplit([] { return SplitLines(3); }, "123\n1234\n1\n", {{"123"}, kReasonTooLarge});
}

TEST_CASE("K20: a JSON array", "[client]") {
  struct Row {
    const char* name;
    const char* text;
    Outcome expected{};
  };
  const Row rows[] = {
      {"empty", "[]", {}},
      {"blanks", " [ \n ] \r\n", {}},
      {"one", "[{\"a\":[1,2]}]", {{"{\"a\":[1,2]}"}}},
      {"our own servers'", "[{},\n{}\n,\n{}]", {{"{}", "{}", "{}"}}},
      {"strings",
       "[{\"a\":\"]},\\\"{[\"}, \"x\\\\\", \",\"]",
       {{"{\"a\":\"]},\\\"{[\"}", "\"x\\\\\"", "\",\""}}},
      {"scalars", "[1, null ,true,-2e3]", {{"1", "null", "true", "-2e3"}}},
      {"nested", "[[[]],[1]]", {{"[[]]", "[1]"}}},
      {"a single object", " {\"a\":{}} \n", {{"{\"a\":{}}"}}},
      {"a single string", "\"a\"", {{"\"a\""}}},
      {"a single number", "12", {{"12"}}},
      {"a single number and a blank", "12\n", {{"12"}}},
      {"cut behind an element", "[{},", {{"{}"}, kReasonUnavailable}},
      {"cut inside an element", "[{},{\"a", {{"{}"}, kReasonUnavailable}},
      {"cut before the end", "[{}", {{"{}"}, kReasonUnavailable}},
      {"cut inside an object", "{\"a\":", {{}, kReasonUnavailable}},
      {"nothing", "", {{}, kReasonUnavailable}},
      {"no comma", "[{}{}]", {{"{}"}, kReasonCodec}},
      {"two commas", "[1,,2]", {{"1"}, kReasonCodec}},
      {"a comma at the end", "[1,]", {{"1"}, kReasonCodec}},
      {"a comma first", "[,1]", {{}, kReasonCodec}},
      {"more behind it", "[1] 2", {{"1"}, kReasonCodec}},
      {"more behind an object", "{}{}", {{"{}"}, kReasonCodec}},
      {"a bracket too many", "]", {{}, kReasonCodec}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CheckSplit([] { return SplitArray(100); }, row.text, row.expected);
  }
  CheckSplit([] { return SplitArray(4); }, "[1234,\"123\",0]", {{"1234"}, kReasonTooLarge});
}

TEST_CASE("an element is told as soon as it is whole", "[client]") {
  StreamItem item;
  const auto array = SplitArray(0);
  array->Feed("[{\"a\":1}");
  CHECK(*array->Next(&item));
  CHECK(item.payload == "{\"a\":1}");
  const auto events = SplitEvents(0);
  events->Feed("data: a\r\r");
  CHECK(*events->Next(&item));
  CHECK(item.payload == "a");
}

// What passes the filter, and which messages it says were text.
struct Passed {
  std::string bytes;
  std::string kinds;
  bool operator==(const Passed&) const = default;
};

Passed PassInPieces(WebSocketTextFilter::Start start, std::string bytes, std::size_t cut,
                    std::size_t messages) {
  WebSocketTextFilter filter(start);
  Passed passed;
  for (const auto& piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    std::string rest = piece;
    while (!rest.empty()) {
      const std::size_t count = filter.Pass(rest.data(), rest.size());
      passed.bytes += rest.substr(0, count);
      rest.erase(0, count);
    }
  }
  for (std::size_t i = 0; i < messages; ++i) passed.kinds += filter.TakeText() ? 't' : 'b';
  return passed;
}

TEST_CASE("K23: text frames pass as binary ones, and nothing else changes", "[client]") {
  using kratos::testing::FrameBytes;
  const auto frames = [](int text) {
    std::string bytes = FrameBytes(text, "\xff\x81\x01") + FrameBytes(2, "") + FrameBytes(9, "p") +
                        FrameBytes(text, "", false) + FrameBytes(10, "\x81") +
                        FrameBytes(0, "x", false) + FrameBytes(0, std::string(200, '\x81')) +
                        FrameBytes(text, std::string(70000, '\x81')) + FrameBytes(8, "\x03\xe8");
    // As clients send them.
    bytes += static_cast<char>(0x80 | text);
    bytes += "\x82\x01\x01\x01\x01\x80\x81";
    bytes += static_cast<char>(0xc0 | text);
    bytes.append("\x80\x01\x01\x01\x01", 5);
    return bytes + FrameBytes(text, "end");
  };
  const std::string sent = frames(1);
  const Passed expected{frames(2), "tbttttt"};
  for (std::size_t cut = 0; cut < sent.size();
       cut += cut < 600 || cut > sent.size() - 600 ? 1 : 997)
    REQUIRE(PassInPieces(WebSocketTextFilter::Start::kFrames, sent, cut, 7) == expected);

  const std::string head = "HTTP/1.1 101 Switching Protocols\r\nX: \r\r\n\x81\r\n\r\n";
  const std::string reply = "HTTP/1.1 403 Forbidden\r\n\r\n";
  for (std::size_t cut = 0; cut <= head.size() + 3; ++cut) {
    INFO(cut);
    CHECK(PassInPieces(WebSocketTextFilter::Start::kReply, head + FrameBytes(1, "a"), cut, 1) ==
          Passed{head + FrameBytes(2, "a"), "t"});
    CHECK(PassInPieces(WebSocketTextFilter::Start::kReply, reply + FrameBytes(1, "a"),
                       std::min(cut, reply.size()), 1) == Passed{reply + FrameBytes(1, "a"), "b"});
  }
  // Frames never come in one piece with the head.
  std::string whole = head + FrameBytes(1, "a");
  CHECK(WebSocketTextFilter(WebSocketTextFilter::Start::kReply).Pass(whole.data(), whole.size()) ==
        head.size());
}

}  // namespace
}  // namespace kratos::http
