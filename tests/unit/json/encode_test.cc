#include <limits>

#include "json_test.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

TEST_CASE("K3: unset fields are written by default") {
  CHECK(
      Print(Small(), {}) ==
      R"({"number":0,"text":"","anItem":null,"items":[],"counts":{},"bigNumber":"0","color":"COLOR_UNSPECIFIED"})");
  CHECK(Print(Small()) == "{}");
  Small message;
  message.set_maybe(0);
  message.mutable_two();
  CHECK(
      Print(message, {}) ==
      R"({"number":0,"text":"","anItem":null,"items":[],"counts":{},"maybe":0,)"
      R"("two":{"name":"","itemCount":0,"color":"COLOR_UNSPECIFIED"},"bigNumber":"0","color":"COLOR_UNSPECIFIED"})");
  CHECK(Print(message) == R"({"maybe":0,"two":{}})");
}

TEST_CASE("what is written by default is read back") {
  const std::string text = Print(Everything(), {});
  Everything again;
  CHECK_FALSE(Decode(text, Strict(), &again));
  // A null is a value for these alone: the default output sets them.
  CHECK(Print(again) == R"({"aValue":null})");
}

TEST_CASE("styles") {
  Small message;
  message.set_number(1);
  message.mutable_an_item()->set_item_count(2);
  message.add_items();
  message.add_items()->set_name("n");
  (*message.mutable_counts())["k"] = 3;
  message.set_big_number(-4);
  message.set_color(COLOR_BLUE);
  EncodeOptions options = Sparse();
  SECTION("names as in the proto") {
    options.proto_names = true;
    CHECK(Print(message, options) ==
          R"({"number":1,"an_item":{"item_count":2},"items":[{},{"name":"n"}],"counts":{"k":3},)"
          R"("big_number":"-4","color":"COLOR_BLUE"})");
  }
  SECTION("enums by number") {
    options.enum_numbers = true;
    CHECK(Print(message, options) ==
          R"({"number":1,"anItem":{"itemCount":2},"items":[{},{"name":"n"}],"counts":{"k":3},)"
          R"("bigNumber":"-4","color":2})");
  }
  SECTION("64-bit integers as numbers") {
    options.int64_numbers = true;
    CHECK(Print(message, options) ==
          R"({"number":1,"anItem":{"itemCount":2},"items":[{},{"name":"n"}],"counts":{"k":3},)"
          R"("bigNumber":-4,"color":"COLOR_BLUE"})");
  }
  SECTION("indented") {
    options.indent = 2;
    CHECK(Print(message, options) == R"({
  "number": 1,
  "anItem": {
    "itemCount": 2
  },
  "items": [
    {},
    {
      "name": "n"
    }
  ],
  "counts": {
    "k": 3
  },
  "bigNumber": "-4",
  "color": "COLOR_BLUE"
})");
    CHECK(Reprint<Small>(Print(message, options)) == Print(message));
  }
}

TEST_CASE("styles reach into an Any") {
  Item item;
  item.set_item_count(1);
  Everything message;
  REQUIRE(message.mutable_an_any()->PackFrom(item));
  EncodeOptions options = Sparse();
  options.proto_names = true;
  options.indent = 1;
  CHECK(Print(message, options) == R"({
 "an_any": {
  "@type": "type.googleapis.com/kratos.json.test.Item",
  "item_count": 1
 }
})");
}

TEST_CASE("what proto3 JSON cannot express is an error, and leaves the output alone") {
  struct Row {
    const char* name;
    void (*fill)(Everything*);
    const char* summary;
  };
  const Row rows[] = {
      {"string", [](Everything* m) { m->mutable_scalars()->set_a_string("\xFF"); },
       "scalars.a_string unencodable"},
      {"string in a list",
       [](Everything* m) {
         m->add_strings("ok");
         m->add_strings("\xC3");
       },
       "strings[1] unencodable"},
      {"map key", [](Everything* m) { (*m->mutable_string_map())["\xED\xA0\x80"] = "x"; },
       "string_map[\"\xED\xA0\x80\"] unencodable"},
      {"map value", [](Everything* m) { (*m->mutable_string_map())["k"] = "\x80"; },
       R"(string_map["k"] unencodable)"},
      {"timestamp", [](Everything* m) { m->mutable_at()->set_seconds(253402300800); },
       "at unencodable"},
      {"timestamp's nanos",
       [](Everything* m) {
         m->add_times();
         m->add_times()->set_nanos(-1);
       },
       "times[1] unencodable"},
      {"duration",
       [](Everything* m) {
         m->mutable_lasting()->set_seconds(std::numeric_limits<std::int64_t>::max());
       },
       "lasting unencodable"},
      {"duration's signs",
       [](Everything* m) {
         m->mutable_lasting()->set_seconds(1);
         m->mutable_lasting()->set_nanos(-1);
       },
       "lasting unencodable"},
      {"mask", [](Everything* m) { m->mutable_mask()->add_paths("fooBar"); }, "mask unencodable"},
      {"NaN",
       [](Everything* m) {
         m->mutable_a_value()->set_number_value(std::numeric_limits<double>::quiet_NaN());
       },
       "a_value unencodable"},
      {"infinity",
       [](Everything* m) {
         (*m->mutable_a_struct()->mutable_fields())["k"].set_number_value(
             std::numeric_limits<double>::infinity());
       },
       R"(a_struct["k"] unencodable)"},
      {"any of unknown type", [](Everything* m) { m->mutable_an_any()->set_type_url("x/no.Such"); },
       "an_any unencodable"},
      {"any without type", [](Everything* m) { m->mutable_an_any()->set_value("x"); },
       "an_any unencodable"},
      {"any of broken bytes",
       [](Everything* m) {
         m->mutable_an_any()->set_type_url("x/kratos.json.test.Item");
         m->mutable_an_any()->set_value("\xFF");
       },
       "an_any unencodable"},
      {"inside an any",
       [](Everything* m) {
         Everything inner;
         inner.add_times()->set_nanos(-1);
         REQUIRE(m->mutable_an_any()->PackFrom(inner));
       },
       "an_any.times[0] unencodable"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Everything message;
    row.fill(&message);
    std::string out = "kept";
    CHECK(Summary(Encode(message, {}, &out)) == row.summary);
    CHECK(out == "kept");
  }
}

TEST_CASE("a Value that was never set is null") {
  google::protobuf::Value value;
  CHECK(Print(value) == "null");
  Everything message;
  message.add_values();
  CHECK(Print(message) == R"({"values":[null]})");
}

TEST_CASE("output is appended") {
  std::string out = "[";
  REQUIRE_FALSE(Encode(Item(), Sparse(), &out));
  CHECK(out == "[{}");
}

}  // namespace
}  // namespace kratos::json::test
