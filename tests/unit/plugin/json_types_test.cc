#include "model/json_types.h"

#include <string>
#include <vector>

#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

using testing::Content;
using testing::Model;
using testing::Proto3;
using testing::RunPlugin;

// "demo.Book: name tags" for each message, in order.
std::vector<std::string> Tables(const std::string& body) {
  std::vector<std::string> out;
  for (const JsonMessage& message : Model(Proto3(body)).json_messages) {
    std::string& line = out.emplace_back(message.type.full_name + ':');
    for (const JsonField& field : message.fields) line += ' ' + field.name;
  }
  return out;
}

std::string Service(const std::string& request, const std::string& reply) {
  return " service S { rpc M(" + request + ") returns (" + reply +
         ") { option (google.api.http) = { post: '/v1/m' body: '*' }; } rpc NoRule(Alone) returns "
         "(Alone); } message Alone { string x = 1; }";
}

using Lines = std::vector<std::string>;

TEST_CASE("tables are made for what the rpcs with a route lead to") {
  CHECK(Tables("message A { B b = 1; } message B { map<string, C> cs = 1; } message C { A a = 1; }"
               "message D { int32 x = 1; }" +
               Service("A", "D")) == Lines{"demo.A: b", "demo.D: x", "demo.B: cs", "demo.C: a"});
  // Well-known types are the runtime's own, and a message without fields needs no table.
  CHECK(Tables("message A { google.protobuf.Timestamp at = 1; } message E {}" +
               Service("A", "E")) == Lines{"demo.A: at"});
  // Raw bytes as a whole message, an ordinary one inside another.
  CHECK(Tables("message A { string x = 1; }" + Service("A", "google.api.HttpBody")) ==
        Lines{"demo.A: x"});
  CHECK(Tables("message A { google.api.HttpBody raw = 1; }" + Service("A", "A")) ==
        Lines{"demo.A: raw", "google.api.HttpBody: content_type data extensions"});
}

TEST_CASE("fields without an accessor of their own are left out") {
  CHECK(Tables("message A { string x = 1; bool has_x = 2; bool ok = 3; }" + Service("A", "A")) ==
        Lines{"demo.A: ok"});
  CHECK(Tables("message A { int32 n = 1; int32 mutable_n = 2; repeated int32 set_n = 3; }" +
               Service("A", "A")) == Lines{});
  CHECK(Tables("message A { string s = 1 [ctype = CORD]; string t = 2; }" + Service("A", "A")) ==
        Lines{"demo.A: t"});
  CHECK(Tables("message A { string unknown_fields = 1; string t = 2; }" + Service("A", "A")) ==
        Lines{"demo.A: t"});
}

TEST_CASE("what a table says of a field") {
  const File file =
      Model(Proto3("enum E { Z = 0; } message A { E e = 1; optional bytes b = 2; repeated E es = 3;"
                   " map<int64, E> m = 4; oneof o { uint32 u = 5; A a = 6; } }" +
                   Service("A", "A")));
  const std::vector<JsonField>& fields = file.json_messages.at(0).fields;
  REQUIRE(fields.size() == 6);
  CHECK(fields[0].value.kind == JsonType::Kind::kEnum);
  CHECK_FALSE(fields[0].presence);
  CHECK(fields[1].value.kind == JsonType::Kind::kString);
  CHECK(fields[1].presence);
  CHECK(fields[2].shape == JsonField::Shape::kList);
  CHECK_FALSE(fields[2].presence);
  CHECK(fields[3].shape == JsonField::Shape::kMap);
  CHECK(fields[3].key == JsonType::Kind::kInt64);
  CHECK(fields[3].value.type.full_name == "demo.E");
  CHECK(fields[4].presence);
  CHECK(fields[5].value.kind == JsonType::Kind::kMessage);
}

TEST_CASE("json=reflection leaves the tables out") {
  const std::string proto = Proto3("message A { string x = 1; }" + Service("A", "A"));
  CHECK(Content(RunPlugin(proto), "demo.http.pb.cc").find("kAJson[]") != std::string::npos);
  CHECK(Content(RunPlugin(proto, "json=reflection"), "demo.http.pb.cc").find("kratos::json") ==
        std::string::npos);
}

TEST_CASE("tables are all there is without server and client") {
  const std::string source =
      Content(RunPlugin(Proto3("message A { string x = 1; }" + Service("A", "A")),
                        "client=false,server=false"),
              "demo.http.pb.cc");
  CHECK(source.find("kJsonRegistration") != std::string::npos);
  CHECK(source.find("::kratos::http") == std::string::npos);
}

TEST_CASE("names of tables give way to names that are taken") {
  const std::string source = Content(
      RunPlugin(Proto3("message A { string x = 1; } message kAJson {} message kJsonTypes {}" +
                       Service("A", "A"))),
      "demo.http.pb.cc");
  CHECK(source.find("FieldAccess kAJson_[]") != std::string::npos);
  CHECK(source.find("MessageAccess kJsonTypes_[]") != std::string::npos);
}

}  // namespace
}  // namespace kratos::plugin
