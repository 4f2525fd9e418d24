// One field's value as the whole text: `body: "field"` and `response_body: "field"`.
#include <google/protobuf/descriptor.h>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

const google::protobuf::FieldDescriptor& Field(const char* name) {
  return *Everything::descriptor()->FindFieldByName(name);
}

std::string PrintField(const Everything& message, const char* name) {
  std::string out;
  const auto error = EncodeField(message, Field(name), Sparse(), &out);
  return error ? "error: " + error->Describe() : out;
}

TEST_CASE("K18: a field alone, read and written") {
  struct Row {
    const char* field;
    const char* in;
    const char* out;
  };
  const Row rows[] = {
      {"an_item", R"({"name":"x"})", R"({"name":"x"})"},
      {"an_item", "null", "{}"},
      {"an_item", "{}", "{}"},
      {"items", R"([{},{"name":"x"}])", R"([{},{"name":"x"}])"},
      {"items", "null", "[]"},
      {"int64s", R"([1,"2"])", R"(["1","2"])"},
      {"string_map", R"({"a":"b"})", R"({"a":"b"})"},
      {"string_map", "null", "{}"},
      {"renamed", R"("x")", R"("x")"},
      {"renamed", "null", R"("")"},
      {"maybe_text", R"("")", R"("")"},
      {"maybe_text", "null", "null"},
      {"maybe_item", "null", "{}"},
      {"choice_number", "7", "7"},
      {"choice_number", "null", "null"},
      {"choice_item", "null", "{}"},
      {"at", R"("1970-01-01T00:00:00Z")", R"("1970-01-01T00:00:00Z")"},
      {"a_value", "null", "null"},
      {"a_struct", R"({"a":null})", R"({"a":null})"},
      {"wrapped_bool", "false", "false"},
      {"an_any", R"({"name":"n","@type":"x/kratos.json.test.Item"})",
       R"({"@type":"x/kratos.json.test.Item","name":"n"})"},
  };
  for (const Row& row : rows) {
    INFO(row.field << " " << row.in);
    Everything message;
    CHECK(Summary(DecodeField(row.in, Field(row.field), {}, &message)).empty());
    CHECK(PrintField(message, row.field) == row.out);
  }
}

TEST_CASE("K18: a null sets a Value and nothing else") {
  Everything message;
  REQUIRE_FALSE(DecodeField("null", Field("a_value"), {}, &message));
  CHECK(message.has_a_value());
  REQUIRE_FALSE(DecodeField("null", Field("an_item"), {}, &message));
  CHECK_FALSE(message.has_an_item());
}

TEST_CASE("K18: errors of a field alone") {
  struct Row {
    const char* field;
    const char* text;
    const char* summary;
    std::size_t offset;
  };
  const Row rows[] = {
      {"an_item", "", " syntax", 0},
      {"an_item", "[]", " wrong-type", 0},
      {"an_item", R"({"name":1})", "name wrong-type", 8},
      {"items", "{}", " wrong-type", 0},
      {"items", R"([{},{"name":1}])", "[1].name wrong-type", 12},
      {"string_map", R"({"a":1})", R"(["a"] wrong-type)", 5},
      {"choice_number", R"("x")", " bad-value", 0},
      {"choice_number", "1 2", " syntax", 2},
  };
  for (const Row& row : rows) {
    INFO(row.field << " " << row.text);
    Everything message;
    const auto error = DecodeField(row.text, Field(row.field), {}, &message);
    CHECK(Summary(error) == row.summary);
    CHECK(error->offset == row.offset);
  }
  Everything message;
  message.mutable_an_item()->set_name("\xFF");
  std::string out = "kept";
  CHECK(Summary(EncodeField(message, Field("an_item"), {}, &out)) == "name unencodable");
  CHECK(out == "kept");
}

TEST_CASE("K18: present paths are relative to the field") {
  std::vector<std::string> paths;
  DecodeOptions options;
  options.present_paths = &paths;
  Everything message;
  REQUIRE_FALSE(DecodeField(R"({"name":"x","color":1})", Field("an_item"), options, &message));
  CHECK(paths == std::vector<std::string>{"name", "color"});
  paths.clear();
  REQUIRE_FALSE(DecodeField(R"([{"name":"x"}])", Field("items"), options, &message));
  CHECK(paths.empty());
}

}  // namespace
}  // namespace kratos::json::test
