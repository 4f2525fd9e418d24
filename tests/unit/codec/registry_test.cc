#include "unit/codec/support.h"

namespace kratos::codec::test {
namespace {

std::string NameOf(const Codec* codec) {
  return codec == nullptr ? "none" : std::string(codec->name());
}

TEST_CASE("K29: codecs are found by subtype in any case, by alias and by suffix") {
  const Registry registry = Registry::WithDefaults();
  struct Row {
    const char* subtype;
    const char* codec;
  };
  const Row rows[] = {
      {"json", "json"},
      {"JSON", "json"},
      {"protojson", "protojson"},
      {"proto", "proto"},
      {"x-protobuf", "proto"},
      {"protobuf", "proto"},
      {"xml", "xml"},
      {"yaml", "yaml"},
      {"x-yaml", "yaml"},
      {"x-www-form-urlencoded", "x-www-form-urlencoded"},
      {"form", "x-www-form-urlencoded"},
      {"problem+json", "json"},
      {"vnd.x+JSON", "json"},
      {"atom+xml", "xml"},
      {"x+yaml", "yaml"},
      {"x+proto", "proto"},
      {"x+form", "none"},
      {"", "none"},
      {"+json", "json"},
      {"html", "none"},
      {"jso", "none"},
      {"octet-stream", "none"},
  };
  for (const Row& row : rows) {
    INFO(row.subtype);
    CHECK(NameOf(registry.Find(row.subtype)) == row.codec);
  }
  CHECK(registry.MediaTypes() ==
        std::vector<std::string>{"application/json", "application/protojson", "application/proto",
                                 "application/x-www-form-urlencoded", "application/xml",
                                 "application/yaml"});
  CHECK(Registry().Find("json") == nullptr);
  CHECK(Registry().MediaTypes().empty());
}

TEST_CASE("a codec replaces an earlier one of its name, aliases included") {
  Registry registry;
  registry.Register(JsonCodec());
  registry.Register(YamlCodec());
  registry.Alias("J", "json");
  const auto other = JsonCodec();
  registry.Register(other);
  CHECK(registry.Find("json") == other.get());
  CHECK(registry.Find("j") == other.get());
  CHECK(registry.MediaTypes() == std::vector<std::string>{"application/json", "application/yaml"});
  registry.Alias("j", "yaml");
  CHECK(NameOf(registry.Find("J")) == "yaml");
  registry.Alias("k", "nope");
  CHECK(registry.Find("k") == nullptr);
  registry.Register(JsonCodec("j"));
  CHECK(NameOf(registry.Find("j")) == "j");
}

TEST_CASE("a copy of a registry keeps its codecs") {
  Registry copy;
  {
    const Registry registry = Registry::WithDefaults();
    copy = registry;
  }
  CHECK(NameOf(copy.Find("json")) == "json");
}

}  // namespace
}  // namespace kratos::codec::test
