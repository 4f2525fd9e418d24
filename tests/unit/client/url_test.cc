// The request line: path and query from the message (differences K1, K2, K12, K13, K15, K16, K18,
// K35).
#include "client_fixture.h"

namespace kratos::http {
namespace {

struct UrlRow {
  const char* name;
  const char* method;
  const char* path;
  const char* body;
  const char* call;
  const char* line;
  const char* sent_body;
};

const UrlRow kUrlRows[] = {
    {"no variable, nothing set", "GET", "/v1/books", "", "", "GET /v1/books", ""},
    {"the root", "GET", "/", "", "", "GET /", ""},
    {"a plain variable", "GET", "/v1/books/{name}", "", "name: 'dune'", "GET /v1/books/dune", ""},
    {"K1: a value is encoded", "GET", "/v1/{name}", "", "name: 'a b?c#d%e&\"'",
     "GET /v1/a%20b%3Fc%23d%25e%26%22", ""},
    {"K1: a slash in a single segment is encoded", "GET", "/v1/{name}", "", "name: 'a/b'",
     "GET /v1/a%2Fb", ""},
    {"K1: slashes in a multi-segment variable stay", "GET", "/v1/{name=shelves/*}", "",
     "name: 'shelves/a b'", "GET /v1/shelves/a%20b", ""},
    {"K1: everything under **", "GET", "/v1/{name=files/**}:get", "", "name: 'files/a/b/c'",
     "GET /v1/files/a/b/c:get", ""},
    {"K7: an encoded slash goes out as it came in", "GET", "/v1/{name=files/**}", "",
     "name: 'files/a%2Fb'", "GET /v1/files/a%2Fb", ""},
    {"K1: UTF-8", "GET", "/v1/{name}", "", "name: '\\303\\251'", "GET /v1/%C3%A9", ""},
    {"K2: snake case", "GET", "/v1/users/{user_id}", "", "user_id: 'u1'", "GET /v1/users/u1", ""},
    {"K2: nested", "GET", "/v1/{book.name}", "", "book { name: 'n' title: 't' }",
     "GET /v1/n?book.title=t", ""},
    {"a number in the path", "GET", "/v1/{number}", "", "number: -7", "GET /v1/-7", ""},
    {"an enum in the path", "GET", "/v1/{color}", "", "color: RED", "GET /v1/RED", ""},
    {"the rest goes to the query", "GET", "/v1/{name}", "", "name: 'n' user_id: 'u' number: 5",
     "GET /v1/n?number=5&userId=u", ""},
    {"query encoding", "GET", "/q", "", "name: 'a b&c=d+e'", "GET /q?name=a+b%26c%3Dd%2Be", ""},
    {"K12: bytes padded and encoded", "GET", "/q", "", "data: '\\377\\376'",
     "GET /q?data=%2F%2F4%3D", ""},
    {"K13: Timestamp", "GET", "/q", "", "when { seconds: 0 nanos: 500000000 }",
     "GET /q?when=1970-01-01T00%3A00%3A00.500Z", ""},
    {"K13: Duration", "GET", "/q", "", "wait { seconds: 90 }", "GET /q?wait=90s", ""},
    {"FieldMask in camel case", "GET", "/q", "", "update_mask { paths: 'user_id' paths: 'name' }",
     "GET /q?updateMask=userId%2Cname", ""},
    {"a list repeats the key", "GET", "/q", "", "tags: 'a' tags: 'b'", "GET /q?tags=a&tags=b", ""},
    {"K15: a map", "GET", "/q", "", "labels { key: 'k' value: 'v' }", "GET /q?labels%5Bk%5D=v", ""},
    {"an optional field set to empty", "GET", "/q", "", "note: ''", "GET /q?note=", ""},
    {"a wrapper set to empty", "GET", "/q", "", "wrapped { }", "GET /q?wrapped=", ""},
    {"an empty sub-message is not sent", "GET", "/q", "", "book { }", "GET /q", ""},
    {"an undefined enum number", "GET", "/q", "", "color: 42", "GET /q?color=42", ""},
    {"an enum by name", "GET", "/q", "", "color: RED", "GET /q?color=RED", ""},
    {"a whole body leaves no query", "POST", "/v1/{name}", "*", "name: 'n' number: 5", "POST /v1/n",
     R"({"name":"n","number":"5"})"},
    {"K18: a message field as body", "PATCH", "/v1/{book.name}", "book",
     "book { name: 'n' title: 't' } user_id: 'u'", "PATCH /v1/n?userId=u",
     R"({"name":"n","title":"t"})"},
    {"K18: a scalar as body", "PUT", "/v1/{name}", "number", "name: 'n' number: 5", "PUT /v1/n",
     R"("5")"},
    {"K18: a string as body", "PUT", "/v1", "user_id", "user_id: 'u\"'", "PUT /v1", R"("u\"")"},
    {"K18: a list as body", "PUT", "/v1", "tags", "tags: 'a' tags: 'b' name: 'n'", "PUT /v1?name=n",
     R"(["a","b"])"},
    {"K18: an empty list as body", "PUT", "/v1", "tags", "", "PUT /v1", "[]"},
    {"K18: a map as body", "PUT", "/v1", "labels", "labels { key: 'k' value: 'v' }", "PUT /v1",
     R"({"k":"v"})"},
    {"K18: an enum as body", "PUT", "/v1", "color", "color: RED", "PUT /v1", R"("RED")"},
    {"K18: a oneof member as body", "PUT", "/v1", "count", "count: 3", "PUT /v1", "3"},
    {"an unset message as body", "POST", "/v1", "book", "", "POST /v1", ""},
    {"a message that is set but empty as body", "POST", "/v1", "book", "book { }", "POST /v1",
     "{}"},
    {"an unset optional as body", "POST", "/v1", "note", "", "POST /v1", ""},
    {"an empty whole body", "POST", "/v1", "*", "", "POST /v1", "{}"},
    {"DELETE with a body", "DELETE", "/v1/{name}", "book", "name: 'n' book { pages: 1 }",
     "DELETE /v1/n", R"({"pages":1})"},
    {"K35: a custom method", "PURGE", "/v1/{name}", "", "name: 'n'", "PURGE /v1/n", ""},
    {"K35: a custom method in lower case", "purge", "/v1/{name}", "", "name: 'n'", "PURGE /v1/n",
     ""},
    {"a verb", "POST", "/v1/{name=books/*}:publish", "*", "name: 'books/1'",
     "POST /v1/books/1:publish", R"({"name":"books/1"})"},
};

TEST_CASE("URL and body are made from the message", "[client]") {
  ScriptedServer server({OkTimes(std::size(kUrlRows))});
  auto client = MakeClient(OptionsFor(server));
  for (std::size_t i = 0; i < std::size(kUrlRows); ++i) {
    const auto& row = kUrlRows[i];
    INFO(row.name);
    const auto outcome = Invoke(*client, Method(row.method, row.path, row.body), CallOf(row.call));
    INFO(outcome.status.message());
    REQUIRE(outcome.status.ok());
    const auto sent = TakeApart(server.requests().at(i).bytes);
    CHECK(sent.method + ' ' + sent.target == row.line);
    CHECK(sent.body == row.sent_body);
    // The other side needs to know the type, even of nothing.
    CHECK(sent.headers.Get("Content-Type") == (*row.body == '\0' ? "" : "application/protojson"));
  }
}

struct RefusedRow {
  const char* name;
  const char* path;
  const char* body;
  const char* call;
  const char* names;
};

const RefusedRow kRefusedRows[] = {
    {"K1: an empty variable", "/v1/{name}", "", "", "name"},
    {"K1: an empty multi-segment variable", "/v1/{name=shelves/*}", "", "", "name"},
    {"a dot", "/v1/{name}", "", "name: '.'", "name"},
    {"two dots", "/v1/{name}", "", "name: '..'", "name"},
    {"a value that does not fit its pattern", "/v1/{name=shelves/*}", "", "name: 'books/1'",
     "name"},
    {"too many segments", "/v1/{name=shelves/*}", "", "name: 'shelves/1/2'", "name"},
    {"a nested variable of an unset message", "/v1/{book.name}", "", "", "book.name"},
    {"a variable that is no field", "/v1/{nothing}", "", "", "nothing"},
    {"a body that is no field", "/v1", "nothing", "", "nothing"},
    {"a template that is none", "v1", "", "", "v1"},
};

TEST_CASE("what has no URL is refused before sending", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  for (const auto& row : kRefusedRows) {
    INFO(row.name);
    const auto outcome = Invoke(*client, Method("GET", row.path, row.body), CallOf(row.call));
    CHECK(outcome.status.code() == 400);
    CHECK(outcome.status.reason() == kReasonCodec);
    INFO(outcome.status.message());
    CHECK(outcome.status.message().find(row.names) != std::string::npos);
  }
  CHECK(server.accepted() == 0);
}

TEST_CASE("K16: the message is never changed", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  const auto call =
      CallOf("name: 'n' update_mask { paths: 'user_id' } file { data: 'x' } tags: 't'");
  const auto before = call.SerializeAsString();
  REQUIRE(Invoke(*client, Method("POST", "/v1/{name}", "file"), call).status.ok());
  CHECK(call.SerializeAsString() == before);
  CHECK(TakeApart(server.requests()[0].bytes).target == "/v1/n?tags=t&updateMask=userId");
}

TEST_CASE("K33: the endpoint's path precedes every target", "[client]") {
  ScriptedServer server({OkTimes(4)});
  for (const auto* const suffix : {"/api/v2", "/api/v2/"}) {
    auto options = OptionsFor(server);
    options.endpoint = "http://" + server.address() + suffix;
    auto client = MakeClient(options);
    REQUIRE(Invoke(*client, Method("GET", "/v1/{name}"), CallOf("name: 'n'")).status.ok());
  }
  for (const auto& request : server.requests())
    CHECK(TakeApart(request.bytes).target == "/api/v2/v1/n");
}

TEST_CASE("K33: any binding can be called", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto client = MakeClient(OptionsFor(server));
  ClientMethod method = Method("GET", "/v1/{name}");
  method.bindings.push_back({method.operation, "*", "/v2/{user_id}", "", ""});
  const auto call = CallOf("name: 'n' user_id: 'u'");

  CallOptions options;
  options.binding = 1;
  options.method = "report";
  REQUIRE(Invoke(*client, method, call, options).status.ok());
  const auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.method == "REPORT");
  CHECK(sent.target == "/v2/u?name=n");

  options.method = "";
  CHECK(Invoke(*client, method, call, options).status.code() == 400);
  options.method = "GET /x HTTP/1.1\r\n";
  CHECK(Invoke(*client, method, call, options).status.code() == 400);
  options.binding = 2;
  options.method = "";
  CHECK(Invoke(*client, method, call, options).status.code() == 400);
  options.binding = 0;
  options.method = "POST";
  CHECK(Invoke(*client, method, call, options).status.code() == 400);
  CHECK(server.requests().size() == 1);
}

}  // namespace
}  // namespace kratos::http
