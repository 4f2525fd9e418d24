// Bodies: HttpBody in its four positions, and replies of every shape.
#include <zlib.h>

#include "client_fixture.h"
#include "google/api/httpbody.pb.h"

namespace kratos::http {
namespace {

const std::string kBytes("\x00\xff\r\n\r\n{}\x01 binary", 16);

std::string Gzip(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST_CASE("HttpBody as the whole request goes out raw", "[client]") {
  ScriptedServer server({OkTimes(3)});
  auto client = MakeClient(OptionsFor(server));
  google::api::HttpBody body;
  body.set_data(kBytes);
  body.set_content_type("image/png");
  REQUIRE(Invoke(*client, Method("POST", "/upload", "*"), body).status.ok());
  auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.body == kBytes);
  CHECK(sent.target == "/upload");
  CHECK(sent.headers.Values("Content-Type") == std::vector<std::string_view>{"image/png"});
  CHECK(sent.headers.Get("Accept") == "application/protojson");

  body.clear_content_type();
  REQUIRE(Invoke(*client, Method("POST", "/upload", "*"), body).status.ok());
  CHECK(TakeApart(server.requests()[1].bytes).headers.Get("Content-Type") ==
        "application/octet-stream");

  CallOptions options;
  options.content_type = "text/csv";
  REQUIRE(Invoke(*client, Method("POST", "/upload", "*"), body, options).status.ok());
  CHECK(TakeApart(server.requests()[2].bytes).headers.Get("Content-Type") == "text/csv");
}

TEST_CASE("HttpBody as a body field goes out raw, the rest in path and query", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto client = MakeClient(OptionsFor(server));
  auto call = CallOf("name: 'n' user_id: 'u' file { content_type: 'text/plain; charset=utf-8' }");
  call.mutable_file()->set_data(kBytes);
  REQUIRE(Invoke(*client, Method("PUT", "/files/{name}", "file"), call).status.ok());
  auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.target == "/files/n?userId=u");
  CHECK(sent.body == kBytes);
  CHECK(sent.headers.Get("Content-Type") == "text/plain; charset=utf-8");

