#include "checks/checks.h"

#include <algorithm>

#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

using Strings = std::vector<std::string>;
using testing::Proto3;
using testing::Report;
using testing::RuleIds;

std::string WithRule(const std::string& rule) {
  return Proto3(
      "message Sub { string name = 1; repeated string list = 2; }\n"
      "message Thing { string name = 1; Sub sub = 2; repeated string tags = 3; map<string, string> "
      "m = 4;\n"
      "  google.protobuf.Timestamp when = 5; google.api.HttpBody file = 6;\n"
      "  oneof key { string a = 7; string b = 8; } optional string c = 9; optional string d = 10; "
      "}\n"
      "message Plain { string name = 1; string id = 2; }\n"
      "service S {\n"
      "  rpc R(Thing) returns (Plain) {\n"
      "    option (google.api.http) = { " +
      rule +
      " additional_bindings { post: \"/all\" body: \"*\" } };\n"
      "  }\n}\n");
}

TEST_CASE("one rule, one place") {
  struct Row {
    const char* rule;
    Strings report;
  };
  // Lines and columns are those of the option; the caret counts from the start of the text shown.
  const Row rows[] = {
      {"get: '/v1/{name}'", {}},
      {"get: '/v1/{sub.name}'", {}},
      {"get: '/v1/{c}/{d}'", {}},
      {"get: 'v1'", {"error[template-no-leading-slash] 14:5 caret 6+1"}},
      {"get: '/v1/{nam}'", {"error[unknown-path-field] 14:5 caret 11+3"}},
      {"get: '/v1/{sub.nam=x/*}'", {"error[unknown-path-field] 14:5 caret 15+3"}},
      {"get: '/v1/{name.x}'", {"error[path-through-scalar] 14:5 caret 11+4"}},
      {"get: '/v1/{sub}'", {"error[path-field-not-scalar] 14:5 caret 11+3"}},
      {"get: '/v1/{tags}'", {"error[path-field-repeated] 14:5 caret 11+4"}},
      {"get: '/v1/{m}'", {"error[path-field-repeated] 14:5 caret 11+1"}},
      {"get: '/v1/{m.value}'", {"error[path-field-repeated] 14:5 caret 11+1"}},
      {"get: '/v1/{sub.list}'", {"error[path-field-repeated] 14:5 caret 15+4"}},
      {"get: '/v1/{when}'", {"warning[path-field-well-known] 14:5 caret 11+4"}},
      {"get: '/v1/{a}/{b}'", {"error[path-fields-share-oneof] 14:5 caret 15+1"}},
      {"get: '/v1' body: 'name'", {"warning[body-on-get] 14:5 caret 7+4"}},
      {"delete: '/v1' body: '*'", {"warning[body-on-get] 14:5 caret 7+1"}},
      {"post: '/v1' body: 'nme'", {"error[unknown-body-field] 14:5 caret 7+3"}},
      {"post: '/v1' body: 'sub.name'", {"error[body-not-top-level] 14:5 caret 7+8"}},
      {"post: '/v1/{name}' body: 'name'", {"warning[body-bound-by-path] 14:5 caret 7+4"}},
      {"post: '/v1/{sub.name}' body: 'sub'", {}},
      {"post: '/v1/{a}' body: 'b'", {"warning[body-bound-by-path] 14:5 caret 7+1"}},
      {"post: '/v1/{c}' body: 'b'", {}},
      {"get: '/v1' response_body: 'x'", {"error[unknown-response-body-field] 14:5 caret 16+1"}},
      {"get: '/v1' response_body: 'a.b'", {"error[response-body-not-top-level] 14:5 caret 16+3"}},
      {"get: '/v1' response_body: '*'", {"warning[response-body-star] 14:5 caret 16+1"}},
      {"get: ''", {"warning[empty-path] 14:5 caret 6+1"}},
      {"custom { path: '/v1' }", {"error[empty-custom-kind] 14:5 caret 7+1"}},
      {"custom { kind: 'a b' path: '/v1' }", {"error[bad-custom-kind] 14:5 caret 7+3"}},
      {"selector: 'x' get: '/v1'", {"warning[selector-in-annotation] 14:5 caret 11+1"}},
      {"body: '*'", {"warning[no-pattern] 14:5"}},
  };
  for (const Row& row : rows) {
    INFO(row.rule);
    CHECK(Report(WithRule(row.rule)) == row.report);
  }
}

