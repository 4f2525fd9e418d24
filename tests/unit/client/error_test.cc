// Error replies: Kratos's form, Google's form, and everything else (differences K26, K33).
#include "client_fixture.h"

namespace kratos::http {
namespace {

struct ErrorRow {
  const char* name;
  std::string reply;
  int code;
  const char* reason;
  const char* message;
  std::map<std::string, std::string> metadata;
};

const char* const kHtml = "<html>\r\n<body>\r\n  <h1>502 Bad Gateway</h1>\n</body></html>";

TEST_CASE("error replies become errors", "[client]") {
  const ErrorRow rows[] = {
      {"Kratos json",
       Reply(
           "404 Not Found", "application/json",
           R"({"code":404,"reason":"BOOK_MISSING","message":"no such book","metadata":{"id":"7"}})"),
       404,
       "BOOK_MISSING",
       "no such book",
       {{"id", "7"}}},
      {"Kratos protojson",
       Reply("404 Not Found", "application/protojson",
             R"({"code":404, "reason":"", "message":"no such book", "metadata":{}})"),
       404,
       "",
       "no such book",
       {}},
      {"Kratos proto",
       Reply("409 Conflict", "application/proto", std::string("\x08\x99\x03\x12\x01R\x1a\x01M", 9)),
       409,
       "R",
       "M",
       {}},
      {"the HTTP status wins over the body's code",
       Reply("403 Forbidden", "application/json", R"({"code":404,"reason":"R"})"),
       403,
       "R",
       "",
       {}},
      {"K26: a business code under 500",
       Reply("500 Oops", "application/json", R"({"code":10042,"reason":"R"})"),
       10042,
       "R",
       "",
       {}},
      {"K26: an HTTP code under 500 is not one",
       Reply("500 Oops", "application/json", R"({"code":404,"reason":"R"})"),
       500,
       "R",
       "",
       {}},
      {"a business code under another status",
       Reply("400 Bad", "application/json", R"({"code":10042,"reason":"R"})"),
       400,
       "R",
       "",
       {}},
      {"google.rpc.Status",
       Reply(
           "404 Not Found", "application/json",
           R"({"code":5,"message":"gone","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"d","metadata":{"k":"v"}}]})"),
       404,
       "R",
       "gone",
       {{"k", "v"}}},
      {"google.rpc.Status under 500 brings no business code",
       Reply("500 Oops", "application/json", R"({"code":13,"message":"m","details":[]})"),
       500,
       "",
       "m",
       {}},
      {"google.rpc.Status inside error",
       Reply("429 Slow", "application/json",
             R"({"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}})"),
       429,
       "RESOURCE_EXHAUSTED",
       "slow down",
       {}},
      {"an empty body", Reply("503 Unavailable", "", ""), 503, "", "", {}},
      {"K33: html",
       Reply("502 Bad Gateway", "text/html", kHtml),
       502,
       "",
       "<html> <body> <h1>502 Bad Gateway</h1> </body></html>",
       {}},
      {"K33: text",
       Reply("400 Bad", "text/plain", "upstream\tdied\n"),
       400,
       "",
       "upstream died",
       {}},
      {"K33: broken json",
       Reply("400 Bad", "application/json", R"({"code":400,"rea)"),
       400,
       "",
       R"({"code":400,"rea)",
       {}},
      {"K33: json of another shape",
       Reply("400 Bad", "application/json", R"({"oops":[1]})"),
       400,
       "",
       R"({"oops":[1]})",
       {}},
      {"K33: a json string",
       Reply("400 Bad", "application/json", R"("no")"),
       400,
       "",
       R"("no")",
       {}},
      {"K33: bytes that are no text",
       Reply("400 Bad", "application/octet-stream", std::string("a\0b", 3)),
       400,
       "",
       "",
       {}},
      {"K33: invalid UTF-8", Reply("400 Bad", "text/plain", "\xff\xfe"), 400, "", "", {}},
      {"304", "HTTP/1.1 304 Not Modified\r\n\r\n", 304, "", "", {}},
  };
  std::vector<Script> scripts;
  for (const auto& row : rows) scripts.push_back({{row.reply}});
  ScriptedServer server(scripts);
  auto options = OptionsFor(server);
  // Each connection answers once: none may be tried again while the server is about to close it.
  options.max_idle_connections = 0;
  auto client = MakeClient(options);
  for (const auto& row : rows) {
    INFO(row.name);
    const auto outcome = Invoke(*client, Method("POST", "/", "*"), Call());
    REQUIRE_FALSE(outcome.status.ok());
    CHECK(outcome.status.code() == row.code);
    CHECK(outcome.status.reason() == row.reason);
    CHECK(outcome.status.message() == row.message);
    CHECK(outcome.status.error().metadata() == row.metadata);
    const auto* peer = outcome.status.error().peer_reply();
    REQUIRE(peer != nullptr);
    CHECK(peer->status == std::stoi(row.reply.substr(9, 3)));
    CHECK(outcome.info.status == peer->status);
    const auto head_end = row.reply.find("\r\n\r\n");
    CHECK(peer->body == row.reply.substr(head_end + 4));
  }
}

