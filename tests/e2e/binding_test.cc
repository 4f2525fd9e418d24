// Where the fields of a request come from: path, body, query; precedence; masks.
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

TEST_CASE(
    "binding: the query sets fields by both names, nested, repeated and in maps (K11 to K15 in "
    "outline)") {
  EchoTestServer server;
  const struct {
    const char* query;
    const char* fields;
  } rows[] = {
      {"text=a%20b+c", "text: \"a b c\""},
      {"number=7&flag=true&ratio=1.5", "number: 7 flag: true ratio: 1.5"},
      {"snake_case_name=a", "snake_case_name: \"a\""},
      {"snakeCaseName=a", "snake_case_name: \"a\""},
      {"sub.name=a&sub.inner.number=2", "sub { name: \"a\" inner { number: 2 } }"},
      {"tags=a&tags=b", "tags: \"a\" tags: \"b\""},
      {"labels[k]=v", "labels { key: \"k\" value: \"v\" }"},
      {"subs[0].name=a&subs[1].name=b", "subs { name: \"a\" } subs { name: \"b\" }"},
      {"maybe=", "maybe: \"\""},
      {"wrapped=", "wrapped { }"},
      {"color=BLUE", "color: BLUE"},
      {"when=2024-02-29T12:00:00Z", "when { seconds: 1709208000 }"},
      {"span=1m30s", "span { seconds: 90 }"},
      {"data=aGk", "data: \"hi\""},
      {"unknown=1", ""},
      {"", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.query);
    CHECK(Fields(server.Get(std::string("/v1/query?") + row.query)) == row.fields);
  }
}

TEST_CASE("binding: a query that does not fit is 400 and names the field") {
  EchoTestServer server;
  const struct {
    const char* query;
    const char* named;
  } rows[] = {
      {"number=x", "number"},
      {"number=", "number"},
      {"sub.number=1.5", "sub.number"},
      {"text=a&text=b", "text"},
      {"left=a&right=1", "right"},
      {"when=null", "when"},
      {"data=%21", "data"},
      {"text=%zz", ""},
      {"text=%FF", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.query);
    const Reply reply = server.Get(std::string("/v1/query?") + row.query);
    CHECK(reply.status == 400);
    const ErrorReply error = AsError(reply);
    CHECK(error.reason == "CODEC");
    CHECK(error.message.find(row.named) != std::string::npos);
  }
}

TEST_CASE("binding: K10, path over body over query") {
  EchoTestServer server;
  // The whole body: the path wins over the same field in it, the query is not read at all.
  CHECK(Fields(server.Send("POST", "/v1/mixed/path?number=3&text=query",
                           R"({"text":"body","number":2})")) == "text: \"path\" number: 2");
  // One field: the query supplies the others, but neither the path's nor the body's.
  CHECK(Fields(server.Send(
            "PUT", "/v1/mixed/path/sub?number=3&text=query&sub.name=query&sub.number=9&tags=a",
            R"({"name":"body"})")) ==
        "text: \"path\" number: 3 tags: \"a\" sub { name: \"body\" }");
  // A path variable inside the body's field.
  CHECK(Fields(server.Send("PUT", "/v1/mixed/path/sub/name?text=q",
                           R"({"name":"body","number":5})")) ==
        "text: \"q\" sub { name: \"path\" number: 5 }");
  // Oneofs and lists are not doubled.
  CHECK(Fields(server.Send("POST", "/v1/body/left?left=query&right=1", R"("body")")) ==
        "left: \"body\"");
  CHECK(Fields(server.Send("POST", "/v1/body/tags?tags=query", R"(["body"])")) == "tags: \"body\"");
}

