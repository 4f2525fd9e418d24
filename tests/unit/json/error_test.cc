// What is refused, with which code, where in the text and at which field.
#include <limits>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

struct Row {
  const char* name;
  std::string_view text;
  ErrorCode code;
  std::size_t offset;
  const char* path;
};

void Check(const Row& row, const DecodeOptions& options) {
  INFO(row.name);
  Everything message;
  const auto error = Decode(row.text, options, &message);
  REQUIRE(error);
  CHECK(ToString(error->code) == ToString(row.code));
  CHECK(error->offset == row.offset);
  CHECK(error->path == row.path);
  CHECK_FALSE(error->message.empty());
}

TEST_CASE("text that is not JSON") {
  using E = ErrorCode;
  const Row rows[] = {
      {"empty", "", E::kSyntax, 0, ""},
      {"white space", "  \n", E::kSyntax, 3, ""},
      {"byte-order mark alone", "\xEF\xBB\xBF", E::kSyntax, 3, ""},
      {"no quotes", "{a:1}", E::kSyntax, 1, ""},
      {"single quotes", "{'a':1}", E::kSyntax, 1, ""},
      {"no colon", R"({"a" 1})", E::kSyntax, 5, ""},
      {"no value", R"({"a":})", E::kSyntax, 5, ""},
      {"trailing comma in object", R"({"maybeNumber":1,})", E::kSyntax, 17, ""},
      {"trailing comma in array", R"({"int32s":[1,]})", E::kSyntax, 13, "int32s"},
      {"comma first", R"({"int32s":[,1]})", E::kSyntax, 11, "int32s"},
      {"two commas", R"({"int32s":[1,,2]})", E::kSyntax, 13, "int32s"},
      {"missing comma", R"({"int32s":[1 2]})", E::kSyntax, 13, "int32s"},
      {"wrong bracket", R"({"int32s":[1}})", E::kSyntax, 12, "int32s"},
      {"cut object", "{", E::kSyntax, 1, ""},
      {"cut string", R"({"a":"x)", E::kSyntax, 7, ""},
      {"cut after an escape", R"({"a":"\)", E::kSyntax, 7, ""},
      {"text after the value", "{} x", E::kSyntax, 3, ""},
      {"second value", "{}{}", E::kSyntax, 2, ""},
      {"NUL after the value", std::string_view("{}\0", 3), E::kSyntax, 2, ""},
      {"comment", "{/**/}", E::kSyntax, 1, ""},
      {"word", R"({"a":nul})", E::kSyntax, 5, ""},
      {"capital word", R"({"a":True})", E::kSyntax, 5, ""},
      {"bare NaN", R"({"doubles":[NaN]})", E::kSyntax, 12, "doubles"},
      {"leading zero", R"({"maybeNumber":01})", E::kSyntax, 15, "maybe_number"},
      {"plus", R"({"maybeNumber":+1})", E::kSyntax, 15, "maybe_number"},
      {"control character", "{\"a\":\"x\ny\"}", E::kSyntax, 7, ""},
      {"control character after an escape", "{\"a\":\"\\n\x01\"}", E::kSyntax, 8, ""},
      {"unknown escape", R"({"a":"\x"})", E::kSyntax, 6, ""},
      {"cut \\u", R"({"a":"\u12"})", E::kSyntax, 6, ""},
      {"not UTF-8", "{\"a\":\"\xFF\"}", E::kInvalidUtf8, 5, ""},
      {"not UTF-8 beside an escape", "{\"a\":\"\\n\xFF\"}", E::kInvalidUtf8, 5, ""},
      {"key not UTF-8", "{\"\xC3\":1}", E::kInvalidUtf8, 1, ""},
      {"encoded surrogate", "{\"a\":\"\xED\xA0\x80\"}", E::kInvalidUtf8, 5, ""},
      {"high surrogate alone", R"({"a":"\ud83d"})", E::kInvalidUtf8, 6, ""},
      {"high surrogate and text", R"({"a":"\ud83dx"})", E::kInvalidUtf8, 6, ""},
      {"two high surrogates", R"({"a":"\ud83d\ud83d"})", E::kInvalidUtf8, 6, ""},
      {"low surrogate alone", R"({"a":"\ude00"})", E::kInvalidUtf8, 5, ""},
  };
  for (const Row& row : rows) Check(row, {});
}

