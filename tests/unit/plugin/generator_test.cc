#include "generator.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include "google/api/annotations.pb.h"
#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

using google::protobuf::compiler::CodeGeneratorRequest;
using google::protobuf::compiler::CodeGeneratorResponse;
using testing::Content;
using testing::MakeRequest;
using testing::Proto3;

std::optional<std::string> NoFiles(const std::string& /*path*/) { return std::nullopt; }

const char kService[] =
    "message M { string x = 1; } service S { rpc R(M) returns (M) { option (google.api.http) = { "
    "get: '/v1/{x}' }; } }";

TEST_CASE("both files are always there") {
  const Generated generated = testing::RunPlugin("syntax = 'proto3'; message M {}");
  REQUIRE(generated.response.file_size() == 2);
  CHECK(generated.response.file(0).name() == "demo.http.pb.h");
  CHECK(generated.response.file(1).name() == "demo.http.pb.cc");
  CHECK((generated.response.supported_features() &
         CodeGeneratorResponse::FEATURE_PROTO3_OPTIONAL) != 0);
}

TEST_CASE("the gRPC side is two more files, and changes nothing in the others") {
  const Generated plain = testing::RunPlugin(Proto3(kService));
  const Generated both = testing::RunPlugin(Proto3(kService), "grpc=true");
  REQUIRE(plain.response.file_size() == 2);
  REQUIRE(both.response.file_size() == 4);
  CHECK(both.response.file(0).content() == plain.response.file(0).content());
  CHECK(both.response.file(1).content() == plain.response.file(1).content());
  CHECK(both.response.file(2).name() == "demo.kratos_grpc.pb.h");
  CHECK(both.response.file(3).name() == "demo.kratos_grpc.pb.cc");
  // Nothing of gRPC's own is included.
  for (const auto& file : both.response.file()) {
    CHECK(file.content().find("#include <grpc") == std::string::npos);
    CHECK(file.content().find("#include \"grpc") == std::string::npos);
  }
  const Generated client = testing::RunPlugin(Proto3(kService), "grpc=true,server=false");
  CHECK(client.response.file(2).content().find("Register") == std::string::npos);
  CHECK(client.response.file(2).content().find("class SGrpcClient") != std::string::npos);
  const Generated server = testing::RunPlugin(Proto3(kService), "grpc=true,client=false");
  CHECK(server.response.file(2).content().find("RegisterSGrpcServer") != std::string::npos);
  CHECK(server.response.file(2).content().find("GrpcClient") == std::string::npos);
  CHECK(testing::RunPlugin("syntax = 'proto3'; message M {}", "grpc=true").response.file_size() ==
        4);
}

TEST_CASE("an error leaves no file") {
  const Generated generated = testing::RunPlugin(Proto3(kService), "bogus");
  CHECK(generated.response.file_size() == 0);
  CHECK(generated.response.error().find("1 error\nerror[bad-parameter]") == 0);
  CHECK(generated.warnings.empty());
}

TEST_CASE("only the files asked for, each on its own") {
  const std::string a =
      "syntax = 'proto3'; package p; import 'b.proto'; import 'google/api/annotations.proto';"
      "service A { rpc R(M) returns (M) { option (google.api.http) = { get: '/v1/{x}' }; } }";
  const std::string b =
      "syntax = 'proto3'; package p; message M { string x = 1; } message AServer {}";
  const Generated one =
      Generate(MakeRequest({{"a.proto", a}, {"b.proto", b}}, {"a.proto"}), NoFiles);
  const Generated two =
      Generate(MakeRequest({{"a.proto", a}, {"b.proto", b}}, {"b.proto", "a.proto"}), NoFiles);
  CHECK(one.response.file_size() == 2);
  CHECK(two.response.file_size() == 4);
  CHECK(Content(one, "a.http.pb.h") == Content(two, "a.http.pb.h"));
  CHECK(Content(one, "a.http.pb.cc") == Content(two, "a.http.pb.cc"));
  CHECK(Content(one, "a.http.pb.h").find("class AServer_ {") != std::string::npos);
}

