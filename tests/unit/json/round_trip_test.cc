// Text in, message, text out: what is read, how it is written, which spellings mean the same.
#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

struct Row {
  const char* name;
  const char* in;
  const char* out;  // with unset fields left out
};

TEST_CASE("scalars") {
  const Row rows[] = {
      {"empty", "{}", "{}"},
      {"white space", " \t\r\n{ }\n", "{}"},
      {"byte-order mark", "\xEF\xBB\xBF{\"aBool\":true}", R"({"aBool":true})"},
      {"double", R"({"aDouble":1.5e3})", R"({"aDouble":1500})"},
      {"double as string", R"({"aDouble":"1.5"})", R"({"aDouble":1.5})"},
      {"double keeps -0", R"({"aDouble":-0})", R"({"aDouble":-0})"},
      {"double NaN", R"({"aDouble":"NaN"})", R"({"aDouble":"NaN"})"},
      {"double infinities", R"({"aDouble":"-Infinity","aFloat":"Infinity"})",
       R"({"aDouble":"-Infinity","aFloat":"Infinity"})"},
      {"float in its own precision", R"({"aFloat":0.1})", R"({"aFloat":0.1})"},
      {"int32", R"({"anInt32":-2147483648})", R"({"anInt32":-2147483648})"},
      {"int32 as string", R"({"anInt32":"12"})", R"({"anInt32":12})"},
      {"int32 with point", R"({"anInt32":1.0})", R"({"anInt32":1})"},
      {"int32 with exponent", R"({"anInt32":1e2})", R"({"anInt32":100})"},
      {"int64 exact", R"({"anInt64":9223372036854775807})", R"({"anInt64":"9223372036854775807"})"},
      {"int64 as string", R"({"anInt64":"-9223372036854775808"})",
       R"({"anInt64":"-9223372036854775808"})"},
      {"uint64 exact", R"({"aUint64":18446744073709551615})",
       R"({"aUint64":"18446744073709551615"})"},
      {"the other integer encodings",
       R"({"aUint32":1,"aSint32":-2,"aSint64":-3,"aFixed32":4,"aFixed64":5,"aSfixed32":-6,"aSfixed64":-7})",
       R"({"aUint32":1,"aSint32":-2,"aSint64":"-3","aFixed32":4,"aFixed64":"5","aSfixed32":-6,"aSfixed64":"-7"})"},
      {"bool", R"({"aBool":true})", R"({"aBool":true})"},
      {"false is the default", R"({"aBool":false})", "{}"},
      {"string", R"({"aString":"h\u00e9 \ud83d\ude00 \u0000 \/ \b\f\n\r\t\"\\"})",
       "{\"aString\":\"h\xC3\xA9 \xF0\x9F\x98\x80 \\u0000 / \\b\\f\\n\\r\\t\\\"\\\\\"}"},
      {"raw UTF-8", "{\"aString\":\"\xE2\x82\xAC\"}", "{\"aString\":\"\xE2\x82\xAC\"}"},
      {"bytes", R"({"someBytes":"-_8"})", R"({"someBytes":"+/8="})"},
      {"enum by name", R"({"aColor":"COLOR_RED"})", R"({"aColor":"COLOR_RED"})"},
      {"enum by number", R"({"aColor":2})", R"({"aColor":"COLOR_BLUE"})"},
      {"enum below zero", R"({"aColor":-1})", R"({"aColor":"COLOR_BELOW"})"},
      {"enum number as 1.0", R"({"aColor":1.0})", R"({"aColor":"COLOR_RED"})"},
      {"undefined enum number", R"({"aColor":77})", R"({"aColor":77})"},
      {"proto names", R"({"a_string":"x","an_int32":1})", R"({"anInt32":1,"aString":"x"})"},
      {"escaped key", R"({"a\u0053tring":"x"})", R"({"aString":"x"})"},
      {"null is unset", R"({"aString":null,"anInt32":null,"aColor":null,"someBytes":null})", "{}"},
      {"unknown fields", R"({"nope":{"a":[1,"x",null,true,{"b":{}}]},"aBool":true,"x":1e5})",
       R"({"aBool":true})"},
      {"unknown enum name", R"({"aColor":"COLOR_NONE","aBool":true})", R"({"aBool":true})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Reprint<Scalars>(row.in) == row.out);
  }
}

