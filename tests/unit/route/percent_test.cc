#include "kratos/route/percent.h"

#include <string>
#include <string_view>

#include "support/catch.h"

namespace kratos::route {
namespace {

using namespace std::string_literals;

std::string Encoded(std::string_view value, bool keep_slash) {
  std::string out;
  AppendEncoded(value, keep_slash, &out);
  return out;
}

TEST_CASE("AppendEncoded keeps unreserved characters only", "[percent]") {
  struct Row {
    const char* name;
    std::string value;
    std::string one_segment;
    std::string segments;
  };
  const Row rows[] = {
      {"empty", "", "", ""},
      {"unreserved", "-_.~09azAZ", "-_.~09azAZ", "-_.~09azAZ"},
      {"reserved", "!*'();:@&=+$,?#[]", "%21%2A%27%28%29%3B%3A%40%26%3D%2B%24%2C%3F%23%5B%5D",
       "%21%2A%27%28%29%3B%3A%40%26%3D%2B%24%2C%3F%23%5B%5D"},
      {"slash", "a/b", "a%2Fb", "a/b"},
      {"escaped slash stays in segments", "a%2Fb%2fc", "a%252Fb%252fc", "a%2Fb%2fc"},
      {"other escape text", "%2e%2", "%252e%252", "%252e%252"},
      {"percent before an escaped slash", "%%2F", "%25%252F", "%25%2F"},
      {"space and NUL", " \0"s, "%20%00", "%20%00"},
      {"UTF-8", "\xC3\xA9", "%C3%A9", "%C3%A9"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Encoded(row.value, false) == row.one_segment);
    CHECK(Encoded(row.value, true) == row.segments);
    std::string back;
    REQUIRE(DecodeSegment(row.one_segment, &back) == DecodeError::kNone);
    CHECK(back == row.value);
    REQUIRE(DecodeSegments(row.segments, &back) == DecodeError::kNone);
    CHECK(back == row.value);
  }
}

TEST_CASE("AppendEncoded appends", "[percent]") {
  std::string out = "x";
  AppendEncoded("/", false, &out);
  AppendQueryComponent(" ", &out);
  CHECK(out == "x%2F+");
}

TEST_CASE("the three decoders differ in '+' and the slash only", "[percent]") {
  struct Row {
    const char* name;
    std::string raw;
    DecodeError error;
    std::string segment;
    std::string segments;
    std::string query;
  };
  const DecodeError ok = DecodeError::kNone;
  const Row rows[] = {
      {"empty", "", ok, "", "", ""},
      {"plain", "abc", ok, "abc", "abc", "abc"},
      {"plus", "a+b", ok, "a+b", "a+b", "a b"},
      {"escaped plus", "a%2Bb", ok, "a+b", "a+b", "a+b"},
      {"slash upper", "a%2Fb", ok, "a/b", "a%2Fb", "a/b"},
      {"slash lower", "a%2fb", ok, "a/b", "a%2fb", "a/b"},
      {"lower hex", "%c3%a9", ok, "\xC3\xA9", "\xC3\xA9", "\xC3\xA9"},
      {"raw UTF-8", "\xC3\xA9", ok, "\xC3\xA9", "\xC3\xA9", "\xC3\xA9"},
      {"half raw, half escaped", "\xC3%A9", ok, "\xC3\xA9", "\xC3\xA9", "\xC3\xA9"},
      {"NUL", "a%00b", ok, "a\0b"s, "a\0b"s, "a\0b"s},
      {"decoded once", "%252F", ok, "%2F", "%2F", "%2F"},
      {"lone percent", "a%", DecodeError::kBadEscape, "", "", ""},
      {"one digit", "%4", DecodeError::kBadEscape, "", "", ""},
      {"no digit", "%zz", DecodeError::kBadEscape, "", "", ""},
      {"second is no digit", "%4g", DecodeError::kBadEscape, "", "", ""},
      {"sign is no digit", "%+1", DecodeError::kBadEscape, "", "", ""},
      {"invalid byte", "%FF", DecodeError::kInvalidUtf8, "", "", ""},
      {"overlong slash", "%C0%AF", DecodeError::kInvalidUtf8, "", "", ""},
      {"cut sequence", "%E2%82", DecodeError::kInvalidUtf8, "", "", ""},
      {"raw invalid byte", "\xFF", DecodeError::kInvalidUtf8, "", "", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::string segment = "old", segments = "old", query = "old";
    CHECK(DecodeSegment(row.raw, &segment) == row.error);
    CHECK(DecodeSegments(row.raw, &segments) == row.error);
    CHECK(DecodeQueryComponent(row.raw, &query) == row.error);
    if (row.error != ok) continue;
    CHECK(segment == row.segment);
    CHECK(segments == row.segments);
    CHECK(query == row.query);
  }
}

TEST_CASE("every byte survives a query", "[percent]") {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string value(1, static_cast<char>(byte));
    std::string out, back;
    AppendQueryComponent(value, &out);
    REQUIRE(DecodeQueryComponent(out, &back) == DecodeError::kNone);
    CHECK(back == value);
    CHECK(out.find_first_of("&;=#? /%") == (out[0] == '%' ? 0 : std::string::npos));
  }
}

TEST_CASE("IsValidUtf8 follows RFC 3629", "[percent]") {
  struct Row {
    const char* name;
    std::string text;
    bool valid;
  };
  const Row rows[] = {
      {"empty", "", true},
      {"ASCII longer than a word", "0123456789abcdefghij", true},
      {"NUL", "\0"s, true},
      {"two bytes, lowest", "\xC2\x80", true},
      {"two bytes, overlong", "\xC1\xBF", false},
      {"three bytes, lowest", "\xE0\xA0\x80", true},
      {"three bytes, overlong", "\xE0\x9F\xBF", false},
      {"before the surrogates", "\xED\x9F\xBF", true},
      {"first surrogate", "\xED\xA0\x80", false},
      {"last surrogate", "\xED\xBF\xBF", false},
      {"after the surrogates", "\xEE\x80\x80", true},
      {"U+FFFF", "\xEF\xBF\xBF", true},
      {"four bytes, lowest", "\xF0\x90\x80\x80", true},
      {"four bytes, overlong", "\xF0\x8F\xBF\xBF", false},
      {"U+10FFFF", "\xF4\x8F\xBF\xBF", true},
      {"above U+10FFFF", "\xF4\x90\x80\x80", false},
      {"lead byte F5", "\xF5\x80\x80\x80", false},
      {"lone continuation", "\x80", false},
      {"cut after one", "\xE2", false},
      {"cut after two", "\xE2\x82", false},
      {"ASCII in a sequence", "\xE2\x82z", false},
      {"limits of one sequence do not reach the next", "\xE0\xA0\x80\xE1\x80\x80", true},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    // At every distance from the start of a word.
    for (int shift = 0; shift < 9; ++shift) {
      CHECK(IsValidUtf8(std::string(shift, 'x') + row.text) == row.valid);
      CHECK(IsValidUtf8(std::string(shift, 'x') + row.text + std::string(17, 'y')) == row.valid);
    }
  }
}

}  // namespace
}  // namespace kratos::route
