#include "model/model.h"

#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

using testing::Model;
using testing::Proto3;

const char kLibrary[] = R"(
message Book { string name = 1; Book parent = 2; repeated string tags = 3; }
// A library.
service Library {
  // Gets.
  rpc Get(Book) returns (Book) {
    option (google.api.http) = {
      get: "/v1/{parent.name=shelves/*}/{name}"
      additional_bindings { post: "/v1/get" body: "*" response_body: "tags" }
      additional_bindings { custom { kind: "head" path: "/v1/{name}" } }
    };
  }
  rpc Plain(Book) returns (google.protobuf.Empty);
  rpc Watch(stream Book) returns (stream Book);
  rpc Broken(Book) returns (Book) { option (google.api.http) = { put: "/v1//" body: "parent" }; }
}
)";

TEST_CASE("a model, printed") {
  CHECK(DebugString(Model(Proto3(kLibrary))) ==
        "file demo.proto package=demo\n"
        "service demo.Library\n"
        "  rpc /demo.Library/Get demo.Book -> demo.Book unary\n"
        "    GET /v1/{parent.name=shelves/*}/{name} {parent.name} {name}\n"
        "    POST /v1/get body=* response_body=tags\n"
        "    HEAD /v1/{name} {name}\n"
        "  rpc /demo.Library/Plain demo.Book -> google.protobuf.Empty unary\n"
        "  rpc /demo.Library/Watch demo.Book -> demo.Book bidi streaming\n"
        "  rpc /demo.Library/Broken demo.Book -> demo.Book unary\n"
        "    PUT /v1// body=parent error=empty-segment\n");
}

TEST_CASE("omitempty=false gives unary rpcs a route") {
  const File file = Model(Proto3(kLibrary), false, "/api");
  REQUIRE(file.services[0].methods[1].bindings.size() == 1);
  const Binding& binding = file.services[0].methods[1].bindings[0];
  CHECK(binding.implied);
  CHECK(binding.http_method == "POST");
  CHECK(binding.path == "/api/demo.Library/Plain");
  CHECK(binding.body.kind == BodyRule::Kind::kWhole);
  CHECK(file.services[0].methods[2].bindings.empty());
  CHECK(file.services[0].methods[0].bindings[0].path == "/v1/{parent.name=shelves/*}/{name}");
}

TEST_CASE("comments, places, equality") {
  const File file = Model(Proto3(kLibrary));
  const Service& service = file.services[0];
  CHECK(service.comments.leading == " A library.\n");
  CHECK(service.methods[0].comments.leading == " Gets.\n");
  CHECK(service.location == Location{"demo.proto", 10, 1});
  CHECK(service.methods[0].location == Location{"demo.proto", 12, 3});
  CHECK(service.methods[0].bindings[1].source.at == Location{"demo.proto", 13, 5});
  CHECK(file == Model(Proto3(kLibrary)));
}

TEST_CASE("field paths stop where they must") {
  const File file = Model(Proto3(R"(
message Book { string name = 1; Book parent = 2; repeated Book parts = 3; }
service S { rpc Get(Book) returns (Book) { option (google.api.http) = {
  get: "/{parent.nam}/{name.x}/{parts.name}/{parent.parent.name}" }; } }
)"));
  const auto& variables = file.services[0].methods[0].bindings[0].variables;
  REQUIRE(variables.size() == 4);
  CHECK(variables[0].outcome == FieldPath::Outcome::kUnknownField);
  CHECK(variables[0].fields.size() == 1);
  CHECK(variables[1].outcome == FieldPath::Outcome::kThroughScalar);
  CHECK(variables[2].outcome == FieldPath::Outcome::kThroughRepeated);
  CHECK(variables[3].outcome == FieldPath::Outcome::kResolved);
  CHECK(variables[3].Text() == "parent.parent.name");
}

}  // namespace
}  // namespace kratos::plugin