TEST_CASE("values a field cannot take") {
  using E = ErrorCode;
  const Row rows[] = {
      {"top level null", "null", E::kWrongType, 0, ""},
      {"top level array", "[]", E::kWrongType, 0, ""},
      {"string for a message", R"({"anItem":"x"})", E::kWrongType, 10, "an_item"},
      {"object for a list", R"({"items":{}})", E::kWrongType, 9, "items"},
      {"list for a map", R"({"stringMap":[]})", E::kWrongType, 13, "string_map"},
      {"number for a string", R"({"anItem":{"name":1}})", E::kWrongType, 18, "an_item.name"},
      {"in a list", R"({"items":[{},{"name":1}]})", E::kWrongType, 21, "items[1].name"},
      {"in a map", R"({"itemMap":{"k y":{"name":1}}})", E::kWrongType, 26,
       R"(item_map["k y"].name)"},
      {"in a struct's list", R"({"aStruct":{"a":[1,{"b":x}]}})", E::kSyntax, 24,
       R"(a_struct["a"][1]["b"])"},
      {"null in a list", R"({"int32s":[null]})", E::kWrongType, 11, "int32s[0]"},
      {"null message in a list", R"({"items":[null]})", E::kWrongType, 10, "items[0]"},
      {"null in a map", R"({"stringMap":{"a":null}})", E::kWrongType, 18, R"(string_map["a"])"},
      {"string for a bool", R"({"bools":["true"]})", E::kWrongType, 10, "bools[0]"},
      {"number for a bool", R"({"bools":[1]})", E::kWrongType, 10, "bools[0]"},
      {"bool for a number", R"({"int32s":[true]})", E::kWrongType, 11, "int32s[0]"},
      {"bool for an enum", R"({"colors":[true]})", E::kWrongType, 11, "colors[0]"},
      {"null for an enum", R"({"colors":[null]})", E::kWrongType, 11, "colors[0]"},
      {"number for a timestamp", R"({"at":1})", E::kWrongType, 6, "at"},
      {"number for a mask", R"({"mask":["a"]})", E::kWrongType, 8, "mask"},
      {"array for a struct", R"({"aStruct":[]})", E::kWrongType, 11, "a_struct"},
      {"object for a list value", R"({"aList":{}})", E::kWrongType, 9, "a_list"},
      {"string for an any", R"({"anAny":""})", E::kWrongType, 9, "an_any"},
      {"string for a wrapped number", R"({"wrappedBool":"x"})", E::kWrongType, 15, "wrapped_bool"},
      {"int32 too large", R"({"int32s":[2147483648]})", E::kOutOfRange, 11, "int32s[0]"},
      {"int64 too large", R"({"int64s":["9223372036854775808"]})", E::kOutOfRange, 11, "int64s[0]"},
      {"uint32 negative", R"({"uint32s":[-1]})", E::kOutOfRange, 12, "uint32s[0]"},
      {"fraction", R"({"int32s":[1.5]})", E::kOutOfRange, 11, "int32s[0]"},
      {"double too large", R"({"doubles":[1e400]})", E::kOutOfRange, 12, "doubles[0]"},
      {"float too large", R"({"floats":[1e39]})", E::kOutOfRange, 11, "floats[0]"},
      {"enum number too large", R"({"colors":[2147483648]})", E::kOutOfRange, 11, "colors[0]"},
      {"value too large", R"({"aValue":1e400})", E::kOutOfRange, 10, "a_value"},
      {"text for a number", R"({"int32s":["x"]})", E::kBadValue, 11, "int32s[0]"},
      {"empty text for a number", R"({"int32s":[""]})", E::kBadValue, 11, "int32s[0]"},
      {"space around a number", R"({"int32s":[" 1"]})", E::kBadValue, 11, "int32s[0]"},
      {"base64", R"({"blobs":["a b"]})", E::kBadValue, 10, "blobs[0]"},
      {"timestamp", R"({"at":"yesterday"})", E::kBadValue, 6, "at"},
      {"duration", R"({"lasting":"1m"})", E::kBadValue, 11, "lasting"},
      {"mask", R"({"mask":"a b"})", E::kBadValue, 8, "mask"},
      {"mask in proto spelling", R"({"mask":"user_name"})", E::kBadValue, 8, "mask"},
      {"integer map key", R"({"int32Map":{"x":""}})", E::kBadValue, 13, R"(int32_map["x"])"},
      {"integer map key range", R"({"uint32Map":{"-1":""}})", E::kOutOfRange, 14,
       R"(uint32_map["-1"])"},
      {"bool map key", R"({"boolMap":{"1":""}})", E::kBadValue, 12, R"(bool_map["1"])"},
      {"any without type", R"({"anAny":{"name":"n"}})", E::kBadValue, 9, "an_any"},
      {"any of unknown type", R"({"anAny":{"@type":"x/no.Such"}})", E::kBadValue, 18,
       "an_any.@type"},
      {"any type without slash", R"({"anAny":{"@type":"kratos.json.test.Item"}})", E::kBadValue, 18,
       "an_any.@type"},
      {"any type empty", R"({"anAny":{"@type":"","value":""}})", E::kBadValue, 18, "an_any.@type"},
      {"any type not a string", R"({"anAny":{"@type":1}})", E::kWrongType, 18, "an_any.@type"},
      {"any type not a string, last", R"({"anAny":{"name":"n","@type":1}})", E::kBadValue, 9,
       "an_any"},
      {"any without value", R"({"anAny":{"@type":"x/google.protobuf.Duration"}})", E::kBadValue, 47,
       "an_any"},
      {"any with a bad value", R"({"anAny":{"@type":"x/google.protobuf.Duration","value":"x"}})",
       E::kBadValue, 55, "an_any.value"},
      {"any with a bad field", R"({"anAny":{"@type":"x/kratos.json.test.Item","name":1}})",
       E::kWrongType, 51, "an_any.name"},
  };
  for (const Row& row : rows) Check(row, {});
}

