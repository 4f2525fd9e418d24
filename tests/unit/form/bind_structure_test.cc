// How names become fields: nesting, ambiguity, unknown names, precedence.
#include <algorithm>

#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("fields of sub-messages") {
  const Good good[] = {
      {"one level", "sub.name=a", "sub { name: 'a' }"},
      {"two levels", "sub.next.name=a&sub.next.size=1", "sub { next { name: 'a' size: 1 } }"},
      {"in a oneof", "leaf.name=a&leaf.size=1", "leaf { name: 'a' size: 1 }"},
  };
  for (const Good& row : good) CheckGood(row);
}

TEST_CASE("ambiguous input is an error that names the field") {
  const Bad bad[] = {
      {"given twice", "count=1&count=1", "count"},
      {"given twice by two names", "user_name=a&userName=a", "user_name"},
      {"optional given twice", "maybe=1&maybe=1", "maybe"},
      {"nested given twice", "sub.name=a&sub.name=b", "sub.name"},
      {"two members of a oneof", "text=a&number=1", "number"},
      {"two members, one nested", "text=a&leaf.name=b", "leaf"},
      {"message as a leaf", "sub=x", "sub"},
      {"empty message as a leaf", "sub=", "sub"},
      {"step into a scalar", "count.x=1", "count"},
      {"step into an optional", "nick.x=1", "nick"},
      {"index of a scalar", "count[0]=1", "count"},
      {"index of a message", "sub[0].name=1", "sub"},
      {"brackets after a scalar", "nick[]=1", "nick"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

TEST_CASE("unknown parameters are ignored, or 400 in strict mode") {
  BindOptions strict;
  strict.strict = true;
  for (const std::string query :
       {"nope=1", "nope.name=1", "nope[0]=1", "=1", ".=1", "[=1", "[]=1", "]=1", "sub.nope=1",
        "sub.=1", "sub..name=1", "items[0].nope=1", "UserName=1", "[a.b]=1"}) {
    CheckGood({"ignored", query, ""});
    INFO(query);
    Everything message;
    const Status status = BindText(query, &message, strict);
    CHECK(status.code() == 400);
    CHECK(status.message().find("unknown parameter") != std::string::npos);
  }
  CheckGood({"known ones are fine", "count=1&sub.name=a", "count: 1 sub { name: 'a' }"}, strict);
}

TEST_CASE("the proto name comes before the JSON name") {
  CheckGood<Names>({"proto name of one, JSON name of another", "plain=a", "plain: 'a'"});
  CheckGood<Names>({"JSON name", "other=a", "plain: 'a'"});
  CheckGood<Names>({"proto name", "foo_bar=a", "foo_bar: 'a'"});
}

TEST_CASE("K10: fields bound by path or body are left alone") {
  std::vector<FieldPath> bound;
  for (const char* path : {"user_name", "sub.name", "items", "labels", "text"}) {
    bound.push_back(*ResolveFieldPath(*Everything::descriptor(), path));
  }
  BindOptions options;
  options.bound_elsewhere = &bound;
  const Everything before = FromText<Everything>(
      "user_name: 'u' sub { name: 's' } items { name: 'i' } labels { key: 'k' value: 'v' } "
      "text: 't' count: 1 nick: 'n' words: 'w'");
  struct Row {
    const char* name;
    std::string query;
    std::string added;
  };
  const Row rows[] = {
      {"scalar", "user_name=x", ""},
      {"by JSON name", "userName=x", ""},
      {"nested", "sub.name=x", ""},
      {"a value the field cannot take", "user_name=%00&text.x=1", ""},
      {"inside a list", "items[0].name=x&items[7].name=y", ""},
      {"inside a map", "labels[a]=x&labels=y", ""},
      {"oneof member", "text=x", ""},
      {"another member of a oneof that is set", "number=5", ""},
      {"a message of the same oneof", "leaf.name=x", ""},
      {"a sibling is set", "sub.size=3", "sub { size: 3 }"},
      {"other fields are set", "big_count=5&maybe=1", "big_count: 5 maybe: 1"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Everything message = before;
    const Status status = BindText(row.query, &message, options);
    INFO(status.message());
    REQUIRE(status.ok());
    Everything expected = before;
    expected.MergeFrom(FromText<Everything>(row.added));
    CHECK(ToText(message) == ToText(expected));

    BindOptions strict = options;
    strict.strict = true;
    CHECK(BindText(row.query, &message, strict).ok() == !row.added.empty());
  }
}

TEST_CASE("a query sets what it names in a message that is filled already") {
  Everything message = FromText<Everything>(
      "count: 1 nick: 'n' words: 'a' words: 'b' labels { key: 'k' value: 'v' } "
      "labels { key: 'l' value: 'w' } text: 't' sub { name: 's' size: 3 } when { seconds: 1 nanos: "
      "2 }");
  REQUIRE(
      BindText("count=2&nick=m&words=c&labels[k]=x&number=5&sub.name=q&when=1970-01-01T00:00:09Z",
               &message)
          .ok());
  CHECK(message.count() == 2);
  CHECK(message.nick() == "m");
  REQUIRE(message.words_size() == 1);
  CHECK(message.words(0) == "c");
  CHECK(message.labels().size() == 2);
  CHECK(message.labels().at("k") == "x");
  CHECK(message.labels().at("l") == "w");
  CHECK(message.number() == 5);
  CHECK(message.sub().name() == "q");
  CHECK(message.sub().size() == 3);
  CHECK(message.when().seconds() == 9);
  CHECK(message.when().nanos() == 0);
}

TEST_CASE("the order of different parameters does not matter") {
  std::vector<Pair> pairs = {{"items[1].name", "b"}, {"items[0].name", "a"}, {"labels[x]", "1"},
                             {"labels.y", "2"},      {"sub.next.name", "n"}, {"when.seconds", "5"}};
  std::sort(pairs.begin(), pairs.end());
  std::string first;
  do {
    Everything message;
    REQUIRE(Bind(pairs, {}, &message).ok());
    if (first.empty()) first = ToText(message);
    REQUIRE(ToText(message) == first);
  } while (std::next_permutation(pairs.begin(), pairs.end()));
}

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE("100 nested levels are read, more are refused") {
  // The message itself is the first level.
  Everything message;
  CHECK(BindText("sub." + Repeat("next.", 98) + "name=x", &message).ok());
  CHECK(BindText("sub." + Repeat("next.", 99) + "name=x", &message).code() == 400);
  CHECK(BindText("sub." + Repeat("next.", 50'000) + "name=x", &message).code() == 400);
  for (const char* last : {"tags=x", "tags[0]=x", "labels[k]=x", "children[0].name=x"}) {
    INFO(last);
    CHECK(BindText("sub." + Repeat("next.", 97) + last, &message).ok() == (last[0] != 'c'));
    CHECK_FALSE(BindText("sub." + Repeat("next.", 98) + last, &message).ok());
  }
  const std::string deep = Repeat("[", 97) + Repeat("]", 97);
  CHECK(BindText("list=" + deep, &message).ok());
  CHECK(BindText("list=" + Repeat("[", 50'000) + Repeat("]", 50'000), &message).code() == 400);
  CHECK(BindText("list=" + Repeat("[", 50'000), &message).code() == 400);
}

}  // namespace
}  // namespace kratos::form::test
