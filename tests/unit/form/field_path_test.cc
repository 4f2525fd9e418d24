#include "unit/form/support.h"

namespace kratos::form::test {
namespace {

TEST_CASE("ResolveFieldPath finds fields by proto name, then JSON name") {
  const auto& everything = *Everything::descriptor();
  struct Row {
    const char* dotted;
    std::vector<std::string> names;
  };
  const Row rows[] = {
      {"user_name", {"user_name"}},
      {"userName", {"user_name"}},
      {"sub.next.name", {"sub", "next", "name"}},
      {"leaf.size", {"leaf", "size"}},
      {"when.seconds", {"when", "seconds"}},
      {"items", {"items"}},
  };
  for (const Row& row : rows) {
    INFO(row.dotted);
    const auto path = ResolveFieldPath(everything, row.dotted);
    REQUIRE(path.ok());
    std::vector<std::string> names;
    for (const auto* field : *path) names.emplace_back(field->name());
    CHECK(names == row.names);
  }
  // "plain" is one field's JSON name and another's proto name.
  CHECK(ResolveFieldPath(*Names::descriptor(), "plain")->back()->number() == 2);
  CHECK(ResolveFieldPath(*Old::descriptor(), "[kratos.form.test.note]")->back()->number() == 100);
}

TEST_CASE("ResolveFieldPath names the component that is no field") {
  const auto& everything = *Everything::descriptor();
  struct Row {
    const char* dotted;
    const char* culprit;
  };
  const Row rows[] = {
      {"nope", "\"nope\""},
      {"sub.nope", "\"nope\""},
      {"", "\"\""},
      {"sub.", "\"\""},
      {"count.x", "\"count\""},
      {"items.name", "\"items\""},
      {"labels.key", "\"labels\""},
      {".sub", "\"\""},
      {"sub..name", "\"\""},
      {"[nope.nope]", "[nope.nope]"},
  };
  for (const Row& row : rows) {
    INFO(row.dotted);
    const auto path = ResolveFieldPath(everything, row.dotted);
    REQUIRE_FALSE(path.ok());
    CHECK(path.status().code() == 400);
    CHECK(path.status().message().find(row.culprit) != std::string::npos);
  }
}

}  // namespace
}  // namespace kratos::form::test
