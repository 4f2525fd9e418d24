#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

struct Row {
  const char* name;
  const char* in;
  const char* out;
};

TEST_CASE("well-known types as fields") {
  const Row rows[] = {
      {"timestamp", R"({"at":"2024-05-06T07:08:09.5+01:00"})",
       R"({"at":"2024-05-06T06:08:09.500Z"})"},
      {"duration", R"({"lasting":"-1.5s"})", R"({"lasting":"-1.500s"})"},
      {"field mask", R"({"mask":"userName,a.bC"})", R"({"mask":"userName,a.bC"})"},
      {"empty field mask", R"({"mask":""})", R"({"mask":""})"},
      {"empty", R"({"nothing":{}})", R"({"nothing":{}})"},
      {"struct", R"({"aStruct":{"b":{"c":[1,"x",false,null]},"a":{}}})",
       R"({"aStruct":{"a":{},"b":{"c":[1,"x",false,null]}}})"},
      {"value null", R"({"aValue":null})", R"({"aValue":null})"},
      {"value number", R"({"aValue":1.25})", R"({"aValue":1.25})"},
      {"value string", R"({"aValue":"x"})", R"({"aValue":"x"})"},
      {"value bool", R"({"aValue":false})", R"({"aValue":false})"},
      {"value list", R"({"aValue":[[],[1]]})", R"({"aValue":[[],[1]]})"},
      {"value struct", R"({"aValue":{"k":{}}})", R"({"aValue":{"k":{}}})"},
      {"list value", R"({"aList":[1,[2],null]})", R"({"aList":[1,[2],null]})"},
      {"list of values", R"({"values":[null,1,"x"]})", R"({"values":[null,1,"x"]})"},
      {"list of times", R"({"times":["1970-01-01T00:00:00Z"]})",
       R"({"times":["1970-01-01T00:00:00Z"]})"},
      {"null value", R"({"aNull":null})", "{}"},
      {"null value by name", R"({"choiceNull":"NULL_VALUE"})", R"({"choiceNull":null})"},
      {"wrappers at their defaults",
       R"({"wrappedDouble":0,"wrappedFloat":0,"wrappedInt64":"0","wrappedUint64":0,"wrappedInt32":0,"wrappedUint32":0,"wrappedBool":false,"wrappedString":"","wrappedBytes":""})",
       R"({"wrappedDouble":0,"wrappedFloat":0,"wrappedInt64":"0","wrappedUint64":"0","wrappedInt32":0,"wrappedUint32":0,"wrappedBool":false,"wrappedString":"","wrappedBytes":""})"},
      {"wrappers", R"({"wrappedDouble":"NaN","wrappedInt64":12,"wrappedBytes":"TQ"})",
       R"({"wrappedDouble":"NaN","wrappedInt64":"12","wrappedBytes":"TQ=="})"},
      {"null wrappers",
       R"({"wrappedDouble":null,"at":null,"mask":null,"aStruct":null,"anAny":null,"nothing":null})",
       "{}"},
      {"any of nothing", R"({"anAny":{}})", R"({"anAny":{}})"},
      {"any", R"({"anAny":{"@type":"type.googleapis.com/kratos.json.test.Item","name":"n"}})",
       R"({"anAny":{"@type":"type.googleapis.com/kratos.json.test.Item","name":"n"}})"},
      {"any with its type last",
       R"({"anAny":{"name":"n","itemCount":2,"@type":"x/kratos.json.test.Item"}})",
       R"({"anAny":{"@type":"x/kratos.json.test.Item","name":"n","itemCount":2}})"},
      {"any of a well-known type",
       R"({"anAny":{"value":"1.5s","@type":"type.googleapis.com/google.protobuf.Duration"}})",
       R"({"anAny":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1.500s"}})"},
      {"any of Empty without value", R"({"anAny":{"@type":"x/google.protobuf.Empty"}})",
       R"({"anAny":{"@type":"x/google.protobuf.Empty","value":{}}})"},
      {"any of a null Value", R"({"anAny":{"@type":"x/google.protobuf.Value","value":null}})",
       R"({"anAny":{"@type":"x/google.protobuf.Value","value":null}})"},
      {"any in any, types last",
       R"({"anAny":{"value":{"value":{"name":"n","@type":"c/kratos.json.test.Item"},"@type":"b/google.protobuf.Any"},"@type":"a/google.protobuf.Any"}})",
       R"({"anAny":{"@type":"a/google.protobuf.Any","value":{"@type":"b/google.protobuf.Any","value":{"@type":"c/kratos.json.test.Item","name":"n"}}}})"},
      {"anys after one another, types last",
       R"({"anys":[{"name":"a","@type":"x/kratos.json.test.Item"},{"name":"b","@type":"x/kratos.json.test.Item"},{}]})",
       R"({"anys":[{"@type":"x/kratos.json.test.Item","name":"a"},{"@type":"x/kratos.json.test.Item","name":"b"},{}]})"},
      {"any holding messages with keys like its own",
       R"({"anAny":{"anAny":{"leaf":5,"@type":"x/kratos.json.test.Node"},"@type":"x/kratos.json.test.Node"}})",
       R"({"anAny":{"@type":"x/kratos.json.test.Node","anAny":{"@type":"x/kratos.json.test.Node","leaf":5}}})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Reprint<Everything>(row.in, Strict()) == row.out);
  }
}

TEST_CASE("well-known types as whole texts") {
  CHECK(Reprint<google::protobuf::StringValue>(R"("x")") == R"("x")");
  CHECK(Reprint<google::protobuf::Int64Value>("12") == R"("12")");
  CHECK(Reprint<google::protobuf::BoolValue>("true") == "true");
  CHECK(Reprint<google::protobuf::Value>("null") == "null");
  CHECK(Reprint<google::protobuf::ListValue>("[1, [ ] ]") == "[1,[]]");
  CHECK(Reprint<google::protobuf::Struct>(R"({"a":1})") == R"({"a":1})");
  CHECK(Reprint<google::protobuf::Timestamp>(R"("1970-01-01T00:00:00Z")") ==
        R"("1970-01-01T00:00:00Z")");
  CHECK(Reprint<google::protobuf::Duration>(R"("1s")") == R"("1s")");
  CHECK(Reprint<google::protobuf::FieldMask>(R"("a,b")") == R"("a,b")");
  CHECK(Reprint<google::protobuf::Empty>("{}") == "{}");
  CHECK(Reprint<google::protobuf::Any>("{}") == "{}");
}

TEST_CASE("the shapes of Go's structs are read when asked for") {
  DecodeOptions go;
  go.go_struct_shapes = true;
  const char* text = R"({"at":{"seconds":1,"nanos":500000000},"lasting":{"seconds":"-2"}})";
  CHECK(Reprint<Everything>(text, go) == R"({"at":"1970-01-01T00:00:01.500Z","lasting":"-2s"})");
  CHECK(Reprint<Everything>(R"({"at":"1970-01-01T00:00:00Z"})", go) ==
        R"({"at":"1970-01-01T00:00:00Z"})");
  Everything message;
  CHECK(Summary(Decode(text, {}, &message)) == "at wrong-type");
  CHECK(Summary(Decode(R"({"at":{"nanos":-1}})", go, &message)) == "at out-of-range");
  CHECK(Summary(Decode(R"({"lasting":{"seconds":1,"nanos":-1}})", go, &message)) ==
        "lasting out-of-range");
}

}  // namespace
}  // namespace kratos::json::test
