// K29: which codec reads the request and which writes the reply.
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

TEST_CASE("negotiation: K29, Accept chooses the reply's codec") {
  EchoTestServer server;
  const struct {
    const char* accept;
    const char* type;
  } rows[] = {
      {"application/json", "application/json"},
      {"application/protojson", "application/protojson"},
      {"application/proto", "application/proto"},
      {"application/x-protobuf", "application/proto"},
      {"application/xml", "application/xml"},
      {"application/yaml", "application/yaml"},
      {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded"},
      {"APPLICATION/XML", "application/xml"},
      {" application/xml ; charset=utf-8 ", "application/xml"},
      {"application/xml;q=0.1, application/json", "application/json"},
      {"application/json;q=0.5, application/yaml;q=0.6", "application/yaml"},
      {"text/html, application/proto;q=0.9, */*;q=0.1", "application/proto"},
      {"application/problem+json", "application/json"},
      {"*/*", "application/json"},
      {"application/*", "application/json"},
      {"application/nonsense", "application/json"},
      {"nonsense", "application/json"},
      {"", "application/json"},
      {"application/json;q=0, application/xml", "application/xml"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    const Reply reply = server.Get("/v1/path/a", {"-H", std::string("Accept:") + row.accept});
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == row.type);
    CHECK_FALSE(reply.body.empty());
  }
  CHECK(server
            .Get("/v1/path/a",
                 {"-H", "Accept: application/nonsense", "-H", "Accept: application/xml"})
            .headers.Get("Content-Type") == "application/xml");
  Msg message;
  CHECK(
      message.ParseFromString(server.Get("/v1/path/a", {"-H", "Accept: application/proto"}).body));
  CHECK(message.text() == "a");
}

TEST_CASE("negotiation: K29, Content-Type chooses the request's codec") {
  EchoTestServer server;
  Msg message;
  message.set_text("a");
  message.set_number(7);
  const TempDir dir;
  const std::string proto = dir.Write("proto", message.SerializeAsString());
  const struct {
    const char* type;
    std::string body;
  } rows[] = {
      {"application/json", R"({"text":"a","number":7})"},
      {"application/JSON; charset=UTF-8", R"({"text":"a","number":7})"},
      {"application/json ; charset=\"utf-8\"", R"({"text":"a","number":7})"},
      {"text/json", R"({"text":"a","number":7})"},
      {"application/vnd.api+json", R"({"text":"a","number":7})"},
      {"application/protojson", R"({"text":"a","number":7})"},
      {"application/proto", "@" + proto},
      {"application/x-protobuf", "@" + proto},
      {"application/x-www-form-urlencoded", "text=a&number=7"},
      {"application/yaml", "text: a\nnumber: 7\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.type);
    CHECK(Fields(server.Send("POST", "/v1/hook", row.body, row.type)) == "text: \"a\" number: 7");
  }
  // What the server writes as XML it also reads.
  const Reply xml = server.Send("POST", "/v1/hook", R"({"text":"a","number":7})",
                                "application/json", {"-H", "Accept: application/xml"});
  CHECK(Fields(server.Send("POST", "/v1/hook", xml.body, "application/xml")) ==
        "text: \"a\" number: 7");
}

TEST_CASE("negotiation: K29, a type nobody reads is 415 and says what would do") {
  EchoTestServer server;
  for (const char* type :
       {"application/nonsense", "text/plain", "nonsense", "application/json; charset=latin1"}) {
    CAPTURE(type);
    const Reply reply = server.Send("POST", "/v1/hook", "{}", type);
    CHECK(reply.status == 415);
    CHECK(AsError(reply).reason == "UNSUPPORTED_MEDIA_TYPE");
    CHECK(reply.headers.Get("Accept-Post").find("application/json") != std::string_view::npos);
  }
  const Reply patch = server.Send("PATCH", "/v1/shelves/1/books/2", "{}", "application/nonsense");
  CHECK(patch.status == 415);
  CHECK(patch.headers.Has("Accept-Patch"));
  const Reply coded = server.Send("POST", "/v1/hook", "{}", "application/json",
                                  {"-H", "Content-Encoding: compress"});
  CHECK(coded.status == 415);
  CHECK(
      server
          .Send("POST", "/v1/hook", "{}", "application/json", {"-H", "Content-Encoding: identity"})
          .status == 200);
  const Reply twice = Exchange(
      server.port(),
      "POST /v1/hook HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Type: "
      "application/xml\r\nContent-Length: 2\r\n\r\n{}");
  CHECK(twice.status == 400);
}

TEST_CASE("negotiation: K29, errors come in the codec the client asked for") {
  EchoTestServer server;
  for (const char* type :
       {"application/xml", "application/yaml", "application/proto", "application/json"}) {
    CAPTURE(type);
    const Reply reply = server.Get("/v1/nowhere", {"-H", std::string("Accept: ") + type});
    CHECK(reply.status == 404);
    CHECK(reply.headers.Get("Content-Type") == type);
    CHECK(reply.body.find("NOT_FOUND") != std::string::npos);
  }
}

TEST_CASE("negotiation: K3, the emit style is an option, for all and for one operation") {
  auto options = LocalOptions();
  options.encode.emit_unpopulated = false;
  EchoTestServer server(options, nullptr, [](kratos::http::Server& s) {
    s.EncodeWith(kOperationEchoQuery, {.emit_unpopulated = false,
                                       .proto_names = true,
                                       .enum_numbers = true,
                                       .int64_numbers = true});
  });
  CHECK(server.Get("/v1/path/a").body == R"({"text":"a"})");
  CHECK(server.Get("/v1/query?snakeCaseName=a&color=RED&big=7").body ==
        R"({"big":7,"color":1,"snake_case_name":"a"})");
  EchoTestServer standard;
  const std::string body = standard.Get("/v1/path/a").body;
  for (const char* part : {R"("big":"0")", R"("tags":[])", R"("labels":{})", R"("sub":null)",
                           R"("snakeCaseName":"")"}) {
    CAPTURE(part);
    CHECK(body.find(part) != std::string::npos);
  }
  for (const char* absent : {"maybe", "left", "right"}) {
    CAPTURE(absent);
    CHECK(body.find(absent) == std::string::npos);
  }
}

TEST_CASE("negotiation: K3b, Go's shapes of Timestamp and Duration are read when asked for") {
  EchoTestServer standard;
  const char* body = R"({"when":{"seconds":1},"span":{"seconds":2}})";
  CHECK(standard.Send("POST", "/v1/hook", body).status == 400);
  auto options = LocalOptions();
  options.go_struct_shapes = true;
  EchoTestServer lenient(options);
  CHECK(Fields(lenient.Send("POST", "/v1/hook", body)) ==
        "when { seconds: 1 } span { seconds: 2 }");
}

TEST_CASE("negotiation: codecs of one's own") {
  auto options = LocalOptions();
  auto registry = std::make_shared<kratos::codec::Registry>();
  registry->Register(kratos::codec::JsonCodec());
  registry->Register(kratos::codec::JsonCodec("mine"));
  options.codecs = registry;
  EchoTestServer server(options);
  CHECK(server.Get("/v1/path/a", {"-H", "Accept: application/mine"}).headers.Get("Content-Type") ==
        "application/mine");
  CHECK(server.Send("POST", "/v1/hook", "a: b", "application/yaml").status == 415);
  CHECK(server.Send("POST", "/v1/hook", "{}", "application/mine").status == 200);
}

}  // namespace
}  // namespace e2e