  call.clear_file();
  REQUIRE(Invoke(*client, Method("PUT", "/files/{name}", "file"), call).status.ok());
  sent = TakeApart(server.requests()[1].bytes);
  CHECK(sent.body.empty());
  CHECK(sent.headers.Get("Content-Type") == "application/octet-stream");
  CHECK(sent.headers.Get("Content-Length") == "0");
}

TEST_CASE("HttpBody as the whole reply is filled raw", "[client]") {
  ScriptedServer server(
      {{{Reply("200 OK", "image/png", kBytes)}, {Reply("204 No Content", "", "")}}});
  auto client = MakeClient(OptionsFor(server));
  google::api::HttpBody body;
  Context ctx;
  const auto method = Method("GET", "/download");
  REQUIRE(client->Invoke(ctx, method, Call(), &body, {}).ok());
  CHECK(body.data() == kBytes);
  CHECK(body.content_type() == "image/png");
  REQUIRE(client->Invoke(ctx, method, Call(), &body, {}).ok());
  CHECK(body.ByteSizeLong() == 0);
}

TEST_CASE("HttpBody as the response_body field is filled raw", "[client]") {
  ScriptedServer server({{{Reply("200 OK", "application/json", "{\"x\":")}}});
  auto client = MakeClient(OptionsFor(server));
  const auto outcome = Invoke(*client, Method("GET", "/download", "", "file"), Call());
  REQUIRE(outcome.status.ok());
  CHECK(outcome.answer.file().data() == "{\"x\":");
  CHECK(outcome.answer.file().content_type() == "application/json");
}

struct ReplyRow {
  const char* name;
  const char* response_body;
  std::string reply;
  const char* answer;
};

TEST_CASE("replies are decoded", "[client]") {
  Answer binary;
  binary.set_message("m");
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const ReplyRow rows[] = {
      {"json", "", Reply("200 OK", "application/json", R"({"message":"m","unknown":1})"),
       "message: 'm'"},
      {"protojson", "", Reply("200 OK", "application/protojson", R"({"message":"m"})"),
       "message: 'm'"},
      {"a charset", "", Reply("200 OK", "application/json; charset=utf-8", R"({"message":"m"})"),
       "message: 'm'"},
      {"proto", "", Reply("200 OK", "application/proto", binary.SerializeAsString()),
       "message: 'm'"},
      {"no type is json", "", Reply("200 OK", "", R"({"message":"m"})"), "message: 'm'"},
      {"an unknown type is json", "", Reply("200 OK", "text/x-what", R"({"message":"m"})"),
       "message: 'm'"},
      {"201", "", Reply("201 Created", "application/json", R"({"message":"m"})"), "message: 'm'"},
      {"204", "", Reply("204 No Content", "", ""), ""},
      {"an empty body", "", Reply("200 OK", "application/json", ""), ""},
      {"white space", "", Reply("200 OK", "application/json", " \r\n"), ""},
      {"byte-order mark", "", Reply("200 OK", "application/json", "\xEF\xBB\xBF\n"), ""},
      {"chunked", "", chunked + "8\r\n{\"messag\r\n7;x=y\r\ne\":\"m\"}\r\n0\r\n\r\n",
       "message: 'm'"},
      {"gzip", "",
       Reply("200 OK", "application/json", Gzip(R"({"message":"m"})"),
             "Content-Encoding: gzip\r\n"),
       "message: 'm'"},
      {"K18: a list", "items", JsonReply(R"(["a","b"])"), "items: 'a' items: 'b'"},
      {"K18: a map", "totals", JsonReply(R"({"a":1})"), "totals { key: 'a' value: 1 }"},
      {"K18: a scalar", "total", JsonReply("7"), "total: 7"},
      {"K18: an enum", "color", JsonReply("\"RED\""), "color: RED"},
      {"K18: a message", "book", JsonReply(R"({"title":"t"})"), "book { title: 't' }"},
      {"K18: an empty message", "book", JsonReply("{}"), "book { }"},
      {"K18: a oneof member", "count", JsonReply("0"), "count: 0"},
      {"K18: a null", "text", JsonReply("null"), ""},
      {"a star is the whole reply", "*", JsonReply(R"({"total":1})"), "total: 1"},
  };
  Script script;
  for (const auto& row : rows) script.push_back({row.reply});
  ScriptedServer server({script});
  auto client = MakeClient(OptionsFor(server));
  for (const auto& row : rows) {
    INFO(row.name);
    const auto outcome = Invoke(*client, Method("GET", "/", "", row.response_body), Call());
    INFO(outcome.status.message());
    REQUIRE(outcome.status.ok());
    Answer expected;
    REQUIRE(google::protobuf::TextFormat::ParseFromString(row.answer, &expected));
    CHECK(outcome.answer.DebugString() == expected.DebugString());
    CHECK(outcome.info.headers.Get("Content-Encoding").empty());
  }
  CHECK(server.accepted() == 1);
}

TEST_CASE("a reply without a length ends with the connection", "[client]") {
  ScriptedServer server(
      {{{"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"message\":\"m\"}"}},
       {{"HTTP/1.0 200 OK\r\n\r\n{\"message\":\"old\"}"}}});
  auto client = MakeClient(OptionsFor(server));
  CHECK(Invoke(*client, Method("GET", "/"), Call()).answer.message() == "m");
  CHECK(Invoke(*client, Method("GET", "/"), Call()).answer.message() == "old");
}

// The first one was believed, and the body cut there.
TEST_CASE("a reply whose lengths make no sense is no reply", "[client]") {
  struct Row {
    const char* lengths;
    int code;
  };
  const Row rows[] = {{"Content-Length: 2\r\nContent-Length: 15\r\n", 503},
                      {"Content-Length: 15\r\nContent-Length: 2\r\n", 503},
                      {"Content-Length: 2, 15\r\n", 503},
                      {"Content-Length: 15, 15, 2\r\n", 503},
                      {"Content-Length: -15\r\n", 503},
                      {"Content-Length: +15\r\n", 503},
                      {"Content-Length: 15 bytes\r\n", 503},
                      {"Content-Length: 0xf\r\n", 503},
                      {"Content-Length: 99999999999999999999999\r\n", 503},
                      {"Content-Length: 15\r\ncontent-length: 15\r\n", 200},
                      {"Content-Length: 15, 15\r\n", 200},
                      {"Content-Length: 015\r\n", 200}};
  for (const auto& row : rows) {
    INFO(row.lengths);
    ScriptedServer server(
        {{{"HTTP/1.1 200 OK\r\n" + std::string(row.lengths) + "\r\n" + R"({"message":"m"})"}}});
    const auto outcome = Invoke(*MakeClient(OptionsFor(server)), Method("GET", "/"), Call());
    INFO(outcome.status.message());
    CHECK(outcome.status.code() == row.code);
    CHECK(outcome.answer.message() == (row.code == 200 ? "m" : ""));
    if (row.code == 503) {
      CHECK(outcome.status.message().find("Content-Length") != std::string::npos);
    }
  }
}

TEST_CASE("HEAD has no body whatever its length says", "[client]") {
  ScriptedServer server(
      {{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-A: b\r\n\r\n"}, {JsonReply()}}});
  auto client = MakeClient(OptionsFor(server));
  const auto outcome = Invoke(*client, Method("HEAD", "/"), Call());
  REQUIRE(outcome.status.ok());
  CHECK(outcome.info.headers.Get("X-A") == "b");
  CHECK(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  CHECK(server.accepted() == 1);
}

TEST_CASE("a reply that cannot be read is an error that keeps it", "[client]") {
  ScriptedServer server(
      {{{Reply("200 OK", "application/json", "{\"message\":")},
        {Reply("200 OK", "application/json", "abc", "Content-Encoding: x-unheard\r\n")}}});
  auto client = MakeClient(OptionsFor(server));
  auto outcome = Invoke(*client, Method("GET", "/"), Call());
  CHECK(outcome.status.code() == 500);
  CHECK(outcome.status.reason() == kReasonCodec);
  REQUIRE(outcome.status.error().peer_reply() != nullptr);
  CHECK(outcome.status.error().peer_reply()->body == "{\"message\":");
  CHECK(outcome.info.status == 200);
  outcome = Invoke(*client, Method("GET", "/"), Call());
  CHECK(outcome.status.code() == 500);
  CHECK(outcome.status.message().find("x-unheard") != std::string::npos);
}

TEST_CASE("codecs by option, for a client and for a call", "[client]") {
  ScriptedServer server({OkTimes(3)});
  auto options = OptionsFor(server);
  options.codec = "proto";
  auto client = MakeClient(options);
  const auto call = CallOf("name: 'n'");
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), call).status.ok());
  auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.headers.Get("Content-Type") == "application/proto");
  CHECK(sent.headers.Get("Accept") == "application/proto");
  CHECK(sent.body == call.SerializeAsString());

  CallOptions call_options;
  call_options.content_type = "json";
  call_options.accept = "application/xml";
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), call, call_options).status.ok());
  sent = TakeApart(server.requests()[1].bytes);
  CHECK(sent.headers.Get("Content-Type") == "application/json");
  CHECK(sent.headers.Get("Accept") == "application/xml");
  CHECK(sent.body == R"({"name":"n"})");

  call_options.content_type = "application/vnd.kratos+json";
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), call, call_options).status.ok());
  CHECK(TakeApart(server.requests()[2].bytes).headers.Get("Content-Type") ==
        "application/vnd.kratos+json");

  call_options.content_type = "application/x-unheard";
  const auto refused = Invoke(*client, Method("POST", "/", "*"), call, call_options);
  CHECK(refused.status.code() == 400);
  CHECK(refused.status.reason() == kReasonCodec);

  options.codec = "unheard";
  CHECK(Client::Create(options).status().reason() == kReasonCodec);
}

}  // namespace
}  // namespace kratos::http