TEST_CASE("binding: K10, strict servers refuse such a query, and unknown parameters") {
  auto options = LocalOptions();
  options.strict_query = true;
  EchoTestServer server(options);
  for (const char* path : {"/v1/mixed/path?number=3", "/v1/mixed/path?unknown=3"}) {
    CAPTURE(path);
    CHECK(server.Send("POST", path, "{}").status == 400);
  }
  for (const char* path : {"/v1/mixed/path/sub?text=query", "/v1/mixed/path/sub?sub.number=1",
                           "/v1/mixed/path/sub?nope=1"}) {
    CAPTURE(path);
    const Reply reply = server.Send("PUT", path, "{}");
    CHECK(reply.status == 400);
    CHECK(AsError(reply).reason == "CODEC");
  }
  CHECK(Fields(server.Send("PUT", "/v1/mixed/path/sub?number=3", "{}")) ==
        "text: \"path\" number: 3 sub { }");
}

TEST_CASE("binding: K17, a PATCH without a mask gets it from the body's keys") {
  EchoTestServer server;
  const auto mask = [&](std::string_view method, std::string_view path, std::string_view body,
                        std::string_view type = "application/json") {
    const Reply reply = server.Send(method, path, body, type);
    UpdateBookRequest message;
    CAPTURE(reply.status, reply.body);
    REQUIRE(reply.status == 200);
    const auto error = kratos::json::Decode(reply.body, {}, &message);
    REQUIRE_FALSE(error);
    std::string paths = message.has_update_mask() ? "" : "none";
    for (const auto& each : message.update_mask().paths())
      paths += (paths.empty() ? "" : ",") + each;
    return paths;
  };
  const char* path = "/v1/shelves/1/books/2";
  CHECK(mask("PATCH", path, R"({"title":"x"})") == "title");
  CHECK(mask("PATCH", path, R"({"title":"x","author":{"name":"n","inner":{"number":1}}})") ==
        "title,author.name,author.inner.number");
  CHECK(mask("PATCH", path,
             R"({"genres":["a"],"notes":{"k":"v"},"published":"2024-01-01T00:00:00Z"})") ==
        "genres,notes,published");
  CHECK(mask("PATCH", path, R"({"title":null,"unknown":1})") == "title");
  // An explicit one wins, by either name.
  CHECK(mask("PATCH", "/v1/shelves/1/books/2?update_mask=author", R"({"title":"x"})") == "author");
  CHECK(mask("PATCH", "/v1/shelves/1/books/2?updateMask=author.name", R"({"title":"x"})") ==
        "author.name");
  // Nothing to derive from, and where there is no deriving.
  CHECK(mask("PATCH", path, "{}") == "none");
  CHECK(mask("PATCH", path, "") == "none");
  CHECK(mask("PATCH", path, "\n\1x", "application/proto") == "none");
  CHECK(mask("PUT", path, R"({"title":"x"})") == "none");
  CHECK(mask("PATCH", "/v1/all/shelves/1/books/2", R"({"book":{"title":"x"}})") == "none");
}

TEST_CASE("binding: K17, deriving can be turned off") {
  auto options = LocalOptions();
  options.derive_update_mask = false;
  EchoTestServer server(options);
  const Reply reply = server.Send("PATCH", "/v1/shelves/1/books/2", R"({"title":"x"})");
  CHECK(reply.status == 200);
  CHECK(reply.body.find("\"updateMask\":null") != std::string::npos);
}

TEST_CASE("binding: K32, a method without a rule is POST with a body, or with a query and none") {
  EchoTestServer server;
  CHECK(Fields(server.Send("POST", "/e2e.Echo/Bare", R"({"text":"a"})")) ==
        "text: \"a\" maybe: \"bare\"");
  CHECK(Fields(server.Call("POST", "/e2e.Echo/Bare?text=a&sub.name=b")) ==
        "text: \"a\" sub { name: \"b\" } maybe: \"bare\"");
  // With a body the query does not count; and the query form is for these methods only.
  CHECK(Fields(server.Send("POST", "/e2e.Echo/Bare?text=query", R"({"number":1})")) ==
        "number: 1 maybe: \"bare\"");
  CHECK(Fields(server.Call("POST", "/v1/hook?text=query")) == "");
  CHECK(server.Get("/e2e.Echo/Bare").status == 405);
}

}  // namespace
}  // namespace e2e
