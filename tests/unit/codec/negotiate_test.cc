#include "kratos/codec/codec.h"
#include "support/catch.h"

namespace kratos::codec {
namespace {

TEST_CASE("K29: the reply's codec is chosen by Accept") {
  const Registry registry = Registry::WithDefaults();
  struct Row {
    const char* name;
    std::vector<std::string_view> accept;
    const char* codec;
  };
  const Row rows[] = {
      {"no field", {}, "none"},
      {"empty field", {""}, "none"},
      {"one type", {"application/xml"}, "xml"},
      {"case", {"APPLICATION/Yaml"}, "yaml"},
      {"what Kratos clients send", {"application/protojson"}, "protojson"},
      {"parameters", {"application/json; charset=utf-8"}, "json"},
      {"order of equals", {"application/yaml, application/xml"}, "yaml"},
      {"order over fields", {"application/yaml", "application/xml"}, "yaml"},
      {"quality", {"application/xml;q=0.1, application/json"}, "json"},
      {"quality with spaces", {"application/xml ; q=0.8 , application/yaml ; q=0.9"}, "yaml"},
      {"quality in upper case", {"application/xml;Q=0.5,application/yaml"}, "yaml"},
      {"three decimals", {"application/xml;q=0.001,application/yaml;q=0.002"}, "yaml"},
      {"unknown types are skipped", {"text/html, text/event-stream, application/xml;q=0.2"}, "xml"},
      {"nothing known", {"text/html, image/png"}, "none"},
      {"anything", {"*/*"}, "json"},
      {"any application type", {"application/*"}, "json"},
      {"any image", {"image/*"}, "none"},
      {"named before wildcard", {"*/*, application/xml"}, "xml"},
      {"named decides its own quality", {"*/*, application/json;q=0.1"}, "protojson"},
      {"wildcard with less quality", {"application/xml;q=0.1, */*;q=0.5"}, "json"},
      {"zero excludes", {"application/json;q=0, */*"}, "protojson"},
      {"zero with decimals", {"application/xml;q=0.000"}, "none"},
      {"everything excluded", {"*/*;q=0"}, "none"},
      {"wildcard excluded, one named", {"*/*;q=0, application/xml;q=0.1"}, "xml"},
      {"alias", {"application/x-protobuf"}, "proto"},
      {"suffix", {"application/vnd.x+json"}, "json"},
      {"text types", {"text/json"}, "json"},
      {"text/xml", {"text/xml"}, "xml"},
      {"text/yaml", {"text/yaml"}, "yaml"},
      {"no text form", {"text/proto"}, "none"},
      {"other main type", {"image/json"}, "none"},
      {"quoted comma", {"application/xml;x=\"a,b\";q=0.1, application/yaml;q=0.2"}, "yaml"},
      {"malformed elements are skipped", {"json, application/, ;q=1, application/xml"}, "xml"},
      {"malformed quality", {"application/xml;q=2, application/yaml;q=0.1"}, "yaml"},
      {"malformed quality", {"application/xml;q=0.1234"}, "none"},
      {"malformed quality", {"application/xml;q=x"}, "none"},
      {"quality above one", {"application/xml;q=1.001"}, "none"},
      {"empty elements", {",, application/xml ,,"}, "xml"},
      {"a browser",
       {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"},
       "xml"},
      {"curl", {"*/*"}, "json"},
  };
  for (const Row& row : rows) {
    INFO(row.name << ": " << (row.accept.empty() ? "" : row.accept[0]));
    const Codec* codec = Negotiate(registry, row.accept);
    Metadata header{{"Host", "example"}};
    for (const std::string_view field : row.accept) header.Add("ACCEPT", field);
    CHECK(Negotiate(registry, header) == codec);
    CHECK((codec == nullptr ? "none" : std::string(codec->name())) == row.codec);
  }
}

TEST_CASE("an empty registry accepts nothing") { CHECK(Negotiate(Registry(), {"*/*"}) == nullptr); }

}  // namespace
}  // namespace kratos::codec
