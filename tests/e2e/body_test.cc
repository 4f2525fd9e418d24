// Bodies: one field of every kind, raw bytes, and what stands around them.
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

TEST_CASE("body: K18, body and response_body of every kind") {
  EchoTestServer server;
  const struct {
    const char* field;
    const char* json;
    const char* fields;
  } rows[] = {
      {"text", R"("a")", "text: \"a\""},
      {"number", "7", "number: 7"},
      {"big", "\"9007199254740993\"", "big: 9007199254740993"},
      {"flag", "true", "flag: true"},
      {"data", "\"aGk=\"", "data: \"hi\""},
      {"color", "\"RED\"", "color: RED"},
      {"tags", R"(["a","b"])", "tags: \"a\" tags: \"b\""},
      {"labels", R"({"k":"v"})", "labels { key: \"k\" value: \"v\" }"},
      {"sub", R"({"name":"a"})", "sub { name: \"a\" }"},
      {"subs", R"([{"name":"a"},{}])", "subs { name: \"a\" } subs { }"},
      {"maybe", "\"\"", "maybe: \"\""},
      {"left", R"("l")", "left: \"l\""},
      {"when", "\"2024-02-29T12:00:00Z\"", "when { seconds: 1709208000 }"},
      {"value", R"({"a":[1]})",
       "value { struct_value { fields { key: \"a\" value { list_value { values { number_value: 1 } "
       "} } } } }"},
      {"wrapped", R"("w")", "wrapped { value: \"w\" }"},
      // null leaves the field unset.
      {"text", "null", ""},
      {"tags", "null", ""},
      {"sub", "null", ""},
      {"maybe", "null", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field, row.json);
    CHECK(Fields(server.Send("POST", std::string("/v1/body/") + row.field, row.json)) ==
          row.fields);
  }
}

TEST_CASE("body: null is a value of Value, and of nothing else") {
  Guarded<Msg> seen;
  EchoTestServer server([&seen](kratos::Context&, const Msg& request, Msg*) -> kratos::Status {
    seen.Set(request);
    return {};
  });
  CHECK(server.Send("POST", "/v1/hook", R"({"value":null,"sub":null,"maybe":null,"wrapped":null})")
            .status == 200);
  CHECK(Fields(seen.Get()) == "value { null_value: NULL_VALUE }");
  CHECK(server.Send("POST", "/v1/hook", "{}").status == 200);
  CHECK_FALSE(seen.Get().has_value());
}

TEST_CASE("body: K18, response_body of every kind, set and unset") {
  EchoTestServer server;
  const struct {
    const char* field;
    const char* query;
    const char* json;
  } rows[] = {
      {"text", "text=a", "\"a\""},
      {"text", "", "\"\""},
      {"number", "number=7", "7"},
      {"number", "", "0"},
      {"big", "big=9007199254740993", "\"9007199254740993\""},
      {"flag", "flag=true", "true"},
      {"flag", "", "false"},
      {"data", "data=aGk", "\"aGk=\""},
      {"data", "", "\"\""},
      {"color", "color=RED", "\"RED\""},
      {"color", "", "\"COLOR_UNSPECIFIED\""},
      {"tags", "tags=a&tags=b", R"(["a","b"])"},
      {"tags", "", "[]"},
      {"labels", "labels[k]=v", R"({"k":"v"})"},
      {"labels", "", "{}"},
      {"sub", "sub.name=a", R"({"name":"a","number":0,"inner":null})"},
      {"sub", "", "{}"},
      {"subs", "subs[0].number=1", R"([{"name":"","number":1,"inner":null}])"},
      {"subs", "", "[]"},
      {"maybe", "maybe=", "\"\""},
      {"maybe", "", "null"},
      {"left", "left=a", "\"a\""},
      {"left", "", "null"},
      {"when", "when=2024-02-29T12:00:00Z", "\"2024-02-29T12:00:00Z\""},
      {"value", "value=true", "true"},
      {"wrapped", "wrapped=w", "\"w\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field, row.query);
    const Reply reply = server.Get(std::string("/v1/reply/") + row.field + "?" + row.query);
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == "application/json");
    CHECK(reply.body == row.json);
  }
}

