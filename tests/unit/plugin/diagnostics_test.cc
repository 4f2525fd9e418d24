#include "diagnostics/diagnostic.h"
#include "diagnostics/rules.h"

#include <fstream>
#include <set>
#include <string>

#include "kratos/route/percent.h"
#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("format") {
  Diagnostic d;
  d.rule = "some-rule";
  d.at = {"a.proto", 3, 5};
  d.subject = "rpc a.B.C";
  d.message = "it is wrong";
  d.excerpt = "get: \"\xC3\xA4\x01{x}\"";
  d.caret = 9;
  d.caret_length = 3;
  d.help = "do better";
  CHECK(Format(d) ==
        "a.proto:3:5: error[some-rule]: rpc a.B.C: it is wrong\n"
        "    get: \"\xC3\xA4\\x01{x}\"\n"
        "               ^~~\n"
        "help: do better\n");
  d.at = {};
  d.subject.clear();
  d.excerpt.clear();
  d.help.clear();
  d.severity = Severity::kNote;
  CHECK(Format(d) == "note[some-rule]: it is wrong\n");
  d.excerpt = "ab";
  d.caret = 1000;
  CHECK(Format(d) == "note[some-rule]: it is wrong\n    ab\n      ^\n");
}

TEST_CASE("a long excerpt is shown around its caret, and everything in UTF-8") {
  Diagnostic d;
  d.rule = "r";
  d.message = "a\xFF\xC3(\xC3\xA4" + std::string(100000, 'm');
  d.excerpt = std::string(100000, 'x') + "\xC3\xA4{\xE2\x82y}" + std::string(100000, 'z');
  d.caret = 100002;
  d.caret_length = 4;
  CHECK(Format(d) == "error[r]: a\\xFF\\xC3(\xC3\xA4" + std::string(994, 'm') + "...\n    ..." +
                         std::string(498, 'x') + "\xC3\xA4{\\xE2\\x82y" + "}" +
                         std::string(495, 'z') + "...\n       " + std::string(499, ' ') +
                         "^~~~~~~~~~\n");
  // Wherever it is cut.
  for (std::size_t caret = 99990; caret < 100010; ++caret) {
    d.excerpt.clear();
    for (int i = 0; i < 100000; ++i) d.excerpt += "\xE2\x82\xAC";
    d.caret = caret;
    CHECK(Format(d).size() < 3000);
    CHECK(route::IsValidUtf8(Format(d)));
  }
}

TEST_CASE("order and promotion") {
  Diagnostics all;
  const auto add = [&](const char* file, int line, int column, Severity severity) {
    Diagnostic d;
    d.at = {file, line, column};
    d.severity = severity;
    all.Add(d);
  };
  add("b", 2, 1, Severity::kWarning);
  add("a", 9, 9, Severity::kNote);
  add("b", 1, 7, Severity::kWarning);
  add("b", 1, 3, Severity::kWarning);
  CHECK_FALSE(all.HasErrors());
  all.Sort();
  CHECK(all.all()[0].at == Location{"b", 1, 3});
  CHECK(all.all()[2].at == Location{"b", 2, 1});
  CHECK(all.all()[3].at == Location{"a", 9, 9});
  all.PromoteWarnings();
  CHECK(all.HasErrors());
  CHECK(Summary(all.all()) == "3 errors, 1 note");
}

TEST_CASE("the reference page lists every rule, and no other") {
  std::ifstream page(std::string(KRATOS_DOCS_DIR) + "/reference/diagnostics.md");
  REQUIRE(page);
  std::set<std::string> documented;
  std::string line;
  while (std::getline(page, line)) {
    if (line.rfind("## ", 0) == 0) CHECK(documented.insert(line.substr(3)).second);
  }
  std::set<std::string> known;
  for (const std::string& name : AllRuleNames()) CHECK(known.insert(name).second);
  CHECK(documented == known);
}

}  // namespace
}  // namespace kratos::plugin
