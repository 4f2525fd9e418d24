// K17: the paths that are present in a text.
#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

TEST_CASE("K17: present paths") {
  struct Row {
    const char* name;
    const char* text;
    std::vector<std::string> paths;
  };
  const Row rows[] = {
      {"nothing", "{}", {}},
      {"scalars in the order of the text",
       R"({"renamed":"x","maybeText":""})",
       {"renamed", "maybe_text"}},
      {"by either name", R"({"other-name":"x","maybe_text":""})", {"renamed", "maybe_text"}},
      {"the deepest keys",
       R"({"scalars":{"aBool":true,"a_string":"x"}})",
       {"scalars.a_bool", "scalars.a_string"}},
      {"an empty message is a path itself",
       R"({"scalars":{},"anItem":{}})",
       {"scalars", "an_item"}},
      {"a message of unknown keys is one as well", R"({"scalars":{"nope":1}})", {"scalars"}},
      {"null counts",
       R"({"scalars":null,"maybeText":null,"anItem":{"name":null}})",
       {"scalars", "maybe_text", "an_item.name"}},
      {"unknown keys do not", R"({"nope":{"scalars":{}},"maybeText":""})", {"maybe_text"}},
      {"lists are leaves", R"({"items":[{"name":"a"},{}],"int32s":[]})", {"items", "int32s"}},
      {"maps are leaves", R"({"itemMap":{"k":{"name":"a"}}})", {"item_map"}},
      {"well-known types are leaves",
       R"({"aStruct":{"a":{"b":1}},"aValue":{"a":1},"aList":[1],"at":"1970-01-01T00:00:00Z","wrappedBool":true,"nothing":{},"mask":"a"})",
       {"a_struct", "a_value", "a_list", "at", "wrapped_bool", "nothing", "mask"}},
      {"an any is a leaf",
       R"({"anAny":{"@type":"x/kratos.json.test.Everything","anItem":{"name":"x"}}})",
       {"an_any"}},
      {"oneof members", R"({"choiceItem":{"name":"x"}})", {"choice_item.name"}},
      {"a list between messages ends the path",
       R"({"anItem":{"color":1},"items":[{"color":1}]})",
       {"an_item.color", "items"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    std::vector<std::string> paths;
    DecodeOptions options;
    options.present_paths = &paths;
    Everything message;
    CHECK(Summary(Decode(row.text, options, &message)).empty());
    CHECK(paths == row.paths);
  }
}

TEST_CASE("K17: deep paths") {
  std::vector<std::string> paths;
  DecodeOptions options;
  options.present_paths = &paths;
  Node message;
  REQUIRE_FALSE(Decode(R"({"child":{"child":{"leaf":1},"leaf":2},"leaf":3})", options, &message));
  CHECK(paths == std::vector<std::string>{"child.child.leaf", "child.leaf", "leaf"});
}

}  // namespace
}  // namespace kratos::json::test
