// Header fields: what is sent, and what is refused (differences K27, K29, K34).
#include "client_fixture.h"
#include "google/api/httpbody.pb.h"
#include "http/compression/coding.h"

namespace kratos::http {
namespace {

// "zstd, br, gzip", as far as this build has them.
std::string WantedCodings() {
  std::string list;
  for (const Coding coding : ReplyCodings())
    list.append(list.empty() ? "" : ", ").append(CodingName(coding));
  return list;
}

TEST_CASE("the bytes of a request", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto options = OptionsFor(server);
  options.user_agent = "tests/1";
  auto client = MakeClient(options);
  REQUIRE(Invoke(*client, Method("POST", "/v1/{name}", "*"), CallOf("name: 'n'")).status.ok());
  CHECK(server.requests()[0].bytes ==
        "POST /v1/n HTTP/1.1\r\n"
        "Accept: application/protojson\r\n"
        "Accept-Encoding: " +
            WantedCodings() +
            "\r\n"
            "Content-Length: 12\r\n"
            "Content-Type: application/protojson\r\n"
            "Host: " +
            server.address() +
            "\r\n"
            "User-Agent: tests/1\r\n"
            "\r\n"
            "{\"name\":\"n\"}");
  REQUIRE(Invoke(*client, Method("GET", "/v1/{name}"), CallOf("name: 'n'")).status.ok());
  CHECK(server.requests()[1].bytes ==
        "GET /v1/n HTTP/1.1\r\n"
        "Accept: application/protojson\r\n"
        "Accept-Encoding: " +
            WantedCodings() +
            "\r\n"
            "Host: " +
            server.address() +
            "\r\n"
            "User-Agent: tests/1\r\n"
            "\r\n");
}

TEST_CASE("codings are asked for unless the caller names some, or a range", "[client]") {
  struct Row {
    Metadata headers;
    std::string accepted;
  };
  const Row rows[] = {{{}, WantedCodings()},
                      {{{"accept-encoding", "br;q=0.5"}}, "br;q=0.5"},
                      {{{"Range", "bytes=0-1"}}, "identity"},
                      {{{"Range", "bytes=0-1"}, {"Accept-Encoding", "gzip"}}, "gzip"}};
  for (const auto& row : rows) {
    ScriptedServer server({OkTimes(1)});
    auto client = MakeClient(OptionsFor(server));
    CallOptions options;
    options.headers = row.headers;
    REQUIRE(Invoke(*client, Method("GET", "/"), Call(), options).status.ok());
    CHECK(TakeApart(server.requests()[0].bytes).headers.Values("Accept-Encoding") ==
          std::vector<std::string_view>{row.accepted});
  }
}

TEST_CASE("fields of a call are added, and win over the client's own", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  CallOptions options;
  options.headers = {{"X-Two", "1"},
                     {"x-two", "2"},
                     {"accept", "text/plain"},
                     {"User-Agent", "mine"},
                     {"Host", "other.example"},
                     {"Content-Length", "999"},
                     {"Transfer-Encoding", "chunked"},
                     {"Connection", "close"}};
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call(), options).status.ok());
  const auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.headers.Values("X-Two") == std::vector<std::string_view>{"1", "2"});
  CHECK(sent.headers.Values("Accept") == std::vector<std::string_view>{"text/plain"});
  CHECK(sent.headers.Values("User-Agent") == std::vector<std::string_view>{"mine"});
  CHECK(sent.headers.Values("Host") == std::vector<std::string_view>{"other.example"});
  // Framing is the client's own business.
  CHECK(sent.headers.Values("Content-Length") == std::vector<std::string_view>{"2"});
  CHECK_FALSE(sent.headers.Has("Transfer-Encoding"));
  CHECK_FALSE(sent.headers.Has("Connection"));
}

