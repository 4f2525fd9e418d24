#include <limits>

#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("messages as queries that Go Kratos reads") {
  struct Row {
    const char* name;
    std::string message;
    std::string query;
  };
  const Row rows[] = {
      {"nothing set", "", ""},
      {"JSON names, sorted", "user_name: 'a b' count: 1", "count=1&userName=a+b"},
      {"zeros are not sent", "count: 0 user_name: ''", ""},
      {"K11: optional set to its empty value", "nick: '' maybe: 0", "maybe=0&nick="},
      {"K11: wrapper set to its empty value", "w_string { } w_int32 { }", "wInt32=0&wString="},
      {"oneof member set to its empty value", "text: ''", "text="},
      {"K12: bytes are standard base64, padded", "raw_data: '\\373\\377\\376\\000'",
       "rawData=%2B%2F%2F%2BAA%3D%3D"},
      {"enum by name", "color: BLUE", "color=BLUE"},
      {"undefined enum by number", "color: 77", "color=77"},
      {"float", "ratio: 0.1", "ratio=0.1"},
      {"nested", "sub { name: 'a' next { size: 1 } }", "sub.name=a&sub.next.size=1"},
      {"empty sub-message is not sent", "sub { } nothing { }", ""},
      {"list", "words: 'b' words: 'a' words: ''", "words=b&words=a&words="},
      {"list of messages", "items { name: 'a' } items { } items { tags: 'x' }",
       "items%5B0%5D.name=a&items%5B1%5D=&items%5B2%5D.tags=x"},
      {"map", "labels { key: 'b.c' value: 'x' } labels { key: 'a' value: 'y' }",
       "labels%5Ba%5D=y&labels%5Bb.c%5D=x"},
      {"map of messages", "leaves { key: 'a' value { name: 'x' } } leaves { key: 'b' value { } }",
       "leaves%5Ba%5D.name=x&leaves%5Bb%5D="},
      {"Timestamp in UTC", "when { seconds: 1577934245 nanos: 500000000 }",
       "when=2020-01-02T03%3A04%3A05.500Z"},
      {"Duration", "span { seconds: 90 }", "span=90s"},
      {"FieldMask", "mask { paths: 'user_name' paths: 'sub.name' }", "mask=userName%2Csub.name"},
      {"Struct as JSON text", "shape { fields { key: 'a' value { string_value: 'x' } } }",
       "shape=%7B%22a%22%3A%22x%22%7D"},
      {"Value by its field", "value { string_value: '1' }", "value.stringValue=1"},
      {"Value without a kind in a Struct, as in JSON", "shape { fields { key: 'a' value { } } }",
       "shape=%7B%22a%22%3Anull%7D"},
      {"Any by its fields", "any { type_url: 't' value: 'v' }", "any.typeUrl=t&any.value=dg%3D%3D"},
      {"list of Values: a string that looks like a number is quoted",
       "many_values { string_value: 'x' } many_values { string_value: '1' } "
       "many_values { number_value: 1 }",
       "manyValues=x&manyValues=%221%22&manyValues=1"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto message = FromText<Everything>(row.message);
    const auto pairs = ToPairs(message);
    REQUIRE(pairs.ok());
    CHECK(FormatQuery(*pairs) == row.query);
  }
}

TEST_CASE("names that would not read back are replaced by the proto name") {
  const auto names = FromText<Names>("foo_bar: 'a' plain: 'b' dotted: 'c' snake_case_name: 'd'");
  const auto pairs = ToPairs(names);
  REQUIRE(pairs.ok());
  CHECK(*pairs == std::vector<Pair>{
                      {"dotted", "c"}, {"foo_bar", "a"}, {"other", "b"}, {"snakeCaseName", "d"}});
  Names back;
  REQUIRE(Bind(*pairs, {}, &back).ok());
  CHECK(ToText(back) == ToText(names));
}

TEST_CASE("fields that path or body carry are left out") {
  const auto message = FromText<Everything>(
      "user_name: 'u' sub { name: 's' size: 3 next { name: 'n' } } items { name: 'i' } count: 1");
  std::vector<FieldPath> except;
  for (const char* path : {"user_name", "sub.name", "sub.next", "items"}) {
    except.push_back(*ResolveFieldPath(*Everything::descriptor(), path));
  }
  const auto pairs = ToPairs(message, except);
  REQUIRE(pairs.ok());
  CHECK(*pairs == std::vector<Pair>{{"count", "1"}, {"sub.size", "3"}});
}

TEST_CASE("what text cannot carry is an error that names the field") {
  struct Row {
    const char* name;
    std::string message;
    std::string path;
  };
  const Row rows[] = {
      {"NaN in a Struct", "shape { fields { key: 'a' value { number_value: nan } } }", "shape"},
      {"Value without a kind", "value { }", "value"},
      {"Value without a kind in a list", "many_values { }", "manyValues"},
      {"time out of range", "when { seconds: 999999999999999 }", "when"},
      {"duration whose signs differ", "span { seconds: 1 nanos: -1 }", "span"},
      {"mask without a text form", "mask { paths: 'userName' }", "mask"},
      {"key that would end too early", "leaves { key: 'a].b' value { name: 'x' } }", "leaves"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto message = FromText<Everything>(row.message);
    const auto pairs = ToPairs(message);
    REQUIRE_FALSE(pairs.ok());
    CHECK(pairs.status().code() == 400);
    CHECK(pairs.status().message().find(row.path) == 0);
  }
  Everything deep;
  Leaf* leaf = deep.mutable_sub();
  for (int i = 0; i < 120; ++i) leaf = leaf->mutable_next();
  leaf->set_name("x");
  CHECK(ToPairs(deep).status().code() == 400);

  leaf = deep.mutable_sub();
  for (int level = 2; level < 100; ++level) leaf = leaf->mutable_next();
  leaf->Clear();
  leaf->set_name("x");
  CHECK(ToPairs(deep).ok());
  leaf->add_tags("x");  // a list is a level
  CHECK(ToPairs(deep).status().code() == 400);
}

TEST_CASE("proto2: groups and extensions") {
  auto old =
      FromText<Old>("id: '1' closed: SECOND Inner { depth: 3 } [kratos.form.test.note]: 'n'");
  const auto pairs = ToPairs(old);
  REQUIRE(pairs.ok());
  CHECK(*pairs == std::vector<Pair>{{"[kratos.form.test.note]", "n"},
                                    {"closed", "SECOND"},
                                    {"id", "1"},
                                    {"inner.depth", "3"}});
}

}  // namespace
}  // namespace kratos::form::test
