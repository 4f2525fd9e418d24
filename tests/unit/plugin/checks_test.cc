#include "checks/checks.h"

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
}

}  // namespace
}  // namespace kratos::plugin
