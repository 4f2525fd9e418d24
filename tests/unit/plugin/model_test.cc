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

TEST_CASE("what streams, and what its body rules come to") {
  const File file = Model(Proto3(R"(
message Part { string text = 1; repeated string tags = 2; google.api.HttpBody file = 3; Part part = 4;
  repeated google.api.HttpBody files = 5; }
service S {
  rpc Server(Part) returns (stream Part) { option (google.api.http) = {
    get: "/a" response_body: "text"
    additional_bindings { post: "/b" body: "text" response_body: "file" }
    additional_bindings { get: "/c" response_body: "files" } }; }
  rpc Client(stream Part) returns (Part) { option (google.api.http) = {
    post: "/d" response_body: "file"
    additional_bindings { post: "/e" body: "part" }
    additional_bindings { post: "/f" body: "file" response_body: "text" }
    additional_bindings { post: "/g" body: "text" }
    additional_bindings { post: "/h" body: "files" }
    additional_bindings { post: "/i" body: "nowhere" } }; }
  rpc Raw(stream google.api.HttpBody) returns (Part) { option (google.api.http) = {
    get: "/j"
    additional_bindings { custom { kind: "*" path: "/k" } body: "*" }
    additional_bindings { put: "/l" body: "data" }
    additional_bindings { put: "/m" body: "nowhere" } }; }
  rpc Bidi(stream google.api.HttpBody) returns (stream Part) { option (google.api.http) = {
    put: "/n" body: "*" response_body: "file" }; }
}
)"));
  CHECK(DebugString(file) ==
        "file demo.proto package=demo\n"
        "service demo.S\n"
        "  rpc /demo.S/Server demo.Part -> demo.Part server streaming\n"
        "    GET /a stream=server\n"
        "    POST /b body=text response_body=file stream=server\n"
        "    GET /c stream=server\n"
        "  rpc /demo.S/Client demo.Part -> demo.Part client streaming\n"
        "    POST /d stream=client\n"
        "    POST /e body=part stream=client\n"
        "    POST /f body=file response_body=text stream=upload\n"
        "    POST /g body=text stream=client\n"
        "    POST /h body=files stream=client\n"
        "    POST /i body=nowhere stream=client\n"
        "  rpc /demo.S/Raw google.api.HttpBody -> demo.Part client streaming\n"
        "    GET /j stream=upload\n"
        "    * /k body=* stream=upload\n"
        "    PUT /l body=data stream=client\n"
        "    PUT /m body=nowhere stream=client\n"
        "  rpc /demo.S/Bidi google.api.HttpBody -> demo.Part bidi streaming\n"
        "    PUT /n body=* stream=bidi\n");

  const std::vector<Method>& methods = file.services[0].methods;
  CHECK(methods[0].bindings[1].StreamedField() == nullptr);  // Its request does not stream.
  CHECK(methods[0].bindings[0].rule.response_body.text == "text");
  std::vector<std::string> streamed;
  for (const Binding& binding : methods[1].bindings) {
    const Field* field = binding.StreamedField();
    streamed.push_back(field == nullptr ? "" : field->name);
    CHECK(binding.TakesStream());
    CHECK(binding.IsWebSocketOnly() == (binding.path != "/f"));
  }
  CHECK(streamed == std::vector<std::string>{"", "part", "file", "", "", ""});
  CHECK(file.services[0].HasHttpStreams());
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
