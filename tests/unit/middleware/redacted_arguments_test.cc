#include <google/protobuf/any.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/type.pb.h>

#include <string>

#include "fixture.h"
#include "kratos/middleware/logging.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

TEST_CASE("redacted arguments: hidden fields at any depth, the rest as JSON") {
  google::protobuf::Type type;
  type.set_name("secret name");
  type.mutable_source_context()->set_file_name("kept");
  auto* field = type.add_fields();
  field->set_name("secret too");
  field->set_number(7);
  field->set_json_name("kept");
  type.add_oneofs("list secret");
  CHECK(
      RedactedArguments({"name", "oneofs", "number"})(type) ==
      R"({"name":"***","fields":[{"name":"***","jsonName":"kept"}],"sourceContext":{"fileName":"kept"}})");
  CHECK(type.name() == "secret name");
}

TEST_CASE("redacted arguments: keys of a Struct, and Any as a whole") {
  google::protobuf::Struct object;
  (*object.mutable_fields())["password"].set_string_value("tiger");
  CHECK(RedactedArguments({"password"})(object) == R"({"password":"***"})");
  google::protobuf::Struct inner;
  (*inner.mutable_fields())["password"].set_number_value(1);
  google::protobuf::Struct outer;
  *(*outer.mutable_fields())["in"].mutable_struct_value() = inner;
  CHECK(RedactedArguments({"password"})(outer) == R"({"in":{"password":"***"}})");
  google::protobuf::Any any;
  any.PackFrom(inner);
  CHECK(RedactedArguments({"password"})(any) == "{}");
}

TEST_CASE("redacted arguments: cut between two characters") {
  StringValue request;
  request.set_value("ab\xC3\xBC\xC3\xBC");  // Printed with quotes: "abüü"
  CHECK(RedactedArguments({}, 8)(request) == "\"ab\xC3\xBC\xC3\xBC\"");
  CHECK(RedactedArguments({}, 7)(request) == "\"ab\xC3\xBC\xC3\xBC...");
  CHECK(RedactedArguments({}, 6)(request) == "\"ab\xC3\xBC...");
  CHECK(RedactedArguments({}, 0)(request) == "...");
}

}  // namespace
}  // namespace kratos::middleware
