#include "kratos/codec/codec.h"
#include "support/catch.h"

namespace kratos::codec {
namespace {

TEST_CASE("K29: media types are parsed as RFC 9110 says") {
  struct Row {
    const char* text;
    const char* type;
    const char* subtype;
    const char* charset;
  };
  const Row rows[] = {
      {"application/json", "application", "json", ""},
      {"Application/JSON", "application", "json", ""},
      {" application/json ", "application", "json", ""},
      {"application/json ; charset=UTF-8", "application", "json", "utf-8"},
      {"application/json;charset=\"utf-8\"", "application", "json", "utf-8"},
      {"application/json;a=\"x;charset=no\\\"\";charset=latin1", "application", "json", "latin1"},
      {"application/problem+json", "application", "problem+json", ""},
      {"text/xml; CHARSET=utf-8; x=y", "text", "xml", "utf-8"},
      {"application/json;", "application", "json", ""},
      {"application/json;;charset=utf-8", "application", "json", "utf-8"},
      {"*/*", "*", "*", ""},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto type = ParseMediaType(row.text);
    REQUIRE(type.has_value());
    CHECK(type->type == row.type);
    CHECK(type->subtype == row.subtype);
    CHECK(type->charset == row.charset);
  }
}

TEST_CASE("what is no media type gives nothing") {
  for (const char* text :
       {"", "json", "/", "/json", "application/", "application/json/x", "appli cation/json",
        "application/json charset=utf-8", "application/json;charset", "application/json;=x",
        "application/json;charset=", "application/json;charset=\"utf-8", "application/js(on",
        "application/json, text/xml", "application/json;charset = utf-8",
        "application/json;a=\"x\"y", ";", "application;/json"}) {
    INFO(text);
    CHECK_FALSE(ParseMediaType(text).has_value());
  }
}

}  // namespace
}  // namespace kratos::codec
