#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

struct Row {
  const char* name;
  std::string yaml;
  std::string message;
};

TEST_CASE("messages as YAML and back") {
  const auto codec = YamlCodec();
  const Row rows[] = {
      {"empty", "{}\n", ""},
      {"scalars", "flag: true\ncount: -3\nuserName: a\n", "flag: true count: -3 user_name: 'a'"},
      {"64 bits are strings", "huge: \"18446744073709551615\"\n", "huge: 18446744073709551615"},
      {"string that looks like a number", "userName: \"1\"\n", "user_name: '1'"},
      {"string that looks like a bool", "userName: \"No\"\n", "user_name: 'No'"},
      {"string that looks like null", "userName: \"null\"\n", "user_name: 'null'"},
      {"empty string", "nick: \"\"\n", "nick: ''"},
      {"string with syntax", "userName: \"a: b # c\"\n", "user_name: 'a: b # c'"},
      {"string with spaces", "userName: a b\nwords:\n  - \" a\"\n", "user_name: 'a b' words: ' a'"},
      {"control characters", "userName: \"\\u0000\\n\"\n", "user_name: '\\000\\n'"},
      {"lists", "words:\n  - a\n  - b\n", "words: 'a' words: 'b'"},
      {"nested", "sub:\n  name: a\n  next: {}\n", "sub { name: 'a' next { } }"},
      {"list of messages", "items:\n  - name: a\n    tags:\n      - x\n  - {}\n  - size: 1\n",
       "items { name: 'a' tags: 'x' } items { } items { size: 1 }"},
      {"map", "labels:\n  \"1\": x\n", "labels { key: '1' value: 'x' }"},
      {"list in a list", "list:\n  - - 1\n    - - true\n      - a\n  - []\n  - null\n",
       "list { values { list_value { values { number_value: 1 } values { list_value { "
       "values { bool_value: true } values { string_value: 'a' } } } } } "
       "values { list_value { } } values { null_value: NULL_VALUE } }"},
      {"Timestamp", "when: \"1970-01-01T00:00:01Z\"\n", "when { seconds: 1 }"},
      {"wrapper", "wInt32: 0\n", "w_int32 { }"},
      {"infinity", "precise: \"Infinity\"\n", "precise: inf"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Encoded(*codec, FromText<Everything>(row.message)) == row.yaml);
    CheckReads(*codec, row.yaml, row.message);
  }
}