TEST_CASE("an import's adjusted names are taken") {
  const std::string a =
      "syntax = 'proto3'; package p; message E {}"
      "service A { rpc BC(E) returns (E); } service AB { rpc C(E) returns (E); }";
  const std::string b =
      "syntax = 'proto3'; package p; import 'a.proto'; service AB_ { rpc C(E) returns (E); }";
  const std::string c =
      "syntax = 'proto3'; package p; import 'b.proto'; import 'a.proto';"
      "service AB__ { rpc C(E) returns (E); }";
  const Generated generated = Generate(MakeRequest({{"a.proto", a}, {"b.proto", b}, {"c.proto", c}},
                                                   {"a.proto", "b.proto", "c.proto"}),
                                       NoFiles);
  CHECK(Content(generated, "a.http.pb.h").find(" kOperationAB_C[]") != std::string::npos);
  CHECK(Content(generated, "b.http.pb.h").find(" kOperationAB__C[]") != std::string::npos);
  CHECK(Content(generated, "c.http.pb.h").find(" kOperationAB___C[]") != std::string::npos);
}

TEST_CASE("the namespaces of packages below the file's are taken") {
  const Generated generated =
      Generate(MakeRequest({{"a.proto", "syntax = 'proto3'; package p.SServer.v1; message M {}"},
                            {"b.proto",
                             "syntax = 'proto3'; package p; import 'a.proto';"
                             "service S { rpc R(p.SServer.v1.M) returns (p.SServer.v1.M); }"}},
                           {"b.proto"}),
               NoFiles);
  CHECK(Content(generated, "b.http.pb.h").find("class SServer_ {") != std::string::npos);
  // A package is no declaration that would hide the runtime's namespace.
  const Generated beside =
      Generate(MakeRequest({{"a.proto", "syntax = 'proto3'; package kratos.x; message M {}"},
                            {"b.proto",
                             "syntax = 'proto3'; import 'a.proto';"
                             "service S { rpc R(kratos.x.M) returns (kratos.x.M); }"}},
                           {"b.proto"}),
               NoFiles);
  CHECK(beside.response.error().empty());
}

TEST_CASE("rules are found in unknown fields too") {
  CodeGeneratorRequest request = MakeRequest({{"demo.proto", Proto3(kService)}}, {"demo.proto"});
  const Generated known = Generate(request, NoFiles);
  auto* file = request.mutable_proto_file(request.proto_file_size() - 1);
  auto* options = file->mutable_service(0)->mutable_method(0)->mutable_options();
  const std::string bytes = options->GetExtension(google::api::http).SerializeAsString();
  options->ClearExtension(google::api::http);
  REQUIRE(Content(Generate(request, NoFiles), "demo.http.pb.cc").find("/v1/{x}") ==
          std::string::npos);
  options->GetReflection()->MutableUnknownFields(options)->AddLengthDelimited(72295728, bytes);
  CHECK(Content(Generate(request, NoFiles), "demo.http.pb.cc") ==
        Content(known, "demo.http.pb.cc"));
}

TEST_CASE("a rule that cannot be read is an error at its place") {
  CodeGeneratorRequest request = MakeRequest({{"demo.proto", Proto3(kService)}}, {"demo.proto"});
  auto* file = request.mutable_proto_file(request.proto_file_size() - 1);
  auto* options = file->mutable_service(0)->mutable_method(0)->mutable_options();
  options->ClearExtension(google::api::http);
  options->GetReflection()->MutableUnknownFields(options)->AddLengthDelimited(72295728,
                                                                              "\x12\x02/\xFF");
  const std::string error = Generate(request, NoFiles).response.error();
  INFO(error);
  CHECK(error.find("1 error\ndemo.proto:") == 0);
  CHECK(error.find("error[unreadable-rule]: rpc demo.S.R: ") != std::string::npos);
}

TEST_CASE("without source info there are still diagnostics") {
  CodeGeneratorRequest request = MakeRequest(
      {{"demo.proto", Proto3("message M { string x = 1; } service S { rpc R(M) returns (M) {"
                             " option (google.api.http) = { get: '/v1/{y}' }; } }")}},
      {"demo.proto"});
  for (auto& file : *request.mutable_proto_file()) file.clear_source_code_info();
  CHECK(Generate(request, NoFiles)
            .response.error()
            .find("\ndemo.proto: error[unknown-path-field]: rpc demo.S.R: ") != std::string::npos);
}

