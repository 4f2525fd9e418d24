#include "config/service_config.h"

#include "plugin_fixture.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("rules are read with exact places") {
  Diagnostics diagnostics;
  const ServiceConfig config = ParseServiceConfig("c.yaml",
                                                  "title: x\n"
                                                  "http:\n"
                                                  "  rules:\n"
                                                  "  - selector: a.B.C\n"
                                                  "    get: '/v1/{x}'\n"
                                                  "  - selector: a.B.C\n"
                                                  "    patch: /v2/{x}\n"
                                                  "    body: \"*\"\n"
                                                  "    responseBody: y\n"
                                                  "    additionalBindings:\n"
                                                  "    - custom: {kind: HEAD, path: /v3}\n",
                                                  &diagnostics);
  CHECK(diagnostics.all().empty());
  CHECK(config.rules().size() == 2);
  const std::optional<Rule> rule = config.Find("a.B.C");
  REQUIRE(rule);
  CHECK(rule->pattern == Rule::Pattern::kPatch);
  CHECK(rule->path == SourceText{"/v2/{x}", {"c.yaml", 7, 12}, true});
  CHECK(rule->body == SourceText{"*", {"c.yaml", 8, 12}, true});
  CHECK(rule->response_body.text == "y");
  REQUIRE(rule->additional_bindings.size() == 1);
  CHECK(rule->additional_bindings[0].kind.text == "HEAD");
  CHECK_FALSE(config.Find("a.B.D"));
}

TEST_CASE("files without rules are fine") {
  for (const char* text :
       {"{}", "title: x\n", "http:\n", "http:\n  rules:\n",
        "http: {fully_decode_reserved_expansion: true}\n", "title: x\ntitle: y\n---\n"}) {
    INFO(text);
    Diagnostics diagnostics;
    CHECK(ParseServiceConfig("c.yaml", text, &diagnostics).rules().empty());
    CHECK(diagnostics.all().empty());
  }
}

TEST_CASE("places are those an editor shows") {
  struct Row {
    const char* name;
    std::string value;
    int column;
  };
  const Row rows[] = {
      {"plain", "/v1", 7},          {"quoted", "\"/v1\"", 8},
      {"tag", "!!str \"/v1\"", 14}, {"plain behind a tag", "!!str /v1", 13},
      {"anchor", "&a /v1", 10},     {"anchor and tag", "&a !!str '/v1'", 17},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Diagnostics diagnostics;
    const ServiceConfig config = ParseServiceConfig(
        "c.yaml", "\xEF\xBB\xBFhttp: {rules: [{selector: a.B.C,\n get: " + row.value + "}]}\n",
        &diagnostics);
    REQUIRE(config.rules().size() == 1);
    CHECK(config.rules()[0].selector == SourceText{"a.B.C", {"c.yaml", 1, 27}, true});
    CHECK(config.rules()[0].path == SourceText{"/v1", {"c.yaml", 2, row.column}, true});
  }
  Diagnostics diagnostics;
  ParseServiceConfig("c.yaml", "\xEF\xBB\xBFhttp: x\n", &diagnostics);
  REQUIRE(diagnostics.all().size() == 1);
  CHECK(diagnostics.all()[0].at == Location{"c.yaml", 1, 7});
  CHECK(diagnostics.all()[0].excerpt == "http: x");
  CHECK(diagnostics.all()[0].caret == 6);
}