TEST_CASE("conflicts") {
  const auto file = [](const std::string& first, const std::string& second) {
    return Proto3(
        "message P { string x = 1; string y = 2; }\nservice S {\n  rpc A(P) returns (P) { option "
        "(google.api.http) = { " +
        first + " }; }\n  rpc B(P) returns (P) { option (google.api.http) = { " + second +
        " }; }\n}\n");
  };
  const std::string same = file("get: '/v1/{x}'", "get: '/v1/{y}'");
  const std::string cross = file("get: '/{x}/a'", "get: '/a/{x}'");
  CHECK(RuleIds(same) == Strings{"route-conflict"});
  CHECK(Report(same)[0].find("warning") == 0);
  CHECK(Report(same, "conflicts=error")[0].find("error") == 0);
  CHECK(Report(same, "werror")[0].find("error") == 0);
  CHECK(Report(same, "conflicts=ignore").empty());
  CHECK(Report(cross)[0].find("note[route-crossing]") == 0);
  CHECK(Report(cross, "conflicts=error")[0].find("warning[route-crossing]") == 0);
  CHECK(Report(cross, "werror")[0].find("note[route-crossing]") == 0);
  CHECK(Report(cross, "conflicts=error,werror")[0].find("error[route-crossing]") == 0);
  CHECK(Report(file("get: '/v1/{x}'", "get: '/v1/a'")).empty());
  CHECK(Report(file("get: '/v1/{x}'", "post: '/v1/{x}' body: '*'")).empty());
}

TEST_CASE("what is said of a rule set field by field stands at one of its fields") {
  CHECK(Report(Proto3("message M { google.api.HttpBody h = 1; }\nservice S {\n"
                      "rpc R(M) returns (M) {\n"
                      "option (google.api.http).get = '/v1';\n"
                      "option deprecated = true;\n}\n}\n")) ==
        Strings{"warning[http-body-in-query] 10:1"});
}

TEST_CASE("crossings beyond the first thousand are spoken of once") {
  std::string service = "message M { string a = 1; } service S {";
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    service += "rpc A" + n + "(M) returns (M) { option (google.api.http) = { get: '/" + n +
               "/{a}' }; } rpc B" + n +
               "(M) returns (M) { option (google.api.http) = { get: '/{a}/" + n + "' }; }";
  }
  const Strings report = Report(Proto3(service + '}'));
  REQUIRE(report.size() == 1001);
  CHECK(report.front() == "note[route-crossing] demo.proto");
}

TEST_CASE("what streams is checked as it travels") {
  const auto file = [](const std::string& request, const std::string& reply,
                       const std::string& rule) {
    return Proto3(
        "message Part { string name = 1; string text = 2; Part part = 3; repeated Part parts = 4; "
        "google.api.HttpBody file = 5; }\nservice S {\n  rpc R(" +
        request + " Part) returns (" + reply + " Part) {\n    option (google.api.http) = { " +
        rule + " };\n  }\n}\n");
  };
  struct Row {
    const char* rule;
    Strings server;
    Strings client;
    Strings bidi;
  };
  const std::string in_query = "http-body-in-query";
  const Row rows[] = {
      {"post: '/{name}' body: '*'", {}, {}, {}},
      {"get: '/{name}'", {in_query}, {}, {}},
      {"get: '/{name}' body: '*'", {"body-on-get"}, {}, {}},
      {"delete: '/' body: 'file'", {"body-on-get"}, {}, {}},
      {"post: '/{name}'", {in_query}, {}, {}},
      {"post: '/{name}' body: 'part'", {in_query}, {}, {}},
      {"post: '/' body: 'text'", {in_query}, {"body-on-stream"}, {"body-on-stream"}},
      {"post: '/' body: 'parts'", {in_query}, {"body-on-stream"}, {"body-on-stream"}},
      {"post: '/{text}' body: 'text'",
       {in_query, "body-bound-by-path"},
       {"body-on-stream"},
       {"body-on-stream"}},
      {"post: '/' body: 'txt'",
       {in_query, "unknown-body-field"},
       {"unknown-body-field"},
       {"unknown-body-field"}},
      {"post: '/' body: '*' response_body: '*'",
       {"response-body-star"},
       {"response-body-star"},
       {"response-body-star"}},
      {"post: '/' body: '*' response_body: 'text'",
       {"response-body-on-stream"},
       {"response-body-on-stream"},
       {"response-body-on-stream"}},
      {"post: '/' body: '*' response_body: 'file'",
       {},
       {"response-body-on-stream"},
       {"response-body-on-stream"}},
      {"post: '/' body: 'file' response_body: 'text'",
       {"response-body-on-stream"},
       {},
       {"response-body-on-stream"}},
      {"post: '/' body: '*' response_body: 'txt'",
       {"unknown-response-body-field"},
       {"unknown-response-body-field"},
       {"unknown-response-body-field"}},
      {"get: '/{nam}' body: '*'",
       {"body-on-get", "unknown-path-field"},
       {"unknown-path-field"},
       {"unknown-path-field"}},
  };
  const auto sorted = [](Strings ids) {
    std::sort(ids.begin(), ids.end());
    return ids;
  };
  for (const Row& row : rows) {
    INFO(row.rule);
    CHECK(sorted(RuleIds(file("", "stream", row.rule))) == sorted(row.server));
    CHECK(sorted(RuleIds(file("stream", "", row.rule))) == sorted(row.client));
    CHECK(sorted(RuleIds(file("stream", "stream", row.rule))) == sorted(row.bidi));
  }
  CHECK(Report(file("stream", "", "post: '/' body: 'text'")) ==
        Strings{"warning[body-on-stream] 10:5 caret 7+4"});
  CHECK(Report(file("", "stream", "post: '/' body: '*' response_body: 'text'")) ==
        Strings{"warning[response-body-on-stream] 10:5 caret 16+4"});
}