TEST_CASE("inconsistent requests are errors") {
  CodeGeneratorRequest request = MakeRequest({{"demo.proto", Proto3(kService)}}, {"demo.proto"});
  CodeGeneratorRequest missing = request;
  missing.add_file_to_generate("other.proto");
  CHECK(Generate(missing, NoFiles).response.error().find("error[bad-request]") !=
        std::string::npos);
  CodeGeneratorRequest broken = request;
  broken.mutable_proto_file(broken.proto_file_size() - 1)
      ->mutable_service(0)
      ->mutable_method(0)
      ->set_input_type(".demo.Nowhere");
  CHECK(Generate(broken, NoFiles).response.error().find("error[bad-request]") != std::string::npos);
  CodeGeneratorRequest shuffled = request;
  shuffled.mutable_proto_file()->SwapElements(0, shuffled.proto_file_size() - 1);
  CHECK(Generate(shuffled, NoFiles).response.error().find("error[bad-request]") !=
        std::string::npos);
}

TEST_CASE("client and server can be left out") {
  const std::string both = Content(testing::RunPlugin(Proto3(kService)), "demo.http.pb.h");
  CHECK(both.find("class SServer") != std::string::npos);
  CHECK(both.find("class SHttpClient") != std::string::npos);
  const std::string no_client =
      Content(testing::RunPlugin(Proto3(kService), "client=false"), "demo.http.pb.h");
  CHECK(no_client.find("class SHttpClient") == std::string::npos);
  CHECK(no_client.find("RegisterSHttpServer") != std::string::npos);
  const std::string no_server =
      Content(testing::RunPlugin(Proto3(kService), "server=false"), "demo.http.pb.h");
  CHECK(no_server.find("SServer") == std::string::npos);
  CHECK(no_server.find("class SHttpClient") != std::string::npos);
}

TEST_CASE("streaming rpcs, with and without a rule") {
  const char service[] =
      "message in { string x = 1; } message out { google.api.HttpBody b = 1; } service S {"
      " rpc Up(stream in) returns (out) { option (google.api.http) = { post: '/v1/{x}' }; }"
      " rpc Down(in) returns (stream out) { option (google.api.http) = { get: '/v1/{x}'"
      " response_body: 'b' }; }"
      " rpc NoRule(stream in) returns (stream out); }";
  const Generated generated =
      testing::RunPlugin(Proto3(service), "omitempty=false,conflicts=ignore");
  const std::string header = Content(generated, "demo.http.pb.h");
  const std::string source = Content(generated, "demo.http.pb.cc");
  const auto has = [](const std::string& text, const char* part) {
    INFO(text);
    return text.find(part) != std::string::npos;
  };
  // Parameters would hide the messages of their names.
  CHECK(has(header, "::kratos::ServerReader<::demo::in>& in"));
  CHECK(has(header, "::kratos::ServerStream<::demo::out>& out"));
  CHECK(has(header, "// No HTTP rule.\n  virtual ::kratos::Status NoRule("));
  CHECK(has(header, "::kratos::Result<::kratos::ClientReader<::demo::out>> Down("));
  CHECK(has(source, "ctx.CallReader(service, &SServer::Up, reply);"));
  CHECK(has(source, "&SServer::Down,\n                            ::demo::out::kBFieldNumber);"));
  CHECK(has(source, ".stream = ::kratos::http::StreamKind::kClient}"));
  CHECK(has(source, "return ::kratos::codegen::Open(*client_, ctx, method, nullptr, options);"));
  CHECK(has(source, "return ::kratos::codegen::Open(*client_, ctx, method, &request, options);"));
  // No default route for streams.
  CHECK_FALSE(has(source, "/demo.S/NoRule\""));
  CHECK_FALSE(has(source, "HandleSNoRule"));
}

}  // namespace
}  // namespace kratos::plugin
