#include "kratos/route/expand.h"

#include <string>
#include <vector>

#include "kratos/route/matcher.h"
#include "kratos/route/percent.h"
#include "support/catch.h"

namespace kratos::route {
namespace {

using namespace std::string_literals;

std::optional<std::string> Expand(const std::string& text, const std::vector<std::string>& values,
                                  ExpandError* error = nullptr) {
  const auto parsed = PathTemplate::Parse(text);
  REQUIRE(parsed);
  REQUIRE(parsed->variables().size() == values.size());
  return ExpandPath(
      *parsed, [&](std::size_t i) { return values[i]; }, error);
}

/// The values that a server reads back.
std::vector<std::string> ReadBack(const std::string& text, const std::string& path) {
  const auto parsed = PathTemplate::Parse(text);
  Matcher::Builder builder;
  builder.Add("GET", *parsed);
  // A value that ends like this one must not be taken for a verb.
  builder.Add("GET", *PathTemplate::Parse("/**:verb"));
  const auto matcher = std::move(builder).Build();
  Match match;
  matcher->Find("GET", path, &match);
  REQUIRE(match.outcome == Match::Outcome::kFound);
  REQUIRE(match.route == 0);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < match.capture_count; ++i) {
    std::string value;
    const DecodeError error = parsed->variables()[i].multi_segment
                                  ? DecodeSegments(match.capture(i), &value)
                                  : DecodeSegment(match.capture(i), &value);
    REQUIRE(error == DecodeError::kNone);
    values.push_back(value);
  }
  return values;
}

TEST_CASE("K1: values are encoded and come back as they were", "[expand]") {
  struct Row {
    const char* name;
    std::string text;
    std::vector<std::string> values;
    std::string path;
  };
  const Row rows[] = {
      {"root", "/", {}, "/"},
      {"no variable", "/v1/a%20b:go", {}, "/v1/a%20b:go"},
      {"plain", "/v1/{a}", {"x"}, "/v1/x"},
      {"snake case", "/v1/{user_id}/{a.b}", {"1", "2"}, "/v1/1/2"},
      {"reserved", "/v1/{a}", {"a b?c#d%e&f"}, "/v1/a%20b%3Fc%23d%25e%26f"},
      {"slash", "/v1/{a}", {"a/b"}, "/v1/a%2Fb"},
      {"escape text", "/v1/{a}", {"%2F"}, "/v1/%252F"},
      {"colon", "/v1/{a}", {"x:verb"}, "/v1/x%3Averb"},
      {"UTF-8", "/v1/{a}", {"\xC3\xA9"}, "/v1/%C3%A9"},
      {"NUL", "/v1/{a}", {"\0"s}, "/v1/%00"},
      {"three dots", "/v1/{a}", {"..."}, "/v1/..."},
      {"verb", "/v1/{a}:go", {"x"}, "/v1/x:go"},
      {"literal pattern", "/v1/{a=b}", {"b"}, "/v1/b"},
      {"literal pattern with colon", "/v1/{a=b:verb}", {"b:verb"}, "/v1/b%3Averb"},
      {"pattern", "/v1/{a=p/*/q/*}", {"p/1/q/2 3"}, "/v1/p/1/q/2%203"},
      {"escaped literal in pattern", "/v1/{a=p%20q/*}", {"p q/1"}, "/v1/p%20q/1"},
      {"escaped slash in pattern", "/v1/{a=p%2fq/*}", {"p%2fq/1"}, "/v1/p%2fq/1"},
      {"escaped slash in a multi-segment value", "/v1/{a=p/*}", {"p/x%2Fy"}, "/v1/p/x%2Fy"},
      {"**", "/v1/{a=**}", {"x/y/z"}, "/v1/x/y/z"},
      {"** takes nothing", "/v1/{a=**}", {""}, "/v1"},
      {"** takes nothing at the root", "/{a=**}", {""}, "/"},
      {"** takes nothing before a verb", "/{a=**}:go", {""}, "/:go"},
      {"** takes nothing before a suffix", "/v1/{a=**}/b", {""}, "/v1/b"},
      {"** takes empty segments", "/v1/{a=**}", {"x//y/"}, "/v1/x//y/"},
      {"** takes a slash", "/v1/{a=**}", {"/"}, "/v1//"},
      {"pattern that ends in nothing", "/v1/{a=o/**}", {"o"}, "/v1/o"},
      {"pattern that ends in **", "/v1/{a=o/**}", {"o/p/q"}, "/v1/o/p/q"},
      {"** in front of a suffix", "/v1/{a=**/o/*}", {"x/y/o/1"}, "/v1/x/y/o/1"},
      {"variable behind **", "/v1/{a=**}/o/{b}", {"x/y", "z"}, "/v1/x/y/o/z"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    ExpandError error;
    const auto path = Expand(row.text, row.values, &error);
    INFO(error.message);
    REQUIRE(path);
    CHECK(*path == row.path);
    CHECK(ReadBack(row.text, *path) == row.values);
  }
}

TEST_CASE("K1: values that do not fit are refused before sending", "[expand]") {
  struct Row {
    const char* name;
    std::string text;
    std::vector<std::string> values;
    std::string variable;
  };
  const Row rows[] = {
      {"empty", "/v1/{a.b}", {""}, "a.b"},
      {"dot", "/v1/{a}", {"."}, "a"},
      {"dots", "/v1/{a}", {".."}, "a"},
      {"second", "/v1/{a}/{b}", {"x", ""}, "b"},
      {"not UTF-8", "/v1/{a}", {"\xFF"}, "a"},
      {"other literal", "/v1/{a=b}", {"c"}, "a"},
      {"too few segments", "/v1/{a=p/*}", {"p"}, "a"},
      {"too many segments", "/v1/{a=p/*}", {"p/x/y"}, "a"},
      {"other literal in pattern", "/v1/{a=p/*}", {"q/x"}, "a"},
      {"empty segment", "/v1/{a=p/*}", {"p/"}, "a"},
      {"dots in pattern", "/v1/{a=p/*}", {"p/.."}, "a"},
      {"empty pattern value", "/v1/{a=p/*}", {""}, "a"},
      {"dots under **", "/v1/{a=**}", {"x/../y"}, "a"},
      {"literal missing before **", "/v1/{a=o/**}", {"p/o"}, "a"},
      {"empty where ** needs more", "/v1/{a=o/**}", {""}, "a"},
      {"bare wildcard", "/v1/*/{a}", {"x"}, ""},
      {"bare **", "/v1/{a}/**", {"x"}, ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    ExpandError error;
    CHECK_FALSE(Expand(row.text, row.values, &error));
    CHECK(error.variable == row.variable);
    CHECK_FALSE(error.message.empty());
    CHECK(error.message.find(row.variable) != std::string::npos);
    CHECK_FALSE(Expand(row.text, row.values));
  }
  ExpandError error;
  Expand("/v1/{name=projects/*}", {"folders/1"}, &error);
  CHECK(error.message.find("projects/*") != std::string::npos);
}

}  // namespace
}  // namespace kratos::route