TEST_CASE("what is wrong is said once, with its place") {
  struct Row {
    const char* name;
    std::string text;
    const char* rule;
    int line;
    int column;
  };
  const Row rows[] = {
      {"empty", "", "config-rule", 1, 1},
      {"list", "- a\n", "config-rule", 1, 1},
      {"http text", "http: x\n", "config-rule", 1, 7},
      {"rules map", "http:\n  rules: {a: b}\n", "config-rule", 2, 10},
      {"broken", "http: [\n", "config-syntax", 2, 1},
      {"tab", "http:\n\trules: x\n", "config-syntax", 0, 0},
      {"unknown alias", "http: *x\n", "config-syntax", 1, 7},
      {"unknown key", "http:\n  rules:\n  - selector: a.B.C\n    gett: /x\n", "config-rule", 4, 5},
      {"no selector", "http:\n  rules:\n  - get: /x\n", "config-rule", 3, 5},
      {"http twice", "http:\n  rules:\nhttp:\n  rules:\n", "config-rule", 3, 1},
      {"rules twice", "http:\n  rules:\n  rules:\n", "config-rule", 3, 3},
      {"body twice",
       "http:\n  rules:\n  - selector: a.B.C\n    post: /x\n    body: a\n    body: b\n",
       "config-rule", 6, 5},
      {"selector twice", "http:\n  rules:\n  - selector: a.B.C\n    get: /x\n    selector: a.B.D\n",
       "config-rule", 5, 5},
      {"one key in two cases",
       "http:\n  rules:\n  - selector: a.B.C\n    get: /x\n    response_body: a\n    responseBody: "
       "b\n",
       "config-rule", 6, 5},
      {"get twice", "http:\n  rules:\n  - selector: a.B.C\n    get: /x\n    get: /y\n",
       "config-rule", 5, 5},
      {"path twice",
       "http:\n  rules:\n  - selector: a.B.C\n    custom: {kind: HEAD, path: /x, path: /y}\n",
       "config-rule", 4, 36},
      {"kind twice",
       "http:\n  rules:\n  - selector: a.B.C\n    custom: {kind: HEAD, kind: GET, path: /y}\n",
       "config-rule", 4, 26},
      {"second document", "title: x\n---\nhttp:\n  rules:\n", "config-rule", 3, 1},
      {"broken second document", "title: x\n---\nhttp: [\n", "config-syntax", 4, 1},
      {"self",
       "http:\n  rules:\n  - &r\n    selector: a.B.C\n    get: /x\n    additional_bindings: [*r]\n",
       "nested-additional-bindings", 0, 0},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Diagnostics diagnostics;
    CHECK(ParseServiceConfig("c.yaml", row.text, &diagnostics).rules().empty());
    REQUIRE(diagnostics.all().size() == 1);
    const Diagnostic& d = diagnostics.all()[0];
    CHECK(d.rule == row.rule);
    CHECK_FALSE(d.help.empty());
    if (row.line > 0) CHECK(d.at == Location{"c.yaml", row.line, row.column});
  }
}

TEST_CASE("a config replaces annotations") {
  const std::string proto = testing::Proto3(
      "message M { string x = 1; } service S { rpc R(M) returns (M) { option (google.api.http) = { "
      "get: '/old' }; } }");
  const Generated generated = testing::RunPlugin(
      proto, "service_config=config.yaml",
      "http:\n  rules:\n  - selector: demo.S.R\n    put: /new/{x}\n    body: '*'\n");
  const std::string source = testing::Content(generated, "demo.http.pb.cc");
  CHECK(source.find("/new/{x}") != std::string::npos);
  CHECK(source.find("/old") == std::string::npos);
  const Generated missing = testing::RunPlugin(proto, "service_config=nowhere.yaml");
  CHECK(missing.response.error().find("error[config-unreadable]") != std::string::npos);
}

TEST_CASE("a rule of a service that is not in the run is no mistake, whatever its name") {
  const std::string proto =
      testing::Proto3("message M { string x = 1; } service Greeter { rpc R(M) returns (M); }");
  const Generated generated =
      testing::RunPlugin(proto, "service_config=config.yaml,werror=true",
                         "http:\n  rules:\n  - selector: demo.Greeter.R\n    get: /v1/{x}\n"
                         "  - selector: demo.Greeter2.R\n    get: /v2/{x}\n");
  CHECK(generated.response.error().empty());
  CHECK(generated.warnings.empty());
}

}  // namespace
}  // namespace kratos::plugin
