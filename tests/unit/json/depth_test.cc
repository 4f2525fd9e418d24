// 100 levels are read and 101 are not, whatever they are made of. A level is an object or an array,
// but for an empty list or map of a message on the last level: encoders write it for what is unset.
#include <google/protobuf/empty.pb.h>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

TEST_CASE("the depth limit") {
  struct Row {
    const char* name;
    std::string text[2];  // of 100 and of 101 levels
  };
  const std::string any = R"({"@type":"x/google.protobuf.Any","value":)";
  const auto nested = [](std::string_view open, std::string_view inner, std::string_view close,
                         int levels) { return Nest(open, inner, close, levels); };
  const Row rows[] = {
      {"messages", {nested(R"({"child":)", "{}", "}", 99), nested(R"({"child":)", "{}", "}", 100)}},
      {"lists of messages",
       {nested(R"({"children":[)", "", "]}", 50), nested(R"({"children":[)", "{}", "]}", 50)}},
      {"maps of messages",
       {nested(R"({"byName":{"a":)", R"({"byName":{}})", "}}", 49),
        nested(R"({"byName":{"a":)", R"({"byName":{"a":{}}})", "}}", 49)}},
      {"structs",
       {R"({"aStruct":)" + nested(R"({"a":)", "{}", "}", 98) + "}",
        R"({"aStruct":)" + nested(R"({"a":)", "{}", "}", 99) + "}"}},
      {"values",
       {R"({"aValue":)" + nested("[", "", "]", 99) + "}",
        R"({"aValue":)" + nested("[", "", "]", 100) + "}"}},
      {"list values",
       {R"({"aList":)" + nested("[", "", "]", 99) + "}",
        R"({"aList":)" + nested("[", "", "]", 100) + "}"}},
      {"anys",
       {R"({"anAny":)" + nested(any, "{}", "}", 98) + "}",
        R"({"anAny":)" + nested(any, "{}", "}", 99) + "}"}},
      {"anys with their types last",
       {R"({"anAny":)" + nested(R"({"value":)", "{}", R"(,"@type":"x/google.protobuf.Any"})", 98) +
            "}",
        R"({"anAny":)" + nested(R"({"value":)", "{}", R"(,"@type":"x/google.protobuf.Any"})", 99) +
            "}"}},
      {"a struct in an any in a message",
       {R"({"child":{"anAny":{"@type":"x/google.protobuf.Struct","value":)" +
            nested(R"({"a":)", "[]", "}", 96) + "}}}",
        R"({"child":{"anAny":{"@type":"x/google.protobuf.Struct","value":)" +
            nested(R"({"a":)", "[]", "}", 97) + "}}}"}},
      {"unknown fields",
       {R"({"nope":)" + nested("[", "", "]", 99) + "}",
        R"({"nope":)" + nested("[", "1", "]", 100) + "}"}},
      {"unknown objects",
       {R"({"nope":)" + nested(R"({"a":)", "1", "}", 99) + "}",
        R"({"nope":)" + nested(R"({"a":)", "1", "}", 100) + "}"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Node good;
    CHECK(Summary(Decode(row.text[0], {}, &good)).empty());
    std::string again;
    CHECK(Summary(Encode(good, Sparse(), &again)).empty());
    Node reread;
    CHECK(Summary(Decode(again, {}, &reread)).empty());
    Node full;
    again.clear();
    CHECK(Summary(Encode(good, {}, &again)).empty());
    CHECK(Summary(Decode(again, Strict(), &full)).empty());
    google::protobuf::Empty older;  // knows none of the fields
    CHECK(Summary(Decode(again, {}, &older)).empty());
    Node bad;
    const auto error = Decode(row.text[1], {}, &bad);
    REQUIRE(error);
    CHECK(error->code == ErrorCode::kTooDeep);
  }
}

TEST_CASE("an empty list or map may stand one level deeper") {
  const auto at_100 = [](std::string_view member) {
    return Nest(R"({"child":)", "{" + std::string(member) + "}", "}", 99);
  };
  for (const char* member :
       {R"("children":[])", R"("children": [ ] )", R"("byName":{})", R"("byName":{ })",
        R"("nope":[])", R"("nope":{})", R"("anAny":null)"}) {
    INFO(member);
    Node message;
    CHECK(Summary(Decode(at_100(member), {}, &message)).empty());
    CHECK(Print(message) == at_100(""));
  }
  for (const char* member :
       {R"("children":[{}])", R"("byName":{"a":{}})", R"("nope":[1])", R"("nope":{"a":1})",
        R"("nope":[[]])", R"("child":{})", R"("anAny":{})", R"("aStruct":{})", R"("aList":[])",
        R"("aValue":[])", R"("aValue":{})"}) {
    INFO(member);
    Node message;
    const auto error = Decode(at_100(member), {}, &message);
    REQUIRE(error);
    CHECK(error->code == ErrorCode::kTooDeep);
  }
  // An Any of Empty without its value, on the last level: it is written with one.
  const std::string any =
      Nest(R"({"child":)", R"({"anAny":{"@type":"x/google.protobuf.Empty"}})", "}", 98);
  Node message;
  REQUIRE(Summary(Decode(any, {}, &message)).empty());
  const std::string written = Print(message);
  CHECK(written.find(R"("value":{})") != std::string::npos);
  CHECK(Summary(Decode(written, Strict(), &message)).empty());
}

TEST_CASE("the limit can be moved") {
  DecodeOptions options;
  options.max_depth = 2;
  Node message;
  CHECK_FALSE(Decode(R"({"child":{}})", options, &message));
  CHECK(Summary(Decode(R"({"child":{"child":{}}})", options, &message)) == "child.child too-deep");
  CHECK(Decode(R"({"child":{"child":{}}})", options, &message)->offset == 18);
}

TEST_CASE("siblings do not add up") {
  std::string text = R"({"children":[)";
  for (int i = 0; i < 1000; ++i) text += R"({"child":{}},)";
  text += "{}]}";
  Node message;
  CHECK_FALSE(Decode(text, {}, &message));
  CHECK(message.children_size() == 1001);
}

TEST_CASE("a hostile nesting is refused at once") {
  for (const char* open : {"[", R"({"a":)", R"({"child":)", R"({"anAny":{"value":)"}) {
    INFO(open);
    Node message;
    const auto error = Decode(R"({"aValue":)" + Nest(open, "", "", 1'000'000), {}, &message);
    REQUIRE(error);
    CHECK(error->code == ErrorCode::kTooDeep);
  }
}

TEST_CASE("what code builds too deep is an error, not a crash") {
  Node root;
  Node* deepest = &root;
  for (int i = 0; i < 5'000; ++i) deepest = deepest->mutable_child();
  std::string text = "kept";
  const auto error = Encode(root, Sparse(), &text);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::kTooDeep);
  CHECK(text == "kept");

  google::protobuf::Any any;
  for (int i = 0; i < 500; ++i) {
    google::protobuf::Any outer;
    REQUIRE(outer.PackFrom(any));
    any = outer;
  }
  const auto too_deep = Encode(any, Sparse(), &text);
  REQUIRE(too_deep);
  CHECK(too_deep->code == ErrorCode::kTooDeep);
}

}  // namespace
}  // namespace kratos::json::test
