#include "differential.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "json_test.pb.h"
#include "json_test_proto2.pb.h"
#include "support/catch.h"

namespace kratos::json::test {
namespace {

const std::vector<std::string>& Texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all = {
        "",
        "{}",
        "null",
        "[]",
        R"({"number":1,"number":2})",
        R"({"bigNumber":"1","big_number":2})",
        R"({"one":1,"two":{}})",
        R"({"one":null,"two":{}})",
        R"({"maybe":null,"items":null,"counts":null})",
        R"({"items":[null]})",
        R"({"counts":{"a":1,"b":2,"a":3}})",
        R"({"counts":{"a":1,"b":null}})",
        R"({"items":[{"name":"x","color":"COLOR_RED"},{"color":"PURPLE"},{"color":77}]})",
        R"({"text":"\u00e9\ud83d\ude00\n\"\\\/","number":-0})",
        R"({"text":"\ud83d"})",
        R"({"number":1.0e1,"bigNumber":9007199254740993})",
        R"({"number":2147483648})",
        R"({"number":-2147483648,"bigNumber":"-9223372036854775808"})",
        R"({"number":"12","bigNumber":" 12"})",
        R"({"number":01})",
        R"({"number":1x})",
        R"({"number":"1)",
        R"({ "number" : 1 , "text" : "t" , "anItem" : { } })",
        R"({"text":"t","number":1,"unknown":{"a":[1,{}]},"color":-1})",
        R"({"scalars":{"aDouble":-0.0,"aFloat":-0,"aBool":true,"someBytes":"-_8=","aColor":"COLOR_BLUE"}})",
        R"({"scalars":{"aDouble":"NaN","aFloat":"-Infinity"}})",
        R"({"scalars":{"aDouble":0.1,"aFloat":0.1,"aUint64":"18446744073709551615"}})",
        R"({"scalars":{"aDouble":1e400}})",
        R"({"scalars":{"aDouble":123456789012345.6,"aUint32":-1}})",
        R"({"colorMap":{"a":"COLOR_RED","b":"PURPLE","c":5}})",
        R"({"colorMap":{"a":"PURPLE","a":"COLOR_RED"}})",
        R"({"int32Map":{"1":"a","1.0":"b"},"boolMap":{"true":"t","false":"f"}})",
        R"({"int64Map":{"10":"a","9":"b","-1":"c"},"uint64Map":{"18446744073709551615":"x","1":"y"}})",
        R"({"boolMap":{"yes":"t"}})",
        R"({"itemMap":{"k":{"name":"a"},"k\n":{"itemCount":5}}})",
        R"({"itemMap":{"k":null}})",
        R"({"valueMap":{"n":null,"l":[1,"a",null,{}]}})",
        R"({"aStruct":{"a":1,"b":{"c":[true,null]}},"aValue":null,"aNull":null,"aList":[1]})",
        R"({"aStruct":{"a":1,"a":2}})",
        R"({"at":"2024-02-29T12:00:00.5+01:00","lasting":"-1.5s","mask":"aB,c.d"})",
        R"({"at":"2023-02-29T12:00:00Z"})",
        R"({"at":{"seconds":5,"nanos":6},"lasting":{"seconds":"7"}})",
        R"({"wrappedInt64":"5","wrappedString":"","wrappedBytes":"AA==","wrappedBool":null})",
        R"({"wrappedDouble":"x"})",
        R"({"anAny":{"@type":"x/kratos.json.test.Item","name":"a"}})",
        R"({"anAny":{"name":"a","@type":"x/kratos.json.test.Item"}})",
        R"({"anAny":{"@type":"x/google.protobuf.Duration","value":"3s"}})",
        R"({"anAny":{"@type":"x/nothing"}})",
        R"({"choiceNull":null,"choiceText":"a"})",
        R"({"choiceValue":null,"choiceItem":{}})",
        R"({"other-name":"x","renamed":"y"})",
        R"({"int32s":[1,"2",3.0],"floats":[1.5,"Infinity"],"blobs":["AA","AAE="],"bools":[true,1]})",
        R"({"id":"x","number":3,"shape":"SHAPE_ROUND","shapes":[1,2]})",
        R"({"id":"x","shape":9})",
        R"({"number":3})",
        R"({"child":{"child":{"child":{"leaf":1}}},"children":[{"leaf":2}],"byName":{"a":{"leaf":3}}})",
        "{\"text\":\"\xC3\xA9\xE2\x82\xAC, a text of more than sixteen bytes\"}",
        "{\"text\":\"a text of more than sixteen bytes \xC3(\"}",
        "{\"text\":\"a text of more than sixteen bytes with a \x01\"}",
        R"({"text":"a text without an end)",
    };
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(KRATOS_CORPUS) + "/json")) {
      std::ifstream stream(file.path(), std::ios::binary);
      std::ostringstream content;
      content << stream.rdbuf();
      all.push_back(content.str());
    }
    return all;
  }();
  return texts;
}