TEST_CASE("lists, maps, messages and oneofs") {
  const Row rows[] = {
      {"lists",
       R"({"int32s":[1,"2",3.0],"int64s":[1,"2"],"doubles":[1,"NaN"],"floats":[0.1],"bools":[true,false]})",
       R"({"int32s":[1,2,3],"int64s":["1","2"],"doubles":[1,"NaN"],"floats":[0.1],"bools":[true,false]})"},
      {"more lists",
       R"({"strings":["","a\n"],"blobs":["","TQ"],"colors":["COLOR_RED",0,9],"uint32s":[1],"uint64s":[2]})",
       R"({"strings":["","a\n"],"blobs":["","TQ=="],"colors":["COLOR_RED","COLOR_UNSPECIFIED",9],"uint32s":[1],"uint64s":["2"]})"},
      {"empty list", R"({"int32s":[]})", "{}"},
      {"null list", R"({"int32s":null,"items":null})", "{}"},
      {"unknown enum names leave a list", R"({"colors":["COLOR_RED","NO","COLOR_BLUE"]})",
       R"({"colors":["COLOR_RED","COLOR_BLUE"]})"},
      {"messages", R"({"anItem":{},"items":[{"name":"a"},{},{"itemCount":2}]})",
       R"({"anItem":{},"items":[{"name":"a"},{},{"itemCount":2}]})"},
      {"maps are ordered by key",
       R"({"stringMap":{"b":"2","":"0","a":"1"},"int32Map":{"10":"x","-1":"z","9":"y"}})",
       R"({"stringMap":{"":"0","a":"1","b":"2"},"int32Map":{"-1":"z","9":"y","10":"x"}})"},
      {"map keys of every type",
       R"({"int64Map":{"-9223372036854775808":"a"},"uint32Map":{"4294967295":"b"},"uint64Map":{"18446744073709551615":"c","1":"d"},"boolMap":{"true":"t","false":"f"}})",
       R"({"int64Map":{"-9223372036854775808":"a"},"uint32Map":{"4294967295":"b"},"uint64Map":{"1":"d","18446744073709551615":"c"},"boolMap":{"false":"f","true":"t"}})"},
      {"map values",
       R"({"itemMap":{"k":{"name":"n"},"e":{}},"colorMap":{"r":"COLOR_RED","n":1},"valueMap":{"x":null,"y":[1]}})",
       R"({"itemMap":{"e":{},"k":{"name":"n"}},"colorMap":{"n":"COLOR_RED","r":"COLOR_RED"},"valueMap":{"x":null,"y":[1]}})"},
      {"unknown enum names leave a map", R"({"colorMap":{"a":"NO","b":"COLOR_BLUE"}})",
       R"({"colorMap":{"b":"COLOR_BLUE"}})"},
      {"keys are escaped", R"({"stringMap":{"a\"\u0001":"x"}})",
       R"({"stringMap":{"a\"\u0001":"x"}})"},
      {"oneof scalar set to its default", R"({"choiceNumber":0})", R"({"choiceNumber":0})"},
      {"oneof message", R"({"choiceItem":{}})", R"({"choiceItem":{}})"},
      {"null does not take the oneof", R"({"choiceText":null,"choiceNumber":3})",
       R"({"choiceNumber":3})"},
      {"null takes the oneof where it is a value", R"({"choiceNull":null})",
       R"({"choiceNull":null})"},
      {"null Value in a oneof", R"({"choiceValue":null,"choiceText":null})",
       R"({"choiceValue":null})"},
      {"optional fields set to their default", R"({"maybeText":"","maybeNumber":0,"maybeItem":{}})",
       R"({"maybeText":"","maybeNumber":0,"maybeItem":{}})"},
      {"json_name", R"({"other-name":"x"})", R"({"other-name":"x"})"},
      {"the proto name beside a json_name", R"({"renamed":"x"})", R"({"other-name":"x"})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Reprint<Everything>(row.in) == row.out);
  }
}

TEST_CASE("decoding merges") {
  Small message;
  message.set_number(1);
  message.set_text("kept");
  message.mutable_an_item()->set_name("kept");
  message.add_items()->set_name("first");
  (*message.mutable_counts())["a"] = 1;
  (*message.mutable_counts())["b"] = 2;
  REQUIRE_FALSE(Decode(R"({"number":2,"anItem":{"itemCount":3},"items":[{"name":"second"}],)"
                       R"("counts":{"b":20},"text":null})",
                       {}, &message));
  CHECK(Print(message) ==
        R"({"number":2,"text":"kept","anItem":{"name":"kept","itemCount":3},)"
        R"("items":[{"name":"first"},{"name":"second"}],"counts":{"a":1,"b":20}})");
}

}  // namespace
}  // namespace kratos::json::test
