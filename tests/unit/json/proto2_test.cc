// Required fields, groups, extensions, closed enums and defaults.
#include "json_test_proto2.pb.h"
#include "support.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

TEST_CASE("proto2 messages") {
  struct Row {
    const char* name;
    const char* in;
    const char* out;
  };
  const Row rows[] = {
      {"set to the default", R"({"id":"","number":7})", R"({"id":"","number":7})"},
      {"closed enums", R"({"id":"a","shape":2,"shapes":["SHAPE_ROUND",2]})",
       R"({"id":"a","shape":"SHAPE_SQUARE","shapes":["SHAPE_ROUND","SHAPE_SQUARE"]})"},
      {"unknown enum names", R"({"id":"a","shape":"NO","shapes":["NO"],"shapeMap":{"a":"NO"}})",
       R"({"id":"a"})"},
      {"group", R"({"id":"a","extra":{"note":"n"}})", R"({"id":"a","extra":{"note":"n"}})"},
      {"extensions",
       R"({"id":"a","[kratos.json.test.old_number]":5,"[kratos.json.test.old_words]":["x"],"[kratos.json.test.old_friend]":{"id":"b"},"[kratos.json.test.Scope.scoped]":false})",
       R"({"id":"a","[kratos.json.test.old_number]":5,"[kratos.json.test.old_words]":["x"],"[kratos.json.test.old_friend]":{"id":"b"},"[kratos.json.test.Scope.scoped]":false})"},
      {"null extension", R"({"id":"a","[kratos.json.test.old_number]":null})", R"({"id":"a"})"},
      {"unknown extension", R"({"id":"a","[kratos.json.test.nope]":5,"[]":1,"[":2})",
       R"({"id":"a"})"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Reprint<Old>(row.in) == row.out);
  }
}

TEST_CASE("proto2 errors") {
  struct Row {
    const char* name;
    const char* text;
    const char* summary;
  };
  const Row rows[] = {
      {"undefined number of a closed enum", R"({"id":"a","shape":3})", "shape unknown-enum"},
      {"undefined number in a list", R"({"id":"a","shapes":[1,3]})", "shapes[1] unknown-enum"},
      {"required", "{}", "id missing-required"},
      {"required below", R"({"id":"a","inner":{}})", "inner.id missing-required"},
      {"required in an extension", R"({"id":"a","[kratos.json.test.old_friend]":{}})",
       "(kratos.json.test.old_friend).id missing-required"},
      {"extension twice",
       R"({"id":"a","[kratos.json.test.old_number]":1,"[kratos.json.test.old_number]":1})",
       "[kratos.json.test.old_number] duplicate-key"},
      {"inside an extension", R"({"id":"a","[kratos.json.test.old_words]":["",1]})",
       "[kratos.json.test.old_words][1] wrong-type"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Old message;
    CHECK(Summary(Decode(row.text, {}, &message)) == row.summary);
  }
  Old message;
  CHECK(Summary(Decode(R"({"id":"a","[kratos.json.test.nope]":5})", Strict(), &message)) ==
        " unknown-field");
  Holder holder;
  CHECK(Summary(Decode(R"({"olds":[{"id":""},{}]})", {}, &holder)) ==
        "olds[1].id missing-required");
  CHECK(Summary(Decode(R"({"anAny":{"@type":"x/kratos.json.test.Old"}})", {}, &holder)) ==
        "an_any.id missing-required");
}

TEST_CASE("a message that lacks a required field is not written") {
  Holder holder;
  holder.add_olds();
  std::string out;
  CHECK(Summary(Encode(holder, {}, &out)) == "olds[0].id missing-required");
  CHECK(out.empty());
  const auto& olds = *Holder::descriptor()->FindFieldByName("olds");
  CHECK(Summary(EncodeField(holder, olds, {}, &out)) == "[0].id missing-required");
  CHECK(Summary(DecodeField(R"([{}])", olds, {}, &holder)) == "[0].id missing-required");
}

TEST_CASE("unset proto2 fields with presence: messages are null, scalars are left out") {
  Old message;
  message.set_id("a");
  CHECK(Print(message, {}) == R"({"id":"a","shapes":[],"shapeMap":{},"extra":null,"inner":null})");
  CHECK(Reprint<Old>(Print(message, {})) == R"({"id":"a"})");
}

TEST_CASE("an extension alone") {
  const auto& extension = *Old::descriptor()->file()->FindExtensionByName("old_number");
  Old message;
  REQUIRE_FALSE(DecodeField("5", extension, {}, &message));
  CHECK(message.GetExtension(old_number) == 5);
  std::string out;
  REQUIRE_FALSE(EncodeField(message, extension, {}, &out));
  CHECK(out == "5");
}

}  // namespace
}  // namespace kratos::json::test