TEST_CASE("body: what is wrong in JSON is 400, with the offset and the field") {
  EchoTestServer server;
  const struct {
    const char* name;
    std::string body;
    const char* mentions;
  } rows[] = {
      {"cut off", R"({"text":"a")", "byte 11"},
      {"no JSON", "hello", "byte 0"},
      {"trailing data", "{} x", "byte 3"},
      {"null at the top", "null", "byte 0"},
      {"wrong type", R"({"sub":{"number":"x"}})", "sub.number"},
      {"wrong type in a list", R"({"subs":[{},{"name":1}]})", "subs[1].name"},
      {"out of range", R"({"number":4294967296})", "number"},
      {"bad base64", R"({"data":"!"})", "data"},
      {"bad timestamp", R"({"when":"yesterday"})", "when"},
      {"duplicate key", R"({"text":"a","text":"b"})", "text"},
      {"two of one oneof", R"({"left":"a","right":1})", "right"},
      {"invalid UTF-8", "{\"text\":\"\xFF\"}", "text"},
      {"lone surrogate", R"({"text":"\ud800"})", "text"},
      {"too deep",
       [] {
         std::string text;
         for (int i = 0; i < 101; ++i) text += "[";
         return R"({"value":)" + text + std::string(101, ']') + "}";
       }(),
       "value"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Reply reply = server.Send("POST", "/v1/hook", row.body);
    CHECK(reply.status == 400);
    const ErrorReply error = AsError(reply);
    CHECK(error.code == 400);
    CHECK(error.reason == "CODEC");
    CAPTURE(error.message);
    CHECK(error.message.find(row.mentions) != std::string::npos);
    CHECK(error.message.find("byte ") != std::string::npos);
  }
}

TEST_CASE("body: 100 levels are read, 101 are not, and the limit is an option") {
  const auto nested = [](int levels) {
    return R"({"value":)" + std::string(static_cast<std::size_t>(levels) - 1, '[') +
           std::string(static_cast<std::size_t>(levels) - 1, ']') + "}";
  };
  EchoTestServer server;
  CHECK(server.Send("POST", "/v1/hook", nested(100)).status == 200);
  CHECK(server.Send("POST", "/v1/hook", nested(101)).status == 400);
  auto options = LocalOptions();
  options.limits.max_json_depth = 5;
  EchoTestServer strict(options);
  CHECK(strict.Send("POST", "/v1/hook", nested(5)).status == 200);
  CHECK(strict.Send("POST", "/v1/hook", nested(6)).status == 400);
}

TEST_CASE("body: HttpBody as request field takes bytes and type as they are") {
  EchoTestServer server;
  const TempDir dir;
  const std::string bytes = Pattern(70'000);
  const std::string file = dir.Write("body", bytes);
  for (const char* type :
       {"image/png", "application/json", "application/x-www-form-urlencoded",
        "text/plain; charset=latin1", "multipart/form-data; boundary=x", "application/nonsense"}) {
    CAPTURE(type);
    const Reply reply =
        server.Send("POST", "/v1/upload/n?note=q&file.content_type=evil", "@" + file, type);
    CHECK(reply.status == 200);
    UploadInfo info;
    REQUIRE_FALSE(kratos::json::Decode(reply.body, {}, &info));
    CHECK(info.name() == "n");
    CHECK(info.content_type() == type);
    CHECK(info.size() == 70'000);
    CHECK(info.hash() == Fnv1a(bytes));
    CHECK(info.note() == "q");
  }
}

TEST_CASE("body: HttpBody of two types at once is refused") {
  EchoTestServer server;
  const Reply reply = server.Call(
      "POST", "/v1/raw", {"-H", "Content-Type: a/b", "-H", "Content-Type: c/d", "-d", "x"});
  CHECK(reply.status == 400);
  CHECK(server
            .Call("POST", "/v1/raw",
                  {"-H", "Content-Type: a/b", "-H", "Content-Type: a/b", "-d", "x"})
            .status == 200);
}

TEST_CASE("body: HttpBody with other bindings of the same rpc is an ordinary message") {
  EchoTestServer server;
  const Reply json = server.Send("POST", "/v1/upload/n/json",
                                 R"({"file":{"contentType":"a/b","data":"aGk="},"note":"x"})");
  UploadInfo info;
  REQUIRE_FALSE(kratos::json::Decode(json.body, {}, &info));
  CHECK(info.content_type() == "a/b");
  CHECK(info.size() == 2);
  CHECK(info.note() == "x");
  const Reply note = server.Send("POST", "/v1/upload/n/note?file.data=aGk", R"("x")");
  UploadInfo second;
  REQUIRE_FALSE(kratos::json::Decode(note.body, {}, &second));
  CHECK(second.note() == "x");
  CHECK(second.size() == 2);
}

TEST_CASE("body: HttpBody as request and reply goes through unchanged") {
  EchoTestServer server;
  const TempDir dir;
  const std::string multipart =
      "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: "
      "form-data; name=\"f\"; "
      "filename=\"f\"\r\n\r\n" +
      Pattern(1000) + "\r\n--x--\r\n";
  const struct {
    const char* type;
    std::string bytes;
  } rows[] = {
      {"multipart/form-data; boundary=x", multipart},
      {"application/x-www-form-urlencoded", "a=1&b=%20+&&c"},
      {"application/octet-stream", Pattern(300'000)},
      {"text/plain", " \r\n\t "},
      {"application/json", "{broken"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.type);
    const Reply reply =
        server.Send("POST", "/v1/raw", "@" + dir.Write("body", row.bytes), row.type);
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == row.type);
    CHECK((reply.body == row.bytes));
  }
  // Without a type, and without anything.
  const Reply untyped = server.Send("POST", "/v1/raw", "bytes", "");
  CHECK(untyped.headers.Get("Content-Type") == "application/octet-stream");
  CHECK(untyped.body == "bytes");
  const Reply empty = server.Call("POST", "/v1/raw");
  CHECK(empty.status == 200);
  CHECK(empty.headers.Get("Content-Type") == "application/octet-stream");
  CHECK(empty.headers.Get("Content-Length") == "0");
  // body: "data" of the same message is a bytes field and so JSON.
  const Reply data = server.Send("POST", "/v1/raw/data?content_type=a/b", R"("aGk=")");
  CHECK(data.headers.Get("Content-Type") == "a/b");
  CHECK(data.body == "hi");
}

TEST_CASE("body: HttpBody as reply, whole and as response_body, with HEAD and empty type") {
  EchoTestServer server;
  for (const char* where : {"/v1/download/f", "/v1/attachment/f"}) {
    CAPTURE(where);
    const Reply reply = server.Get(std::string(where) + "?size=100000&type=image/png");
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == "image/png");
    CHECK((reply.body == Pattern(100'000)));
    const Reply head = server.Call("HEAD", std::string(where) + "?size=100000&type=image/png");
    CHECK(head.status == 200);
    CHECK(head.headers.Get("Content-Length") == "100000");
    CHECK(head.headers.Get("Content-Type") == "image/png");
    CHECK(head.body.empty());
    CHECK(server.Get(std::string(where) + "?size=3").headers.Get("Content-Type") ==
          "application/octet-stream");
    // Accept does not change bytes.
    CHECK(server.Get(std::string(where) + "?size=3&type=a/b", {"-H", "Accept: application/xml"})
              .headers.Get("Content-Type") == "a/b");
  }
  const Reply unset = server.Get("/v1/attachment/none");
  CHECK(unset.status == 200);
  CHECK(unset.headers.Get("Content-Type") == "application/octet-stream");
  CHECK(unset.body.empty());
  // Another binding answers the whole message as JSON.
  CHECK(server.Get("/v1/attachment/f/all?size=2&type=a/b").body.find("\"contentType\":\"a/b\"") !=
        std::string::npos);
}

TEST_CASE("body: K34, a content type that would forge header fields is refused") {
  EchoTestServer server;
  for (const char* type : {"a/b%0D%0AX-Evil:%20yes", "a/b%0A", "a/b%0D", "a/b%00", "a%7Fb"}) {
    CAPTURE(type);
    for (const char* where : {"/v1/download/f", "/v1/attachment/f"}) {
      const Reply reply = server.Get(std::string(where) + "?size=3&type=" + type);
      CHECK(reply.status == 500);
      CHECK_FALSE(reply.headers.Has("X-Evil"));
      CHECK(reply.body.find("X-Evil") == std::string::npos);
      CHECK(AsError(reply).code == 500);
    }
  }
}

TEST_CASE("body: 64 MiB of HttpBody up and down, intact") {
  auto options = LocalOptions();
  options.limits.max_body_bytes = 65u << 20;
  EchoTestServer server(options);
  const TempDir dir;
  const std::string bytes = Pattern(64u << 20);
  const Reply up = server.Send("POST", "/v1/upload/big", "@" + dir.Write("big", bytes),
                               "application/octet-stream");
  UploadInfo info;
  REQUIRE_FALSE(kratos::json::Decode(up.body, {}, &info));
  CHECK(info.size() == (64 << 20));
  CHECK(info.hash() == Fnv1a(bytes));
  const Reply down = server.Get("/v1/download/big?size=" + std::to_string(64 << 20));
  CHECK(down.headers.Get("Content-Length") == std::to_string(64 << 20));
  CHECK((down.body == bytes));
}

TEST_CASE("body: blank bodies, byte-order marks and missing types") {
  EchoTestServer server;
  const struct {
    const char* name;
    std::string body;
    std::string type;
    const char* fields;
  } rows[] = {
      {"no body, no type", "", "", ""},
      {"no body, unknown type", "", "application/nonsense", ""},
      {"white space only", " \r\n\t", "application/json", ""},
      {"byte-order mark only", "\xEF\xBB\xBF", "application/json", ""},
      {"byte-order mark and white space", "\xEF\xBB\xBF  \n", "application/yaml", ""},
      {"no type means JSON", R"({"text":"a"})", "", "text: \"a\""},
      {"byte-order mark", "\xEF\xBB\xBF{\"text\":\"a\"}", "application/json", "text: \"a\""},
      {"proto names", R"({"snake_case_name":"a"})", "application/json", "snake_case_name: \"a\""},
      {"unknown fields", R"({"nope":{"x":[1]},"text":"a"})", "application/json", "text: \"a\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(Fields(server.Send("POST", "/v1/hook", row.body, row.type)) == row.fields);
  }
}

TEST_CASE("body: a body where the method takes none is ignored, and the connection stays in step") {
  EchoTestServer server;
  RawConnection connection(server.port());
  for (int i = 0; i < 3; ++i) {
    const std::string text = std::to_string(i);
    const std::string decoy = "GET /v1/nowhere HTTP/1.1\r\nHost: h\r\n\r\n";
    REQUIRE(connection.Send(
        "GET /v1/path/" + text + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/nonsense\r\n" +
        "Content-Length: " + std::to_string(decoy.size()) + "\r\n\r\n" + decoy));
    const Reply reply = connection.Read();
    CHECK(Fields(reply) == "text: \"" + text + "\"");
    REQUIRE(
        connection.Send("DELETE /v1/path/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"));
    CHECK(Fields(connection.Read()) == "text: \"x\"");
    REQUIRE(connection.Send("HEAD /v1/path/x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
    CHECK(connection.Read(/*head_request=*/true).status == 200);
  }
}

}  // namespace
}  // namespace e2e