TEST_CASE("K33: a long text is cut at a character", "[client]") {
  std::string body(255, 'a');
  body += "\xC3\xA9 and more";
  ScriptedServer server({{{Reply("500 Oops", "text/plain", body)}}});
  auto client = MakeClient(OptionsFor(server));
  const auto outcome = Invoke(*client, Method("GET", "/"), Call());
  CHECK(outcome.status.message() == std::string(255, 'a') + "...");
  CHECK(outcome.status.error().peer_reply()->body == body);
}

TEST_CASE("K33: header fields can be read on errors", "[client]") {
  ScriptedServer server(
      {{{Reply("429 Slow", "application/json", "{}", "Retry-After: 7\r\nX-A: 1\r\nX-A: 2\r\n")}}});
  auto client = MakeClient(OptionsFor(server));
  const auto outcome = Invoke(*client, Method("GET", "/"), Call());
  CHECK(outcome.info.headers.Get("retry-after") == "7");
  CHECK(outcome.info.headers.Values("X-A") == std::vector<std::string_view>{"1", "2"});
  CHECK(outcome.status.error().peer_reply()->headers.Get("Retry-After") == "7");
}

TEST_CASE("transport failures are 503 and name the endpoint", "[client]") {
  struct Row {
    const char* name;
    Script script;
    const char* says;
  };
  const Row rows[] = {
      {"closed without a reply", {{""}}, "closed"},
      {"closed inside the head", {{"HTTP/1.1 200 OK\r\nContent-Le"}}, "closed"},
      {"closed inside the body",
       {{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"}},
       "before the reply was complete"},
      {"closed inside a chunk",
       {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"}},
       "before the reply was complete"},
      {"a chunk size that is none",
       {{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n"}},
       "before the reply was complete"},
      {"reset", {{"", Step::Then::kReset}}, "closed"},
      {"not HTTP", {{"SSH-2.0-OpenSSH_9\r\n"}}, "not HTTP"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({row.script});
    auto client = MakeClient(OptionsFor(server));
    const auto outcome = Invoke(*client, Method("POST", "/", "*"), Call());
    CHECK(outcome.status.code() == 503);
    CHECK(outcome.status.reason() == kReasonUnavailable);
    INFO(outcome.status.message());
    CHECK(outcome.status.message().find(server.address()) != std::string::npos);
    CHECK(outcome.status.message().find(row.says) != std::string::npos);
    CHECK(server.requests().size() == 1);
  }
}

TEST_CASE("nobody listens", "[client]") {
  std::string address;
  {
    const ScriptedServer gone({OkTimes(1)});
    address = gone.address();
  }
  auto client = MakeClient({.endpoint = address});
  const auto outcome = Invoke(*client, Method("GET", "/"), Call());
  CHECK(outcome.status.code() == 503);
  CHECK(outcome.status.reason() == kReasonUnavailable);
  CHECK(outcome.status.message() ==
        "cannot connect to http://" + address + ": refused or unreachable");
  CHECK(outcome.info.status == 0);
}

}  // namespace
}  // namespace kratos::http
