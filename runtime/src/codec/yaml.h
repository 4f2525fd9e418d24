// The parts of the YAML codec, which goes by way of JSON text. docs/reference/codecs.md has the
// mapping.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/codec_error.h"
#include "kratos/codec/codec.h"

namespace kratos::codec::internal {

/// Appends `json`, which json::Encode wrote on one line, as block-style YAML.
void JsonToYaml(std::string_view json, std::string* out);

/// True for text that every reader takes for this very string without quotes.
bool IsPlainSafe(std::string_view text);

/// What a plain (unquoted) scalar means in YAML's core schema (YAML 1.2.2, 10.3.2), as JSON;
/// nothing for a string.
std::optional<std::string> ResolvePlainScalar(std::string_view text);

/// JSON text, and where its parts came from.
struct JsonFromYaml {
  struct Mark {
    std::size_t json_offset;
    Position yaml;
  };

  std::string json;
  std::vector<Mark> marks;  // ascending

  /// Where in the YAML the JSON at `offset` came from.
  Position Find(std::size_t offset) const;
};

/// Translates one document for `message`, or for one field of it. What the descriptor makes a
/// string is one, quoted or not.
Status YamlToJson(std::string_view text, const google::protobuf::Descriptor& message,
                  const google::protobuf::FieldDescriptor* field, int max_depth, JsonFromYaml* out);

}  // namespace kratos::codec::internal
