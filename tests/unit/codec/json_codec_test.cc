#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

TEST_CASE("K3: application/json is proto3 JSON, the same as application/protojson") {
  const auto message = FromText<Everything>("user_name: 'a' big_count: 5 color: BLUE");
  for (const auto& codec : {JsonCodec(), JsonCodec("protojson")}) {
    CHECK(Encoded(*codec, message) == R"({"bigCount":"5","userName":"a","color":"BLUE"})");
    CheckReads(*codec, R"({"user_name":"a","bigCount":5,"color":5})",
               "user_name: 'a' big_count: 5 color: BLUE");
  }
  CHECK(JsonCodec()->name() == "json");
  CHECK(JsonCodec("protojson")->name() == "protojson");
  // Unset fields appear by default.
  std::string all;
  REQUIRE(JsonCodec()->Encode(Leaf(), nullptr, {}, &all).ok());
  CHECK(all == R"({"name":"","size":0,"tags":[],"children":[],"next":null,"labels":{}})");
}

TEST_CASE("K18: single fields as JSON") {
  const auto codec = JsonCodec();
  const auto message = FromText<Everything>("count: 3 words: 'a' labels { key: 'k' value: 'v' }");
  CHECK(Encoded(*codec, message, Field("count")) == "3");
  CHECK(Encoded(*codec, message, Field("words")) == R"(["a"])");
  CHECK(Encoded(*codec, message, Field("labels")) == R"({"k":"v"})");
  CHECK(Encoded(*codec, message, Field("sub")) == "{}");
  CheckReads(*codec, R"(["a","b"])", "words: 'a' words: 'b'", Field("words"));
  CheckReads(*codec, R"({"name":"n"})", "sub { name: 'n' }", Field("sub"));
  CheckReads(*codec, "null", "", Field("sub"));
}

TEST_CASE("JSON errors name the field and the byte") {
  const auto codec = JsonCodec();
  CheckRefuses(*codec, R"({"items":[{},{"size":"x"}]})", "body: items[1].size: ");
  CheckRefuses(*codec, R"({"items":[{},{"size":"x"}]})", "(at byte 21)");
  CheckRefuses(*codec, "{", "at byte 1");
  CheckRefuses(*codec, "{\"userName\":\"\xff\"}", "user_name");
  DecodeOptions strict;
  strict.ignore_unknown = false;
  CheckRefuses(*codec, R"({"nope":1})", "nope", nullptr, strict);
}

TEST_CASE("what JSON cannot carry is a 500 without private content") {
  CheckCannotEncode(*JsonCodec(), FromText<Everything>("when { seconds: 999999999999999 }"));
  CheckCannotEncode(*JsonCodec(), FromText<Everything>("when { seconds: 999999999999999 }"),
                    Field("when"));
}

}  // namespace
}  // namespace kratos::codec::test
