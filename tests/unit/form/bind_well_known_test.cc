#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("K13: Timestamp and Duration in a query") {
  const Good good[] = {
      {"UTC", "when=2020-01-02T03:04:05Z", "when { seconds: 1577934245 }"},
      {"fraction", "when=1970-01-01T00:00:00.000000001Z", "when { nanos: 1 }"},
      {"offset", "when=1970-01-01T01:00:00%2B01:00", "when { }"},
      {"proto JSON duration", "span=90s", "span { seconds: 90 }"},
      {"fraction of a second", "span=-1.5s", "span { seconds: -1 nanos: -500000000 }"},
      {"Go's duration", "span=1m30s", "span { seconds: 90 }"},
      {"zero", "span=0", "span { }"},
      {"list", "whens=1970-01-01T00:00:01Z&whens=1970-01-01T00:00:02Z",
       "whens { seconds: 1 } whens { seconds: 2 }"},
      {"sub-field", "when.seconds=5&when.nanos=6", "when { seconds: 5 nanos: 6 }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"the text null", "when=null", "when"},
      {"the text null", "span=null", "span"},
      {"quoted", "when=%222020-01-02T03:04:05Z%22", "when"},
      {"no zone", "when=2020-01-02T03:04:05", "when"},
      {"date only", "when=2020-01-02", "when"},
      {"unit missing", "span=5", "span"},
      {"too long", "span=315576000001s", "span"},
      {"whole and by its fields", "when=2020-01-02T03:04:05Z&when.seconds=5", "when"},
      {"by its fields and whole", "when.seconds=5&when=2020-01-02T03:04:05Z", "when"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

std::string Nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

TEST_CASE("K14: Struct, Value, ListValue and Any are JSON text") {
  const Good good[] = {
      {"Struct", R"(shape={"a":1})", "shape { fields { key: 'a' value { number_value: 1 } } }"},
      {"empty Struct", "shape={}", "shape { }"},
      {"key of a Struct", "shape.a=x", "shape { fields { key: 'a' value { string_value: 'x' } } }"},
      {"key of a Struct in brackets", "shape[a.b]=true",
       "shape { fields { key: 'a.b' value { bool_value: true } } }"},
      {"fields of a Struct", "shape.fields[a].numberValue=2",
       "shape { fields { key: 'a' value { number_value: 2 } } }"},
      {"Value: number", "value=1", "value { number_value: 1 }"},
      {"Value: null", "value=null", "value { null_value: NULL_VALUE }"},
      {"Value: JSON string", "value=%22x%22", "value { string_value: 'x' }"},
      {"Value: falls back to a string", "value=x", "value { string_value: 'x' }"},
      {"Value: broken JSON is a string", "value={a", "value { string_value: '{a' }"},
      {"Value: list", "value=[1]", "value { list_value { values { number_value: 1 } } }"},
      {"Value: by its fields", "value.stringValue=1", "value { string_value: '1' }"},
      {"ListValue", "list=[true,null]",
       "list { values { bool_value: true } values { null_value: NULL_VALUE } }"},
      {"list of Values", "manyValues=1&manyValues=x",
       "many_values { number_value: 1 } many_values { string_value: 'x' }"},
      {"map of Values", "values[a]=1&values.b=x",
       "values { key: 'a' value { number_value: 1 } } "
       "values { key: 'b' value { string_value: 'x' } }"},
      {"Any by its fields", "any.typeUrl=t/kratos.form.test.Leaf&any.value=CgFh",
       "any { type_url: 't/kratos.form.test.Leaf' value: '\\n\\001a' }"},
      {"Any", R"(any={"@type":"type.googleapis.com/kratos.form.test.Leaf","name":"a"})",
       "any { [type.googleapis.com/kratos.form.test.Leaf] { name: 'a' } }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"Struct needs an object", "shape=1", "shape"},
      {"broken JSON", "shape={", "shape"},
      {"ListValue needs an array", "list={}", "list"},
      {"Any needs a type", R"(any={"name":"a"})", "any"},
      {"too deep a Value", "value=" + Nested(101), "value"},
      {"too deep a Value, far too deep", "value=" + Nested(100'000), "value"},
      {"too deep a Value after a byte-order mark", "value=\xEF\xBB\xBF" + Nested(101), "value"},
      {"too deep a Value in a list", "manyValues=1&manyValues=" + Nested(101), "many_values"},
      {"too deep a Value in a map", "values[a]=" + Nested(101), "values[a]"},
      {"too deep a ListValue", "list=" + Nested(101), "list"},
      {"two kinds of a Value", "value.stringValue=a&value.numberValue=1", "value.number_value"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

TEST_CASE("a Value that is no JSON is a string however many brackets it has") {
  for (const std::string& text :
       {std::string(101, '['), "[" + Nested(101), Nested(101) + "x", Nested(101) + "]",
        std::string(100'000, '['), Nested(101) + std::string("\0x", 2),
        std::string(200, '[') + "\xEF\xBF\xBF"}) {
    INFO(text.substr(0, 300));
    Everything message;
    CHECK(Bind({{"value", text}}, {}, &message).ok());
    CHECK(message.value().string_value() == text);
  }
}

TEST_CASE("strings that look like deep JSON are Values that come back as strings") {
  for (const std::string& text :
       {Nested(1), Nested(99), Nested(101), Nested(10'000), std::string(99, '[') + "x",
        std::string(101, '['), Nested(98) + "x", std::string("{\"a\":1,\"a\":1}"),
        std::string(98, '[') + "{\"a\":1,\"a\":1}" + std::string(98, ']')}) {
    INFO(text.substr(0, 300));
    Everything message;
    message.mutable_list()->add_values()->set_string_value("x");
    message.add_many_values()->set_string_value(text);
    (*message.mutable_values())["k"].set_string_value(text);
    const auto pairs = ToPairs(message);
    REQUIRE(pairs.ok());
    Everything back;
    REQUIRE(Bind(*pairs, {}, &back).ok());
    CHECK(ToText(back) == ToText(message));
  }
}

TEST_CASE("wrappers and masks") {
  const Good good[] = {
      {"wrapper", "w_int32=-3", "w_int32 { value: -3 }"},
      {"by its field", "w_int32.value=3", "w_int32 { value: 3 }"},
      {"64 bits", "w_uint64=18446744073709551615", "w_uint64 { value: 18446744073709551615 }"},
      {"float", "w_float=1.5", "w_float { value: 1.5 }"},
      {"string", "w_string=a+b", "w_string { value: 'a b' }"},
      {"list", "w_strings=a&w_strings=", "w_strings { value: 'a' } w_strings { }"},
      {"mask in camelCase", "mask=userName,sub.rawData",
       "mask { paths: 'user_name' paths: 'sub.raw_data' }"},
      {"mask in snake_case", "mask=user_name", "mask { paths: 'user_name' }"},
      {"mask by its paths", "mask.paths=a&mask.paths=b", "mask { paths: 'a' paths: 'b' }"},
      {"Empty as JSON", "nothing={}", "nothing { }"},
  };
  for (const Good& row : good) CheckGood(row);
  const Bad bad[] = {
      {"wrapper", "w_int32=x", "w_int32"},
      {"by its field", "w_int32.value=x", "w_int32.value"},
      {"whole and by its field", "w_int32=1&w_int32.value=2", "w_int32"},
      {"mask with an empty path", "mask=a,,b", "mask"},
      {"mask with other characters", "mask=a+b", "mask"},
      {"Empty with a value", "nothing=x", "nothing"},
  };
  for (const Bad& row : bad) CheckBad(row);
}

}  // namespace
}  // namespace kratos::form::test
