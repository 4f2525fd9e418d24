#include "checks/rules.h"

#include <fstream>
#include <set>
#include <string>

#include "support/catch.h"

namespace kratos::plugin::errors {
namespace {

TEST_CASE("the reference page of error diagnostics lists every rule, and no other") {
  std::ifstream page(std::string(KRATOS_DOCS_DIR) + "/reference/error-diagnostics.md");
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
}  // namespace kratos::plugin::errors
