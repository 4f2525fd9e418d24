#include "kratos/form/form.h"

#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos::form {
namespace {

TEST_CASE("a query is split, then decoded") {
  struct Row {
    const char* name;
    std::string query;
    std::vector<Pair> pairs;
  };
  const Row rows[] = {
      {"empty", "", {}},
      {"one", "a=1", {{"a", "1"}}},
      {"order is kept", "b=1&a=2&b=3", {{"b", "1"}, {"a", "2"}, {"b", "3"}}},
      {"no equals sign", "a", {{"a", ""}}},
      {"empty value", "a=", {{"a", ""}}},
      {"empty name", "=1", {{"", "1"}}},
      {"nothing between ampersands", "&a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
      {"only the first equals sign splits", "a=b=c", {{"a", "b=c"}}},
      {"plus is a space", "a+b=c+d", {{"a b", "c d"}}},
      {"escaped plus", "a=%2B", {{"a", "+"}}},
      {"escapes are decoded after splitting", "a%26b=c%3Dd%26", {{"a&b", "c=d&"}}},
      {"semicolon is an ordinary character", "a=1;b=2", {{"a", "1;b=2"}}},
      {"raw UTF-8", "n=\xC3\xA4", {{"n", "\xC3\xA4"}}},
      {"escaped UTF-8", "n=%c3%A4", {{"n", "\xC3\xA4"}}},
      {"zero byte", "n=%00", {{"n", std::string(1, '\0')}}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    auto pairs = ParseQuery(row.query);
    REQUIRE(pairs.ok());
    CHECK(*pairs == row.pairs);
  }
}

TEST_CASE("malformed queries are 400 CODEC") {
  struct Row {
    const char* name;
    std::string query;
  };
  const Row rows[] = {
      {"escape cut short", "a=%2"},   {"escape without digits", "a=%zz"},
      {"lone percent sign", "a=%"},   {"broken escape in a name", "%g=1"},
      {"not UTF-8", "a=%ff"},         {"overlong", "a=%c0%80"},
      {"surrogate", "a=%ED%A0%80"},   {"raw byte that is not UTF-8", "a=\xff"},
      {"name is not UTF-8", "%ff=1"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto pairs = ParseQuery(row.query);
    REQUIRE_FALSE(pairs.ok());
    CHECK(pairs.status().code() == 400);
    CHECK(pairs.status().reason() == kReasonCodec);
  }
}

TEST_CASE("the number of pairs is limited") {
  CHECK(ParseQuery("a=1&b=2", 2).ok());
  CHECK(ParseQuery("a=1&&&b=2&", 2).ok());
  const auto over = ParseQuery("a=1&b=2&c=3", 2);
  REQUIRE_FALSE(over.ok());
  CHECK(over.status().code() == 400);
}

TEST_CASE("FormatQuery encodes what ParseQuery decodes") {
  const std::vector<Pair> pairs = {{"a b", "c+d"}, {"m[k.x]", "&=%"}, {"n", "\xC3\xA4"}, {"e", ""}};
  const std::string query = FormatQuery(pairs);
  CHECK(query == "a+b=c%2Bd&m%5Bk.x%5D=%26%3D%25&n=%C3%A4&e=");
  CHECK(*ParseQuery(query) == pairs);
  CHECK(FormatQuery({}).empty());
}

}  // namespace
}  // namespace kratos::form
