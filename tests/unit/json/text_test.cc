#include "kratos/json/internal/text.h"

#include <cmath>
#include <limits>

#include "support/catch.h"

namespace kratos::json::internal {
namespace {

using S = NumberStatus;
constexpr auto kJson = NumberSyntax::kJson;
constexpr auto kText = NumberSyntax::kText;

TEST_CASE("64-bit integers are read exactly") {
  struct Row {
    const char* name;
    const char* text;
    NumberSyntax syntax;
    S status;
    std::int64_t value;
  };
  const Row rows[] = {
      {"zero", "0", kJson, S::kOk, 0},
      {"negative zero", "-0", kJson, S::kOk, 0},
      {"largest", "9223372036854775807", kJson, S::kOk, std::numeric_limits<std::int64_t>::max()},
      {"smallest", "-9223372036854775808", kJson, S::kOk, std::numeric_limits<std::int64_t>::min()},
      {"one past the largest", "9223372036854775808", kJson, S::kOutOfRange, 0},
      {"one below the smallest", "-9223372036854775809", kJson, S::kOutOfRange, 0},
      {"not a double", "9007199254740993", kJson, S::kOk, 9007199254740993},
      {"whole with point", "1.0", kJson, S::kOk, 1},
      {"exponent", "1e2", kJson, S::kOk, 100},
      {"fraction made whole", "1.25e2", kJson, S::kOk, 125},
      {"negative exponent", "100e-2", kJson, S::kOk, 1},
      {"exact with exponent", "922337203685477580.7e1", kJson, S::kOk,
       std::numeric_limits<std::int64_t>::max()},
      {"zero with a huge exponent", "0e99999999999999999999", kJson, S::kOk, 0},
      {"huge exponent", "1e99999999999999999999", kJson, S::kOutOfRange, 0},
      {"exponent past 64 bits", "1e9223372036854775808", kJson, S::kOutOfRange, 0},
      {"hugely negative exponent", "1e-99999999999999999999", kJson, S::kNotWhole, 0},
      {"fraction", "1.5", kJson, S::kNotWhole, 0},
      {"tiny fraction", "1.00000000000000000000000001", kJson, S::kNotWhole, 0},
      {"empty", "", kJson, S::kSyntax, 0},
      {"sign alone", "-", kJson, S::kSyntax, 0},
      {"plus", "+1", kJson, S::kSyntax, 0},
      {"plus in text", "+1", kText, S::kOk, 1},
      {"leading zero", "01", kJson, S::kSyntax, 0},
      {"leading zero in text", "007", kText, S::kOk, 7},
      {"space", " 1", kJson, S::kSyntax, 0},
      {"trailing space", "1 ", kText, S::kSyntax, 0},
      {"point without digits", "1.", kJson, S::kSyntax, 0},
      {"nothing before the point", ".5", kJson, S::kSyntax, 0},
      {"exponent without digits", "1e", kJson, S::kSyntax, 0},
      {"hexadecimal", "0x10", kText, S::kSyntax, 0},
      {"word", "NaN", kJson, S::kSyntax, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::int64_t value = 0;
    CHECK(ParseInt64(row.text, row.syntax, &value) == row.status);
    CHECK(value == row.value);
  }
}

TEST_CASE("each integer type has its range") {
  std::int32_t i32 = 5;
  CHECK(ParseInt32("2147483647", kJson, &i32) == S::kOk);
  CHECK(i32 == 2147483647);
  CHECK(ParseInt32("-2147483648", kJson, &i32) == S::kOk);
  CHECK(i32 == std::numeric_limits<std::int32_t>::min());
  CHECK(ParseInt32("2147483648", kJson, &i32) == S::kOutOfRange);
  CHECK(i32 == std::numeric_limits<std::int32_t>::min());
  std::uint32_t u32 = 5;
  CHECK(ParseUint32("4294967295", kJson, &u32) == S::kOk);
  CHECK(u32 == 4294967295);
  CHECK(ParseUint32("4294967296", kJson, &u32) == S::kOutOfRange);
  CHECK(ParseUint32("-1", kJson, &u32) == S::kOutOfRange);
  CHECK(ParseUint32("-0", kJson, &u32) == S::kOk);
  CHECK(u32 == 0);
  std::uint64_t u64 = 5;
  CHECK(ParseUint64("18446744073709551615", kJson, &u64) == S::kOk);
  CHECK(u64 == std::numeric_limits<std::uint64_t>::max());
  CHECK(ParseUint64("18446744073709551616", kJson, &u64) == S::kOutOfRange);
  CHECK(ParseUint64("99999999999999999999", kJson, &u64) == S::kOutOfRange);
}

TEST_CASE("floating point is correctly rounded and bounded") {
  struct Row {
    const char* text;
    NumberSyntax syntax;
    S status;
    double value;
  };
  const Row rows[] = {
      {"0.1", kJson, S::kOk, 0.1},
      {"-1.5e3", kJson, S::kOk, -1500},
      {"1.7976931348623157e308", kJson, S::kOk, std::numeric_limits<double>::max()},
      {"1.9e308", kJson, S::kOutOfRange, 0},
      {"-1e400", kJson, S::kOutOfRange, 0},
      {"1e-400", kJson, S::kOk, 0},
      {"0.000000001e-400", kJson, S::kOk, 0},
      {"5e-324", kJson, S::kOk, 5e-324},
      {"0e400", kJson, S::kOk, 0},
      {"Infinity", kJson, S::kOk, std::numeric_limits<double>::infinity()},
      {"-Infinity", kJson, S::kOk, -std::numeric_limits<double>::infinity()},
      {"infinity", kJson, S::kSyntax, 0},
      {"inf", kJson, S::kSyntax, 0},
      {"-INF", kText, S::kOk, -std::numeric_limits<double>::infinity()},
      {"+infinity", kText, S::kOk, std::numeric_limits<double>::infinity()},
      {"+2.5", kText, S::kOk, 2.5},
      {"1d", kJson, S::kSyntax, 0},
      {"0x1p3", kText, S::kSyntax, 0},
      {"", kText, S::kSyntax, 0},
      {"+", kText, S::kSyntax, 0},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    double value = 0;
    CHECK(ParseDouble(row.text, row.syntax, &value) == row.status);
    CHECK(value == row.value);
  }
  double value = 0;
  CHECK(ParseDouble("NaN", kJson, &value) == S::kOk);
  CHECK(std::isnan(value));
  CHECK(ParseDouble("-1e-400", kJson, &value) == S::kOk);
  CHECK(std::signbit(value));
  float small = 0;
  CHECK(ParseFloat("3.4028235e38", kJson, &small) == S::kOk);
  CHECK(small == std::numeric_limits<float>::max());
  CHECK(ParseFloat("3.5e38", kJson, &small) == S::kOutOfRange);
  CHECK(ParseFloat("1e-60", kJson, &small) == S::kOk);
  CHECK(small == 0);
}

TEST_CASE("floating point is written as short as it reads back") {
  struct Row {
    double value;
    const char* text;
  };
  const Row rows[] = {
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {0.1, "0.1"},
      {1.5, "1.5"},
      {100000, "100000"},
      {1e20, "100000000000000000000"},
      {1e21, "1e+21"},
      {1e-6, "0.000001"},
      {1e-7, "1e-07"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {std::numeric_limits<double>::infinity(), "Infinity"},
      {-std::numeric_limits<double>::infinity(), "-Infinity"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
  };
  for (const Row& row : rows) {
    std::string text;
    FormatDouble(row.value, &text);
    CHECK(text == row.text);
  }
  std::string text;
  FormatFloat(0.1F, &text);
  CHECK(text == "0.1");
}

TEST_CASE("the length of a number within a text") {
  CHECK(JsonNumberLength("12,") == 2);
  CHECK(JsonNumberLength("-1.5e+3]") == 7);
  CHECK(JsonNumberLength("01") == 0);
  CHECK(JsonNumberLength("1.x") == 0);
  CHECK(JsonNumberLength("x") == 0);
}

TEST_CASE("base64 in both alphabets") {
  struct Row {
    const char* name;
    std::string_view text;
    bool good;
    std::string_view bytes;
  };
  const Row rows[] = {
      {"empty", "", true, ""},
      {"padded", "TQ==", true, "M"},
      {"unpadded", "TQ", true, "M"},
      {"two bytes", "TWE=", true, "Ma"},
      {"three bytes", "TWFu", true, "Man"},
      {"standard", "+/8=", true, "\xFB\xFF"},
      {"url-safe", "-_8", true, "\xFB\xFF"},
      {"bits left over", "-_", true, "\xFB"},
      {"mixed alphabets", "+_8=", false, ""},
      {"wrong padding", "TQ=", false, ""},
      {"too much padding", "TQ===", false, ""},
      {"padding inside", "TQ==TQ==", false, ""},
      {"padding alone", "====", false, ""},
      {"one character", "T", false, ""},
      {"space", "T Q=", false, ""},
      {"newline", "TWFu\n", false, ""},
      {"not ASCII", "T\xC3\xA9=", false, ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::string bytes = "x";
    CHECK(Base64Decode(row.text, &bytes) == row.good);
    CHECK(bytes == "x" + std::string(row.bytes));
  }
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all.push_back(static_cast<char>(i));
    std::string text;
    Base64Encode(all, &text);
    std::string again;
    REQUIRE(Base64Decode(text, &again));
    REQUIRE(again == all);
    REQUIRE(text.size() % 4 == 0);
  }
}

TEST_CASE("timestamps") {
  struct Row {
    const char* text;
    bool good;
    std::int64_t seconds;
    std::int32_t nanos;
    const char* printed;
  };
  const Row rows[] = {
      {"1970-01-01T00:00:00Z", true, 0, 0, "1970-01-01T00:00:00Z"},
      {"0001-01-01T00:00:00Z", true, -62135596800, 0, "0001-01-01T00:00:00Z"},
      {"9999-12-31T23:59:59.999999999Z", true, 253402300799, 999999999,
       "9999-12-31T23:59:59.999999999Z"},
      {"2000-02-29T12:00:00.5Z", true, 951825600, 500000000, "2000-02-29T12:00:00.500Z"},
      {"1969-12-31T23:59:59.000001Z", true, -1, 1000, "1969-12-31T23:59:59.000001Z"},
      {"1900-03-01T00:00:00Z", true, -2203891200, 0, "1900-03-01T00:00:00Z"},
      {"2024-01-01T01:00:00+01:00", true, 1704067200, 0, "2024-01-01T00:00:00Z"},
      {"2023-12-31T15:30:00-08:30", true, 1704067200, 0, "2024-01-01T00:00:00Z"},
      {"1900-02-29T00:00:00Z", false, 0, 0, ""},
      {"2024-13-01T00:00:00Z", false, 0, 0, ""},
      {"2024-00-01T00:00:00Z", false, 0, 0, ""},
      {"2024-04-31T00:00:00Z", false, 0, 0, ""},
      {"2024-01-01T24:00:00Z", false, 0, 0, ""},
      {"2024-01-01T00:60:00Z", false, 0, 0, ""},
      {"2024-01-01T00:00:60Z", false, 0, 0, ""},
      {"0000-01-01T00:00:00Z", false, 0, 0, ""},
      {"0001-01-01T00:00:00+00:01", false, 0, 0, ""},
      {"9999-12-31T23:59:59-00:01", false, 0, 0, ""},
      {"10000-01-01T00:00:00Z", false, 0, 0, ""},
      {"2024-01-01T00:00:00.Z", false, 0, 0, ""},
      {"2024-01-01T00:00:00.1234567890Z", false, 0, 0, ""},
      {"2024-01-01T00:00:00", false, 0, 0, ""},
      {"2024-01-01t00:00:00Z", false, 0, 0, ""},
      {"2024-01-01T00:00:00z", false, 0, 0, ""},
      {"2024-01-01 00:00:00Z", false, 0, 0, ""},
      {"2024-01-01T00:00:00+24:00", false, 0, 0, ""},
      {"2024-01-01T00:00:00+0100", false, 0, 0, ""},
      {"2024-01-01T00:00:00Zx", false, 0, 0, ""},
      {"null", false, 0, 0, ""},
      {"", false, 0, 0, ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    CHECK(ParseTimestamp(row.text, &seconds, &nanos) == row.good);
    CHECK(seconds == row.seconds);
    CHECK(nanos == row.nanos);
    std::string printed;
    if (row.good) {
      CHECK(FormatTimestamp(seconds, nanos, &printed));
      CHECK(printed == row.printed);
    }
  }
  std::string none;
  CHECK_FALSE(FormatTimestamp(-62135596801, 0, &none));
  CHECK_FALSE(FormatTimestamp(253402300800, 0, &none));
  CHECK_FALSE(FormatTimestamp(0, -1, &none));
  CHECK_FALSE(FormatTimestamp(0, 1000000000, &none));
  CHECK(none.empty());
}

TEST_CASE("every day of the calendar survives the round trip") {
  for (std::int64_t seconds = -62135596800; seconds <= 253402300799;
       seconds += 86400 * 13 + 12345) {
    std::string text;
    REQUIRE(FormatTimestamp(seconds, 0, &text));
    std::int64_t again = 0;
    std::int32_t nanos = 0;
    REQUIRE(ParseTimestamp(text, &again, &nanos));
    REQUIRE(again == seconds);
  }
}

TEST_CASE("durations") {
  struct Row {
    const char* text;
    bool good;
    std::int64_t seconds;
    std::int32_t nanos;
    const char* printed;
  };
  const Row rows[] = {
      {"0s", true, 0, 0, "0s"},
      {"1.5s", true, 1, 500000000, "1.500s"},
      {"-1.5s", true, -1, -500000000, "-1.500s"},
      {"-0.5s", true, 0, -500000000, "-0.500s"},
      {"0.000001s", true, 0, 1000, "0.000001s"},
      {"0.000000001s", true, 0, 1, "0.000000001s"},
      {"315576000000s", true, 315576000000, 0, "315576000000s"},
      {"-315576000000s", true, -315576000000, 0, "-315576000000s"},
      {"315576000001s", false, 0, 0, ""},
      {"99999999999999999999999s", false, 0, 0, ""},
      {"1", false, 0, 0, ""},
      {"s", false, 0, 0, ""},
      {"1.s", false, 0, 0, ""},
      {".5s", false, 0, 0, ""},
      {"1.0000000001s", false, 0, 0, ""},
      {"+1s", false, 0, 0, ""},
      {"1m", false, 0, 0, ""},
      {"1s ", false, 0, 0, ""},
      {"--1s", false, 0, 0, ""},
      {"", false, 0, 0, ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    CHECK(ParseDuration(row.text, &seconds, &nanos) == row.good);
    CHECK(seconds == row.seconds);
    CHECK(nanos == row.nanos);
    std::string printed;
    if (row.good) {
      CHECK(FormatDuration(seconds, nanos, &printed));
      CHECK(printed == row.printed);
    }
  }
  std::string none;
  CHECK_FALSE(FormatDuration(315576000001, 0, &none));
  CHECK_FALSE(FormatDuration(1, -1, &none));
  CHECK_FALSE(FormatDuration(-1, 1, &none));
  CHECK_FALSE(FormatDuration(0, 1000000000, &none));
  CHECK_FALSE(FormatDuration(std::numeric_limits<std::int64_t>::min(), 0, &none));
  CHECK(none.empty());
}

TEST_CASE("field masks") {
  struct Row {
    const char* text;
    MaskSpelling spelling;
    bool good;
    std::vector<std::string> paths;
  };
  constexpr auto kCamel = MaskSpelling::kCamelOnly;
  constexpr auto kBoth = MaskSpelling::kCamelOrSnake;
  const Row rows[] = {
      {"", kCamel, true, {}},
      {"a", kCamel, true, {"a"}},
      {"userName,a.fooBar2", kCamel, true, {"user_name", "a.foo_bar2"}},
      {"user_name", kCamel, false, {}},
      {"user_name,fooBar", kBoth, true, {"user_name", "foo_bar"}},
      {"a,,b", kCamel, false, {}},
      {"a,", kCamel, false, {}},
      {",", kCamel, false, {}},
      {".a", kCamel, false, {}},
      {"a.", kCamel, false, {}},
      {"a..b", kCamel, false, {}},
      {"a b", kCamel, false, {}},
      {"a, b", kCamel, false, {}},
      {"1a", kCamel, false, {}},
      {"*", kBoth, false, {}},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    std::vector<std::string> paths;
    CHECK(ParseFieldMask(row.text, row.spelling, &paths) == row.good);
    if (row.good) CHECK(paths == row.paths);
  }
  std::string out;
  CHECK(FormatMaskPath("user_name.x1", &out));
  CHECK(out == "userName.x1");
  for (const char* path : {"fooBar", "foo__bar", "foo_3", "foo_", "a..b", "a b", ""}) {
    INFO(path);
    CHECK_FALSE(FormatMaskPath(path, &out));
  }
  CHECK(out == "userName.x1");
}

TEST_CASE("UTF-8") {
  struct Row {
    const char* name;
    std::string_view text;
    bool good;
  };
  const Row rows[] = {
      {"empty", "", true},
      {"ASCII", "plain text, longer than a block", true},
      {"two bytes", "\xC3\xA9", true},
      {"three bytes", "\xE2\x82\xAC", true},
      {"four bytes", "\xF0\x9F\x98\x80", true},
      {"last", "\xF4\x8F\xBF\xBF", true},
      {"past the last", "\xF4\x90\x80\x80", false},
      {"overlong 2", "\xC0\x80", false},
      {"overlong 3", "\xE0\x9F\xBF", false},
      {"overlong 4", "\xF0\x8F\xBF\xBF", false},
      {"surrogate", "\xED\xA0\x80", false},
      {"last before surrogates", "\xED\x9F\xBF", true},
      {"cut 2", "12345678\xC3", false},
      {"cut 3", "\xE2\x82", false},
      {"cut 4", "\xF0\x9F\x98", false},
      {"stray continuation", "1234567\x80", false},
      {"FF", "\xFF", false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(IsValidUtf8(row.text) == row.good);
  }
}

TEST_CASE("quoting") {
  const auto quoted = [](std::string_view text) {
    std::string out;
    AppendQuoted(text, &out);
    return out;
  };
  CHECK(quoted("") == R"("")");
  CHECK(quoted("plain \xC3\xA9 / <&>") == "\"plain \xC3\xA9 / <&>\"");
  CHECK(quoted("a\"b\\c") == R"("a\"b\\c")");
  CHECK(quoted(std::string_view("\0\x01\b\t\n\f\r\x1F\x7F", 9)) ==
        "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001F\x7F\"");
  // Longer than the pieces it is written in.
  std::string longer(3'000'000, 'x');
  longer += '\n';
  const std::string text = quoted(longer);
  CHECK(text.size() == longer.size() + 3);
  CHECK(text.substr(text.size() - 4) == "x\\n\"");
}

TEST_CASE("an excerpt never cuts a character") {
  CHECK(Excerpt("short") == "short");
  const std::string cut = Excerpt(std::string(47, 'x') + "\xE2\x82\xAC and more");
  CHECK(cut == std::string(47, 'x') + "...");
}

}  // namespace
}  // namespace kratos::json::internal
