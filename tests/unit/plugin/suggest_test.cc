#include "diagnostics/suggest.h"

#include "support/catch.h"

namespace kratos::plugin {
namespace {

TEST_CASE("nearest name") {
  const std::vector<std::string> names = {"name", "user_name", "page_size", "id"};
  struct Row {
    const char* given;
    const char* nearest;
  };
  for (const Row& row :
       {Row{"nam", "name"}, Row{"nmae", "name"}, Row{"userName", "user_name"},
        Row{"PAGE_SIZE", "page_size"}, Row{"color", ""}, Row{"x", ""}, Row{"", ""}}) {
    INFO(row.given);
    CHECK(Nearest(row.given, names) == row.nearest);
  }
  CHECK(Nearest(std::string(100000, 'a'), names).empty());
}

}  // namespace
}  // namespace kratos::plugin