TEST_CASE("YAML is also read in other shapes") {
  const auto codec = YamlCodec();
  const Row rows[] = {
      {"proto names", "user_name: a", "user_name: 'a'"},
      {"flow style", "{userName: a, words: [b, 'c'], sub: {size: 3}}",
       "user_name: 'a' words: 'b' words: 'c' sub { size: 3 }"},
      {"JSON", R"({"userName":"a","count":3})", "user_name: 'a' count: 3"},
      {"a string field takes plain numbers as text", "userName: 1.10\nnick: 010",
       "user_name: '1.10' nick: '010'"},
      {"a string field takes plain words as text", "userName: true\nnick: no",
       "user_name: 'true' nick: 'no'"},
      {"Timestamp without quotes", "when: 1970-01-01T00:00:01Z", "when { seconds: 1 }"},
      {"bytes", "rawData: !!binary '+/8='", "raw_data: '\\373\\377'"},
      {"block text", "userName: |\n  a\n  b\n", "user_name: 'a\\nb\\n'"},
      {"plus sign", "count: +5", "count: 5"},
      {"hexadecimal", "count: 0x1F", "count: 31"},
      {"octal", "count: 0o17", "count: 15"},
      {"leading zeros are decimal", "count: 017", "count: 17"},
      {"floats", "precise: .5\nratio: 5.", "precise: 0.5 ratio: 5"},
      {"exponent", "precise: 1e+3", "precise: 1000"},
      {"infinity", "precise: -.inf", "precise: -inf"},
      {"quoted number", "count: '5'", "count: 5"},
      {"enum", "color: BLUE\ntint: 1", "color: BLUE tint: RED"},
      {"null leaves unset", "nick: ~\nsub:\nmaybe: null", ""},
      {"map keys", "byNumber: {1: a}\nlabels: {true: b}",
       "by_number { key: 1 value: 'a' } labels { key: 'true' value: 'b' }"},
      {"words for null are keys as they are written",
       "labels: {null: a, ~: b, Null: c, '': d}\nshape: {null: 1}",
       "labels { key: '' value: 'd' } labels { key: 'Null' value: 'c' } "
       "labels { key: 'null' value: 'a' } labels { key: '~' value: 'b' } "
       "shape { fields { key: 'null' value { number_value: 1 } } }"},
      {"null keys in block style",
       "labels:\n  \xC3\xA4: '\xE2\x82\xAC'\n  &x ~: b\n  ? &y  # \xE2\x82\xAC\n    NULL\n  : "
       "c\r\n  null: a",
       "labels { key: '\\303\\244' value: '\\342\\202\\254' } labels { key: '~' value: 'b' } "
       "labels { key: 'NULL' value: 'c' } labels { key: 'null' value: 'a' }"},
      {"a key that is not there", "labels: {: a}", "labels { key: '' value: 'a' }"},
      {"types in a Struct", "shape: {a: 1, b: yes, c: true, d: ~, e: '1', f: .inf}",
       "shape { fields { key: 'a' value { number_value: 1 } } "
       "fields { key: 'b' value { string_value: 'yes' } } "
       "fields { key: 'c' value { bool_value: true } } "
       "fields { key: 'd' value { null_value: NULL_VALUE } } "
       "fields { key: 'e' value { string_value: '1' } } "
       "fields { key: 'f' value { string_value: '.inf' } } }"},
      {"tags", "shape: {a: !!str 1, b: !!int '2'}",
       "shape { fields { key: 'a' value { string_value: '1' } } "
       "fields { key: 'b' value { number_value: 2 } } }"},
      {"unknown keys", "nope: {a: [1]}\ncount: 1", "count: 1"},
      {"document markers and comments", "# x\n---\ncount: 1 # y\n...\n", "count: 1"},
      {"byte-order mark",
       "\xEF\xBB\xBF"
       "count: 1",
       "count: 1"},
      {"anchor that nobody uses", "userName: &a x", "user_name: 'x'"},
      {"explicit key", "? userName\n: a", "user_name: 'a'"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CheckReads(*codec, row.yaml, row.message);
  }
}

TEST_CASE("K18: single fields as YAML") {
  const auto codec = YamlCodec();
  const Row rows[] = {
      {"count", "3\n", "count: 3"},
      {"user_name", "\"1\"\n", "user_name: '1'"},
      {"words", "- a\n- b\n", "words: 'a' words: 'b'"},
      {"words", "[]\n", ""},
      {"labels", "k: v\n", "labels { key: 'k' value: 'v' }"},
      {"sub", "name: a\n", "sub { name: 'a' }"},
      {"nick", "null\n", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Encoded(*codec, FromText<Everything>(row.message), Field(row.name)) == row.yaml);
    CheckReads(*codec, row.yaml, row.message, Field(row.name));
  }
}

TEST_CASE("YAML heeds the emit style") {
  EncodeOptions options;
  options.proto_names = true;
  options.indent = 4;
  CHECK(Encoded(*YamlCodec(), Leaf(), nullptr, options) ==
        "name: \"\"\nsize: 0\ntags: []\nchildren: []\nnext: null\nlabels: {}\n");
}

TEST_CASE("a key too long for the short form") {
  Everything message;
  (*message.mutable_labels())[std::string(3000, 'k')] = "v";
  (*message.mutable_leaves())[std::string(3000, 'l')].set_name("n");
  const std::string yaml = Encoded(*YamlCodec(), message);
  Everything back;
  REQUIRE(YamlCodec()->Decode(yaml, nullptr, {}, &back).ok());
  CHECK(ToText(back) == ToText(message));
}

TEST_CASE("YAML errors name the field and the place") {
  const auto codec = YamlCodec();
  struct Bad {
    const char* name;
    std::string yaml;
    const char* part;
  };
  const Bad rows[] = {
      {"empty", "", "empty document"},
      {"comment only", "# x\n", "empty document"},
      {"not YAML", "a: b: c", "not YAML"},
      {"flow not closed", "{a: [1", "(at line 1"},
      {"field and place", "items:\n  - name: a\n  - name: b\n    size: x\n",
       "body: items[1].size: "},
      {"field and place", "items:\n  - name: a\n  - name: b\n    size: x\n",
       "(at line 4, column 11)"},
      {"wrong type", "words: {a: 1}", "body: words: "},
      {"not an object", "- 1", "(at line 1, column 1)"},
      {"key twice", "count: 1\ncount: 2", "body: count: "},
      {"null key twice", "labels: {null: a, null: b}", "labels[\"null\"]: the key appears twice"},
      {"null in a list", "words: [a, ~]", "body: words[1]: "},
      {"null in a map", "labels: {a: null}", "body: labels[\"a\"]: "},
      {"alias", "userName: &a x\nnick: *a", "alias"},
      {"two documents", "count: 1\n---\ncount: 2\n", "more than one document"},
      {"unknown tag", "count: !x 1", "tag"},
      {"unknown tag of a map", "!x {count: 1}", "tag"},
      {"key that is no scalar", "{[a]: 1}", "key must be a scalar"},
      {"not UTF-8", "userName: \xff", "not valid UTF-8"},
      {"surrogate", "userName: \"\\uD800\"", "body: "},
      {"control character", std::string("count: 1\0", 9), "control character"},
  };
  for (const Bad& row : rows) {
    INFO(row.name);
    CheckRefuses(*codec, row.yaml, row.part);
  }
  DecodeOptions strict;
  strict.ignore_unknown = false;
  CheckRefuses(*codec, "count: 1\nnope: 1", "(at line 2, column", nullptr, strict);
}

TEST_CASE("hostile YAML costs little") {
  const auto codec = YamlCodec();
  const auto repeat = [](const std::string& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
  };
  Everything message;
  CHECK(codec->Decode("list: " + repeat("[", 98) + repeat("]", 98), nullptr, {}, &message).ok());
  for (const std::string& text : std::vector<std::string>{
           "list: " + repeat("[", 100) + repeat("]", 100), repeat("- ", 50'000),
           "list: " + repeat("[", 50'000) + repeat("]", 50'000),
           repeat("[{a: ", 20'000) + repeat("}]", 20'000)}) {
    CheckRefuses(*codec, text, "nested deeper than 100 levels");
  }
  for (const std::string& text :
       std::vector<std::string>{repeat("[", 100'000), repeat("{", 100'000), repeat("? ", 50'000),
                                repeat("[{a: ", 20'000), repeat("!", 100'000),
                                repeat("&a ", 50'000), repeat("a: ", 50'000)}) {
    CheckRefuses(*codec, text, "body: ");
  }
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string above = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + above;
    for (int j = 0; j < 9; ++j) laughs += "," + above;
    laughs += "]\n";
  }
  CheckRefuses(*codec, laughs, "alias");
}

TEST_CASE("K17: YAML tells which fields were present") {
  std::vector<std::string> present;
  DecodeOptions options;
  options.present_paths = &present;
  Everything message;
  REQUIRE(YamlCodec()
              ->Decode("count: 0\nsub:\n  name: a\nwords: []\nnick: ~\nnope: 1\n", nullptr, options,
                       &message)
              .ok());
  CHECK(present == std::vector<std::string>{"count", "sub.name", "words", "nick"});
}

TEST_CASE("what YAML cannot carry is a 500 without private content") {
  CheckCannotEncode(*YamlCodec(), FromText<Everything>("when { seconds: 999999999999999 }"));
}

}  // namespace
}  // namespace kratos::codec::test