TEST_CASE("K34: no header injection", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  struct Row {
    const char* name;
    CallOptions options;
    std::string content_type;
    const char* names;
  };
  const auto with = [](const std::string& name, const std::string& value) {
    CallOptions options;
    options.headers.Add(name, value);
    return options;
  };
  CallOptions accept;
  accept.accept = "application/json\r\nX: y";
  CallOptions content_type;
  content_type.content_type = "text/plain\r\nX: y";
  const Row rows[] = {
      {"CR LF in a value", with("X-User", "a\r\nX-Admin: 1"), "", "X-User"},
      {"LF in a value", with("X-User", "a\nb"), "", "X-User"},
      {"NUL in a value", with("X-User", std::string("a\0b", 3)), "", "X-User"},
      {"CR LF in a name", with("X-User\r\nX-Admin", "1"), "", "X-User??X-Admin"},
      {"a colon in a name", with("X: y", "1"), "", "name of a header"},
      {"HttpBody content type", {}, "text/html\r\nX-Admin: 1", "Content-Type"},
      {"CallOptions::accept", accept, "", "Accept"},
      {"CallOptions::content_type", content_type, "", "Content-Type"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    google::api::HttpBody body;
    body.set_content_type(row.content_type);
    const auto outcome = Invoke(*client, Method("POST", "/", "*"), body, row.options);
    CHECK(outcome.status.code() == 400);
    CHECK(outcome.status.reason() == kReasonCodec);
    INFO(outcome.status.message());
    CHECK(outcome.status.message().find(row.names) != std::string::npos);
    CHECK(outcome.status.message().find('\n') == std::string::npos);
  }
  CHECK(server.accepted() == 0);
  auto options = OptionsFor(server);
  options.user_agent = "a\r\nX: y";
  CHECK(Client::Create(options).status().code() == 400);
}

TEST_CASE("K34: an encoded line break in a reply's field stays encoded", "[client]") {
  ScriptedServer server(
      {{{Reply("200 OK", "application/json", "{}", "X-Odd: a%0d%0aX-Admin: 1\r\n")}}});
  auto client = MakeClient(OptionsFor(server));
  const auto outcome = Invoke(*client, Method("GET", "/"), Call());
  REQUIRE(outcome.status.ok());
  for (const auto& [name, value] : outcome.info.headers) CHECK(IsFieldValue(value));
  CHECK_FALSE(outcome.info.headers.Has("X-Admin"));
}

TEST_CASE("K27: Grpc-Timeout only when asked for", "[client]") {
  ScriptedServer server({OkTimes(3)});
  auto options = OptionsFor(server);
  options.timeout = std::chrono::minutes(5);
  REQUIRE(Invoke(*MakeClient(options), Method("GET", "/"), Call()).status.ok());
  CHECK_FALSE(TakeApart(server.requests()[0].bytes).headers.Has("Grpc-Timeout"));
}

TEST_CASE("K27: the time left goes out as Grpc-Timeout", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto options = OptionsFor(server);
  options.timeout = std::chrono::minutes(5);
  options.send_deadline = true;
  auto client = MakeClient(options);
  REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  const auto sent = TakeApart(server.requests()[0].bytes);
  REQUIRE(sent.headers.Values("Grpc-Timeout").size() == 1);
  CHECK(sent.headers.Get("Grpc-Timeout").size() <= 9);
  CallOptions call_options;
  call_options.timeout = std::chrono::milliseconds(0);
  REQUIRE(Invoke(*client, Method("GET", "/"), Call(), call_options).status.ok());
  CHECK_FALSE(TakeApart(server.requests()[1].bytes).headers.Has("Grpc-Timeout"));
}

TEST_CASE("Do sends what it is given", "[client]") {
  ScriptedServer server(
      {{{JsonReply()}, {Reply("418 Teapot", "text/plain", "short", "X-A: b\r\n")}}});
  auto options = OptionsFor(server);
  options.endpoint += "/api";
  auto client = MakeClient(options);
  Context ctx;
  Request request;
  request.method = "GET";
  request.target = "/raw?a=%20&b";
  request.headers = {{"X-A", "1"}};
  REQUIRE(client->Do(ctx, request).ok());
  auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.target == "/api/raw?a=%20&b");
  CHECK(sent.headers.Get("X-A") == "1");
  CHECK(sent.headers.Get("Accept") == "*/*");

  request.method = "POST";
  request.body = std::string("\0\r\n", 3);
  const auto reply = client->Do(ctx, request);
  REQUIRE(reply.ok());
  CHECK(reply->status == 418);
  CHECK(reply->body == "short");
  CHECK(reply->headers.Get("X-A") == "b");
  sent = TakeApart(server.requests()[1].bytes);
  CHECK(sent.body == request.body);
  CHECK(sent.headers.Get("Content-Type") == "application/octet-stream");

  for (const auto* const target : {"", "raw", "/a b", "/a\r\nX: y", "/a#b"}) {
    INFO(target);
    request.target = target;
    CHECK(client->Do(ctx, request).status().code() == 400);
  }
  request.target = "/";
  request.method = "GE T";
  CHECK(client->Do(ctx, request).status().code() == 400);
  CHECK(server.requests().size() == 2);
}

}  // namespace
}  // namespace kratos::http
