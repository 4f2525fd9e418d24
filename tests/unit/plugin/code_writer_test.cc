#include "emit/code_writer.h"

#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("blocks, variables and indentation") {
  CodeWriter writer;
  writer.Line("a {");
  {
    const CodeWriter::Indented indented(&writer);
    writer.Print(R"(
$x$ = $y$;

$unknown$ $)",
                 {{"x", "one"}, {"y", "two"}});
  }
  writer.Line("}");
  CHECK(writer.text() == "a {\n  one = two;\n\n  $unknown$ $\n}\n");
}

TEST_CASE("scopes close themselves") {
  CodeWriter writer;
  {
    const CodeWriter::Namespace named(&writer, CodeWriter::Namespace::Kind::kNamed, "a::b");
    const CodeWriter::Namespace unnamed(&writer, CodeWriter::Namespace::Kind::kUnnamed, "");
    const CodeWriter::Namespace global(&writer, CodeWriter::Namespace::Kind::kNamed, "");
  }
  CHECK(writer.text() == "namespace a::b {\nnamespace {\n}  // namespace\n}  // namespace a::b\n");
}

TEST_CASE("lists") {
  const std::string forty(40, 'x');
  const std::string ninety(90, 'y');
  struct Row {
    const char* name;
    std::vector<std::string> items;
    std::string text;
  };
  const Row rows[] = {
      {"empty", {}, "f();\n"},
      {"short", {"a", "b"}, "f(a, b);\n"},
      {"filled",
       {forty, forty, "a", forty},
       "f(" + forty + ", " + forty + ", a,\n  " + forty + ");\n"},
      {"one too long",
       {std::string(120, 'z'), "a"},
       "f(\n    " + std::string(120, 'z') + ",\n    a);\n"},
      {"many lines",
       {ninety, ninety, ninety, ninety},
       "f(\n    " + ninety + ",\n    " + ninety + ",\n    " + ninety + ",\n    " + ninety + ");\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CodeWriter writer;
    writer.List("f", row.items, ";");
    CHECK(writer.text() == row.text);
  }
}

TEST_CASE("string literals") {
  CHECK(StringLiteral("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(StringLiteral("a\?\?/b") == "\"a?\\?/b\"");
  CHECK(StringLiteral("\n1\xC3") == "\"\\0121\\303\"");
}

}  // namespace
}  // namespace kratos::plugin
