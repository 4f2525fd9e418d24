// Which route answers, and what its path variables hold.
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

TEST_CASE("routing: path variables of every form") {
  EchoTestServer server;
  const struct {
    const char* name;
    const char* method;
    const char* path;
    const char* fields;
  } rows[] = {
      {"single", "GET", "/v1/path/abc", "text: \"abc\""},
      {"multi", "GET", "/v1/shelves/1/books/2", "text: \"shelves/1/books/2\""},
      {"the rest", "GET", "/v1/all/a/b/c", "text: \"a/b/c\""},
      {"the rest, empty", "GET", "/v1/all", ""},
      {"nested", "GET", "/v1/nested/ada/numbers/-7", "sub { name: \"ada\" number: -7 }"},
      {"enum by name", "GET", "/v1/colors/RED", "color: RED"},
      {"enum by number", "GET", "/v1/colors/2", "color: BLUE"},
      {"unicode", "GET", "/v1/path/gr%C3%BC%C3%9F%20dich", "text: \"gr\xC3\xBC\xC3\x9F dich\""},
      {"raw unicode", "GET", "/v1/path/gr\xC3\xBC\xC3\x9F", "text: \"gr\xC3\xBC\xC3\x9F\""},
      {"plus stays", "GET", "/v1/path/a+b", "text: \"a+b\""},
      {"K7: an escaped slash in one segment", "GET", "/v1/path/a%2Fb", "text: \"a/b\""},
      {"K7: an escaped slash in several stays as sent", "GET", "/v1/all/a%2fb/c%2Fd",
       "text: \"a%2fb/c%2Fd\""},
      {"K7: other escapes in several are decoded", "GET", "/v1/all/a%20b/%41", "text: \"a b/A\""},
      {"escaped twice is decoded once", "GET", "/v1/path/%2541", "text: \"%41\""},
      {"verb after a multi-segment variable", "POST", "/v1/shelves/7:archive",
       "text: \"shelves/7\""},
      {"verb after a variable", "POST", "/v1/path/a:b:shout", "text: \"a:b\""},
      {"no such verb: part of the value", "GET", "/v1/path/a:whisper", "text: \"a:whisper\""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(Fields(server.Call(row.method, row.path)) == row.fields);
  }
}

TEST_CASE("routing: path values that do not fit are 400 and name the field") {
  EchoTestServer server;
  const struct {
    const char* path;
    const char* field;
  } rows[] = {
      {"/v1/nested/ada/numbers/seven", "sub.number"},
      {"/v1/nested/ada/numbers/99999999999", "sub.number"},
      {"/v1/colors/GREEN", "color"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path);
    const Reply reply = server.Get(row.path);
    CHECK(reply.status == 400);
    const ErrorReply error = AsError(reply);
    CHECK(error.code == 400);
    CHECK(error.reason == "CODEC");
    CHECK(error.message.find(row.field) != std::string::npos);
  }
}

TEST_CASE("routing: a malformed escape or bytes that are not UTF-8 are 400") {
  EchoTestServer server;
  for (const char* path : {"/v1/path/%zz", "/v1/path/%4", "/v1/path/%", "/v1/path/%FF",
                           "/v1/all/a/%C3%28", "/nowhere/%G0"}) {
    CAPTURE(path);
    const Reply reply = server.Get(path);
    CHECK(reply.status == 400);
    CHECK(AsError(reply).reason == "CODEC");
  }
}

TEST_CASE("routing: K4, 404 and 405 in our own JSON, 405 with Allow") {
  EchoTestServer server;
  const Reply missing = server.Get("/v1/nowhere");
  CHECK(missing.status == 404);
  CHECK(AsError(missing).code == 404);
  CHECK(AsError(missing).reason == "NOT_FOUND");
  CHECK_FALSE(missing.headers.Has("Allow"));
  const Reply wrong = server.Call("PUT", "/v1/path/abc");
  CHECK(wrong.status == 405);
  CHECK(AsError(wrong).reason == "METHOD_NOT_ALLOWED");
  CHECK(wrong.headers.Get("Allow") == "DELETE, GET, HEAD, OPTIONS");
  const Reply post_only = server.Get("/v1/raw");
  CHECK(post_only.status == 405);
  CHECK(post_only.headers.Get("Allow") == "OPTIONS, POST");
}

TEST_CASE("routing: K4, OPTIONS lists the methods of a path, or of the server") {
  EchoTestServer server;
  const Reply reply = server.Call("OPTIONS", "/v1/path/abc");
  CHECK(reply.status == 204);
  CHECK(reply.headers.Get("Allow") == "DELETE, GET, HEAD, OPTIONS");
  CHECK(reply.body.empty());
  CHECK_FALSE(reply.headers.Has("Content-Length"));
  CHECK(server.Call("OPTIONS", "/v1/nowhere").status == 404);
  const Reply all = Exchange(server.port(), "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(all.status == 204);
  CHECK(all.headers.Get("Allow") == "OPTIONS");
}

TEST_CASE("routing: K4, HEAD is answered by GET's route without the body") {
  EchoTestServer server;
  const Reply get = server.Get("/v1/path/abc");
  const Reply head = server.Call("HEAD", "/v1/path/abc");
  CHECK(head.status == 200);
  CHECK(head.body.empty());
  CHECK(head.headers.Get("Content-Type") == "application/json");
  CHECK(head.headers.Get("Content-Length") == std::to_string(get.body.size()));
  CHECK(server.Call("HEAD", "/v1/nowhere").status == 404);
  CHECK(server.Call("HEAD", "/v1/raw").status == 405);
}

TEST_CASE("routing: K5, the more specific route answers, whatever the order of registration") {
  EchoTestServer server;
  CHECK(AsMsg(server.Get("/v1/things/list")).maybe() == "literal");
  CHECK(AsMsg(server.Get("/v1/things/lists")).maybe() == "variable");
  CHECK(AsMsg(server.Get("/v1/things/a/b")).maybe() == "rest");
  CHECK(AsMsg(server.Get("/v1/things")).maybe() == "rest");

  const auto name = [](const char* text) {
    return [text](kratos::http::Context& ctx) { return ctx.String(200, text); };
  };
  TestServer reversed;
  const auto router = reversed->Route("/");
  router.Get("/a/{rest=**}", name("rest"));
  router.Get("/a/{one}", name("one"));
  router.Get("/a/b", name("b"));
  router.Get("/a/{one}/c", name("one-c"));
  reversed.Start();
  CHECK(reversed.Get("/a/b").body == "b");
  CHECK(reversed.Get("/a/x").body == "one");
  CHECK(reversed.Get("/a/x/c").body == "one-c");
  CHECK(reversed.Get("/a/b/d").body == "rest");
}

TEST_CASE("routing: K8, no redirects and no cleaning of the path") {
  EchoTestServer server;
  for (const char* path :
       {"/v1/path/abc/", "/v1//path/abc", "/v1/./path/abc", "/v1/x/../path/abc", "//v1/path/abc",
        "/v1/path/..", "/v1/path/.", "/v1/path/%2e%2e", "/v1/path/"}) {
    CAPTURE(path);
    const Reply reply = server.Get(path);
    CHECK(reply.status == 404);
    CHECK_FALSE(reply.headers.Has("Location"));
  }
  // A `**` takes them as they are.
  CHECK(Fields(server.Get("/v1/all/a//b/../c/")) == "text: \"a//b/../c/\"");
}

TEST_CASE("routing: K8, a trailing slash can be ignored, by a match and not by a redirect") {
  auto options = LocalOptions();
  options.ignore_trailing_slash = true;
  EchoTestServer server(options);
  CHECK(Fields(server.Get("/v1/path/abc/")) == "text: \"abc\"");
  CHECK(server.Get("/v1/things/list/").status == 200);
  CHECK(server.Get("/v1/path/abc//").status == 404);
}

TEST_CASE("routing: K35, methods of one's own on the wire, and a route for any method") {
  EchoTestServer server;
  CHECK(AsMsg(server.Call("PURGE", "/v1/cache/x")).maybe() == "purge");
  CHECK(AsMsg(server.Call("purge", "/v1/cache/x")).maybe() == "purge");
  const Reply wrong = server.Get("/v1/cache/x");
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.Get("Allow") == "OPTIONS, PURGE");
  for (const char* method : {"GET", "DELETE", "BREW", "OPTIONS"}) {
    CAPTURE(method);
    CHECK(Fields(server.Call(method, "/v1/any/x")) == "text: \"x\" maybe: \"purge\"");
  }
}

TEST_CASE("routing: a path prefix goes before every route") {
  auto options = LocalOptions();
  options.path_prefix = "/api";
  EchoTestServer server(options, nullptr, [](kratos::http::Server& s) {
    s.Route("/plain").Get("/x",
                          [](kratos::http::Context& ctx) { return ctx.String(200, "plain"); });
  });
  CHECK(Fields(server.Get("/api/v1/path/abc")) == "text: \"abc\"");
  CHECK(server.Get("/v1/path/abc").status == 404);
  CHECK(server.Get("/api/plain/x").body == "plain");
  bool listed = false;
  for (const auto& route : server->Routes()) {
    listed = listed || (route.method == "GET" && route.path == "/api/v1/path/{text}" &&
                        route.operation == kOperationEchoPath);
  }
  CHECK(listed);
}

}  // namespace
}  // namespace e2e
