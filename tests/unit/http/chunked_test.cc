#include "http/chunked.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace kratos::http {
namespace {

using State = ChunkedDecoder::State;

struct Outcome {
  State state = State::kMore;
  std::string body;
  std::string rest;
  bool operator==(const Outcome&) const = default;
};

// Feeds `pieces` one after the other.
Outcome Decode(std::initializer_list<std::string_view> pieces) {
  ChunkedDecoder decoder;
  Outcome outcome;
  for (std::string_view piece : pieces) {
    std::size_t used = 0;
    if (outcome.state == State::kMore) outcome.state = decoder.Feed(piece, &outcome.body, &used);
    if (outcome.state != State::kBad) outcome.rest.append(piece.substr(used));
  }
  return outcome;
}

std::string Chunk(std::string_view size, std::string_view rest) {
  return std::string(size).append(rest);
}

TEST_CASE("chunked: good bodies, whole and split at every byte") {
  const struct {
    const char* name;
    std::string text;
    const char* body;
    const char* rest;
  } rows[] = {
      {"empty", "0\r\n\r\n", "", ""},
      {"one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello", ""},
      {"two chunks", "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc", ""},
      {"hex in both cases", "A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n",
       "01234567890123456789a", ""},
      {"leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello", ""},
      {"line breaks as content", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", ""},
      {"extension", "5;name=\"value\";x\r\nhello\r\n0;last\r\n\r\n", "hello", ""},
      {"trailer", "5\r\nhello\r\n0\r\nX-Sum: 7\r\nX-More: 8\r\n\r\n", "hello", ""},
      {"what follows is left alone", "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "a",
       "GET / HTTP/1.1\r\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Outcome expected{State::kDone, row.body, row.rest};
    CHECK(Decode({row.text}) == expected);
    for (std::size_t split = 0; split <= row.text.size(); ++split) {
      CAPTURE(split);
      const std::string_view text = row.text;
      CHECK(Decode({text.substr(0, split), text.substr(split)}) == expected);
    }
  }
}

TEST_CASE("chunked: every proper prefix wants more") {
  const std::string text = "5;x=y\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    CAPTURE(size);
    CHECK(Decode({text.substr(0, size)}).state == State::kMore);
  }
}

TEST_CASE(
    "chunked: what another reader might understand differently is refused, wherever it is split") {
  const struct {
    const char* name;
    std::string text;
  } rows[] = {
      {"no size", "\r\nhello\r\n0\r\n\r\n"},
      {"size in prefix notation", "0x5\r\nhello\r\n0\r\n\r\n"},
      {"sign", "+5\r\nhello\r\n0\r\n\r\n"},
      {"negative", "-1\r\n"},
      {"blank before", " 5\r\nhello\r\n0\r\n\r\n"},
      {"blank after", "5 \r\nhello\r\n0\r\n\r\n"},
      {"no hex", "g\r\n"},
      {"bare LF after the size", "5\nhello\r\n0\r\n\r\n"},
      {"CR without LF after the size", "5\rhello"},
      {"bare LF after the content", "5\r\nhello\n0\r\n\r\n"},
      {"content longer than its size", "4\r\nhello\r\n0\r\n\r\n"},
      {"content shorter than its size", "6\r\nhello\r\n0\r\n\r\n"},
      {"size beyond any memory", "ffffffffffffffff\r\nx"},
      {"size that would wrap around", "10000000000000005\r\nhello"},
      {"bare LF in an extension", "5;a\nb\r\nhello"},
      {"NUL in an extension", std::string("5;\0\r\n", 5)},
      {"bare LF after the last chunk", "0\n\n"},
      {"bare LF after the trailer", "0\r\n\n"},
      {"CR without LF at the end", "0\r\n\rX"},
      {"folded trailer", "0\r\n folded\r\n\r\n"},
      {"bare LF in a trailer", "0\r\nX: y\n\r\n"},
      {"endless extension", Chunk("5;", std::string(ChunkedDecoder::kMaxLine + 1, 'x'))},
      {"endless trailer line", Chunk("0\r\nX", std::string(ChunkedDecoder::kMaxLine + 1, 'x'))},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(Decode({row.text}).state == State::kBad);
    if (row.text.size() > 100) continue;
    for (std::size_t split = 0; split <= row.text.size(); ++split) {
      CAPTURE(split);
      const std::string_view text = row.text;
      CHECK(Decode({text.substr(0, split), text.substr(split)}).state == State::kBad);
    }
  }
}

TEST_CASE("chunked: many trailer lines are an end too") {
  std::string text = "0\r\n";
  while (text.size() < 2 * ChunkedDecoder::kMaxTrailer) text += "X-Line: 0123456789\r\n";
  CHECK(Decode({text}).state == State::kBad);
}

TEST_CASE("chunked: the longest extension that is taken") {
  const std::string text = "1;" + std::string(ChunkedDecoder::kMaxLine, 'x') + "\r\na\r\n0\r\n\r\n";
  CHECK(Decode({text}).body == "a");
}

}  // namespace
}  // namespace kratos::http