TEST_CASE("accessors and reflection agree") {
  const Differential everything((Everything()));
  const Differential node((Node()));
  const Differential small((Small()));
  const Differential old((Old()));
  for (const std::string& text : Texts()) {
    INFO(text.substr(0, 200));
    CHECK(everything.Read(text) == "");
    CHECK(node.Read(text) == "");
    CHECK(small.Read(text) == "");
    CHECK(old.Read(text) == "");
  }
}

TEST_CASE("accessors and reflection agree on texts with a fault") {
  const Differential everything((Everything()));
  const Differential small((Small()));
  std::uint32_t random = 1;
  const auto next = [&random](std::size_t below) {
    random = random * 1664525U + 1013904223U;
    return static_cast<std::size_t>(random >> 8) % below;
  };
  constexpr std::string_view kBytes = "{}[]\":,\\0123456789.eE+-ntu \n\x80\xC3\x01";
  for (int i = 0; i < 3000; ++i) {
    std::string text = Texts()[next(Texts().size())].substr(0, 600);
    for (std::size_t faults = next(3); faults > 0 && !text.empty(); --faults) {
      const std::size_t at = next(text.size());
      switch (next(4)) {
        case 0:
          text.erase(at, 1);
          break;
        case 1:
          text.insert(at, 1, kBytes[next(kBytes.size())]);
          break;
        case 2:
          text[at] = kBytes[next(kBytes.size())];
          break;
        default:
          text.insert(at, text.substr(at, next(24)));
          break;
      }
    }
    INFO(text);
    REQUIRE(everything.Read(text) == "");
    REQUIRE(small.Read(text) == "");
  }
}

TEST_CASE("accessors and reflection agree on messages that JSON cannot express") {
  const Differential everything((Everything()));
  Everything message;
  const auto check = [&] {
    CHECK(everything.Write(message) == "");
    message.Clear();
  };
  message.mutable_scalars()->set_a_string("a text of more than sixteen bytes \xC3(");
  check();
  message.add_strings("ok");
  message.add_strings("\xFF");
  check();
  (*message.mutable_string_map())["k\xFF"] = "v";
  check();
  message.mutable_at()->set_nanos(-1);
  check();
  message.mutable_lasting()->set_seconds(400'000'000'000);
  check();
  message.mutable_a_value()->set_number_value(1.0 / 0.0);
  check();
  message.add_values();
  check();
  message.mutable_mask()->add_paths("A");
  check();
  message.mutable_scalars()->set_a_color(static_cast<Color>(77));
  message.mutable_scalars()->set_a_double(-0.0);
  message.mutable_scalars()->set_a_float(-0.0F);
  message.add_colors(static_cast<Color>(-1));
  (*message.mutable_color_map())["x"] = static_cast<Color>(78);
  check();
  Node deep;
  Node* at = &deep;
  for (int i = 0; i < 300; ++i) at = at->mutable_child();
  std::string text;
  CHECK(Encode(deep, {}, &text)->code == ErrorCode::kTooDeep);
  CHECK(text.empty());
}

}  // namespace
}  // namespace kratos::json::test