TEST_CASE("duplicates") {
  using E = ErrorCode;
  const Row rows[] = {
      {"the same key", R"({"renamed":"a","renamed":"b"})", E::kDuplicateKey, 15, "renamed"},
      {"once by each name", R"({"maybeText":"a","maybe_text":"a"})", E::kDuplicateKey, 17,
       "maybe_text"},
      {"null first", R"({"maybeText":null,"maybeText":"a"})", E::kDuplicateKey, 18, "maybe_text"},
      {"lists", R"({"int32s":[1],"int32s":[2]})", E::kDuplicateKey, 14, "int32s"},
      {"a map key", R"({"stringMap":{"a":"1","b":"2","a":"3"}})", E::kDuplicateKey, 30,
       R"(string_map["a"])"},
      {"a map key, written in two ways", R"({"int32Map":{"1":"1","1.0":"2"}})", E::kDuplicateKey,
       21, R"(int32_map["1"])"},
      {"a struct key", R"({"aStruct":{"a":1,"\u0061":2}})", E::kDuplicateKey, 18,
       R"(a_struct["a"])"},
      {"an any's type", R"({"anAny":{"@type":"x/kratos.json.test.Item","@type":"y"}})",
       E::kDuplicateKey, 44, "an_any"},
      {"an any's type, late",
       R"({"anAny":{"name":"","@type":"x/kratos.json.test.Item","@type":""}})", E::kDuplicateKey,
       54, "an_any"},
      {"an any's value",
       R"({"anAny":{"@type":"x/google.protobuf.Duration","value":"1s","value":"1s"}})",
       E::kDuplicateKey, 60, "an_any"},
      {"two members of a oneof", R"({"choiceText":"a","choiceNumber":1})", E::kDuplicateOneof, 18,
       "choice_number"},
      {"two members, one a null value", R"({"choiceNumber":1,"choiceNull":null})",
       E::kDuplicateOneof, 18, "choice_null"},
      {"a field past the first 64", R"({"other-name":"a","wrappedBool":null,"renamed":"b"})",
       E::kDuplicateKey, 37, "renamed"},
  };
  for (const Row& row : rows) Check(row, {});
}

