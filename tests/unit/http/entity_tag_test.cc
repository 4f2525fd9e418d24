#include <string>

#include "kratos/http/conditional.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

TEST_CASE("entity tag: made of bytes, the same everywhere") {
  // The first half of their SHA-256.
  CHECK(StrongTag("").ToString() == "\"e3b0c44298fc1c149afbf4c8996fb924\"");
  CHECK(StrongTag("abc").ToString() == "\"ba7816bf8f01cfea414140de5dae2223\"");
  CHECK_FALSE(StrongTag("abc").weak);
}

TEST_CASE("entity tag: one") {
  CHECK(ParseEntityTag("\"abc\"") == EntityTag{"abc", false});
  CHECK(ParseEntityTag("W/\"abc\"") == EntityTag{"abc", true});
  CHECK(ParseEntityTag("\"\"") == EntityTag{"", false});
  CHECK(ParseEntityTag("\"a,\\\"") == EntityTag{"a,\\", false});
  CHECK(ParseEntityTag("\"\xc3\xa9\"") == EntityTag{"\xc3\xa9", false});
  CHECK(EntityTag{"x", true}.ToString() == "W/\"x\"");
  for (const char* text : {"", "abc", "\"abc", "abc\"", "w/\"abc\"", "W/abc", "\"a b\"", "\"a\"b",
                           " \"a\"", "*", "\"a\tb\"", "\"a\x7f\""}) {
    CAPTURE(text);
    CHECK_FALSE(ParseEntityTag(text));
  }
}

TEST_CASE("entity tag: lists") {
  const auto values = [](std::vector<std::string_view> fields) {
    const EntityTagList list = ParseEntityTags(fields);
    std::string text = list.any ? "*" : "";
    for (const EntityTag& tag : list.tags) text += tag.ToString();
    return text;
  };
  CHECK(values({}) == "");
  CHECK(values({"*"}) == "*");
  CHECK(values({" * "}) == "*");
  CHECK(values({"\"a\", W/\"b\",\"c\""}) == "\"a\"W/\"b\"\"c\"");
  CHECK(values({"\"a\"", "\"b\" , ,"}) == "\"a\"\"b\"");
  CHECK(values({"\"a,b\""}) == "\"a,b\"");
  CHECK(values({"\"a\\\", \"b\""}) == "\"a\\\"\"b\"");
  // What is malformed is left out.
  CHECK(values({"a, \"b\""}) == "\"b\"");
  CHECK(values({"\"a\" x, \"b\""}) == "\"b\"");
  CHECK(values({"\"a"}) == "");
  CHECK(values({"**"}) == "");
}

TEST_CASE("entity tag: RFC 9110, 8.8.3.2, weak and strong comparison") {
  const struct {
    const char* list;
    EntityTag tag;
    bool strongly;
    bool weakly;
  } rows[] = {
      {"W/\"1\"", {"1", true}, false, true},  {"W/\"1\"", {"2", true}, false, false},
      {"W/\"1\"", {"1", false}, false, true}, {"\"1\"", {"1", false}, true, true},
      {"\"1\"", {"1", true}, false, true},    {"\"2\", \"1\"", {"1", false}, true, true},
      {"*", {"1", true}, true, true},         {"", {"1", false}, false, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.list, row.tag.ToString());
    const EntityTagList list = ParseEntityTags({row.list});
    CHECK(list.MatchesStrongly(row.tag) == row.strongly);
    CHECK(list.MatchesWeakly(row.tag) == row.weakly);
  }
}

}  // namespace
}  // namespace kratos::http