TEST_CASE("WebSockets have routes of their own: they conflict with each other only") {
  const auto file = [](const std::string& first, const std::string& first_rule,
                       const std::string& second, const std::string& second_rule) {
    return Proto3("message P { string x = 1; google.api.HttpBody b = 2; }\nservice S {\n  rpc A(" +
                  first + ") returns (P) { option (google.api.http) = { " + first_rule +
                  " }; }\n  rpc B(" + second + ") returns (P) { option (google.api.http) = { " +
                  second_rule + " }; }\n}\n");
  };
  const std::string post = "post: '/{x}' body: '*'";
  const std::string get = "get: '/{x}' additional_bindings { put: '/all' body: '*' }";
  const std::string raw = "post: '/{x}' body: 'b'";
  const Strings conflict = {"route-conflict"};
  CHECK(RuleIds(file("P", get, "stream P", post)).empty());
  CHECK(RuleIds(file("stream P", post, "P", get)).empty());
  CHECK(RuleIds(file("P", post, "stream P", post)).empty());
  CHECK(RuleIds(file("stream P", post, "stream P", "put: '/{x}' body: '*'")) == conflict);
  CHECK(RuleIds(file("P", "custom { kind: 'WEBSOCKET' path: '/{x}' } body: '*'", "stream P", post))
            .empty());
  // An upload has its own method, too.
  CHECK(RuleIds(file("P", get, "stream P", raw)).empty());
  CHECK(RuleIds(file("P", post, "stream P", raw)) == conflict);
  CHECK(RuleIds(file("stream P", raw, "stream P", raw)) == conflict);
  CHECK(RuleIds(file("stream P", post, "stream P", raw)) == conflict);
  CHECK(RuleIds(file("P", "put: '/{x}' body: '*'", "stream P", raw)).empty());
  CHECK(RuleIds(file("P", get, "stream P", "custom { kind: '*' path: '/{x}' } body: 'b'")).empty());
  // One rpc may share its WebSocket among its bindings.
  CHECK(RuleIds(file("P", post, "stream P",
                     "put: '/x' body: 'b' additional_bindings { patch: '/x' body: 'b' }"))
            .empty());
  CHECK(RuleIds(file("P", post, "stream P",
                     "put: '/x' body: 'b' additional_bindings { get: '/x' body: 'b' }"))
            .empty());
}

TEST_CASE("google.api.HttpBody wants a body") {
  CHECK(RuleIds(Proto3("service S { rpc R(google.api.HttpBody) returns (google.api.HttpBody) {"
                       " option (google.api.http) = { get: '/v1' }; } }")) ==
        Strings{"http-body-in-query"});
  CHECK(RuleIds(Proto3("service S { rpc R(google.api.HttpBody) returns (google.api.HttpBody) {"
                       " option (google.api.http) = { post: '/v1' body: '*' }; } }"))
            .empty());
}

TEST_CASE("a package of the runtime") {
  CHECK(RuleIds("syntax = 'proto3'; package kratos.http; message M {} service S { rpc R(M) returns "
                "(M); }") == Strings{"runtime-namespace"});
  CHECK(RuleIds("syntax = 'proto3'; package kratos.http.v1; message M {} service S { rpc R(M) "
                "returns (M); }")
            .empty());
  const std::string clash =
      "syntax = 'proto3'; message kratos {} service S { rpc R(kratos) returns "
      "(kratos); }";
  CHECK(Report(clash) == Strings{"error[runtime-namespace] 1:38"});
  CHECK(RuleIds("syntax = 'proto3'; package demo; message kratos {} service S { rpc R(kratos) "
                "returns (kratos); }")
            .empty());
}

}  // namespace
}  // namespace kratos::plugin