TEST_CASE("unknown names are errors when they should be") {
  using E = ErrorCode;
  const Row rows[] = {
      {"field", R"({"maybeText":"","nope":1})", E::kUnknownField, 16, ""},
      {"field inside", R"({"items":[{"nope":1}]})", E::kUnknownField, 11, "items[0]"},
      {"extension of a type without", R"({"[a.b]":1})", E::kUnknownField, 1, ""},
      {"case counts", R"({"MaybeText":""})", E::kUnknownField, 1, ""},
      {"enum", R"({"colors":["COLOR_RED","NO"]})", E::kUnknownEnum, 23, "colors[1]"},
      {"enum in other case", R"({"colors":["color_red"]})", E::kUnknownEnum, 11, "colors[0]"},
      {"enum number as string", R"({"colors":["1"]})", E::kUnknownEnum, 11, "colors[0]"},
      {"in an any of a well-known type",
       R"({"anAny":{"@type":"x/google.protobuf.Duration","value":"1s","x":1}})", E::kUnknownField,
       60, "an_any"},
  };
  for (const Row& row : rows) {
    Check(row, Strict());
    Everything message;
    CHECK(Summary(Decode(row.text, {}, &message)).empty());
  }
}

TEST_CASE("an error says it all in one line") {
  Everything message;
  const auto error = Decode(R"({"items":[{},{"name":1}]})", {}, &message);
  REQUIRE(error);
  CHECK(error->Describe() == "items[1].name: expected a string, found a number (at byte 21)");
  CHECK(Decode("[", {}, &message)->Describe() == "expected an object, found an array (at byte 0)");
  // However long the peer's text was, the message is not.
  const std::string longer(100'000, 'x');
  CHECK(Decode(R"({"at":")" + longer + "\"}", {}, &message)->message.size() < 200);
  CHECK(Decode(R"({")" + longer + R"(":1})", Strict(), &message)->message.size() < 200);
  CHECK(Decode(R"({"int32Map":{")" + longer + R"(":1}})", {}, &message)->Describe().size() < 400);
}

TEST_CASE("every code has a name of its own") {
  std::vector<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kUnencodable); ++i) {
    names.push_back(ToString(static_cast<ErrorCode>(i)));
    CHECK_FALSE(names.back().empty());
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

// Every text cut short anywhere is an error, never a crash or a success.
TEST_CASE("cut texts") {
  const std::string text =
      R"({"scalars":{"aDouble":-1.5e+3,"aString":"\u00e9\ud83d\ude00","aBool":true,"someBytes":"TQ=="},)"
      R"("items":[{"name":"x"}],"stringMap":{"a":"b"},"anAny":{"name":null,"@type":"x/kratos.json.test.Item"},)"
      R"("aValue":[null,false,{"a":[]}],"at":"2024-01-01T00:00:00Z","nope":[{}]})";
  Everything whole;
  REQUIRE_FALSE(Decode(text, {}, &whole));
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(length);
    // On the heap and exactly as long as it is, so that a sanitizer sees every byte read too far.
    const std::vector<char> cut(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
    Everything message;
    const auto error = Decode(std::string_view(cut.data(), cut.size()), {}, &message);
    REQUIRE(error);
    REQUIRE(error->offset <= length);
  }
}

}  // namespace
}  // namespace kratos::json::test
