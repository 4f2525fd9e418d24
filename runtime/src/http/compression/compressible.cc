// Media types that are worth compressing.
#include <algorithm>

#include "kratos/codec/codec.h"
#include "kratos/http/compression.h"
#include "metadata/ascii.h"

namespace kratos::http {

namespace {

// A list of what helps, not of what does not: a new image format is not squeezed for nothing.
constexpr std::string_view kTypes[] = {
    "application/cbor",
    "application/dart",
    "application/ecmascript",
    "application/graphql",
    "application/javascript",
    "application/json",
    "application/json-seq",
    "application/jsonl",
    "application/manifest",
    "application/msgpack",
    "application/ndjson",
    "application/proto",
    "application/protobuf",
    "application/protojson",
    "application/rtf",
    "application/sql",
    "application/toml",
    "application/vnd.google.protobuf",
    "application/vnd.ms-fontobject",
    "application/vnd.msgpack",
    "application/wasm",
    "application/x-javascript",
    "application/x-msgpack",
    "application/x-ndjson",
    "application/x-protobuf",
    "application/x-sh",
    "application/x-www-form-urlencoded",
    "application/x-yaml",
    "application/xml",
    "application/xml-dtd",
    "application/yaml",
    "audio/wav",
    "audio/wave",
    "audio/x-wav",
    "font/collection",
    "font/otf",
    "font/ttf",
    "image/bmp",
    "image/svg+xml",
    "image/vnd.microsoft.icon",
    "image/x-icon",
    "image/x-ms-bmp",
};

constexpr std::string_view kSuffixes[] = {"+cbor", "+json", "+json-seq", "+proto",
                                          "+text", "+xml",  "+yaml"};

}  // namespace

bool IsCompressible(std::string_view content_type) {
  const auto media = codec::ParseMediaType(content_type);
  if (!media) return false;
  if (media->type == "text") return true;
  const std::string whole = media->type + "/" + media->subtype;
  return std::binary_search(std::begin(kTypes), std::end(kTypes), std::string_view(whole)) ||
         std::any_of(std::begin(kSuffixes), std::end(kSuffixes),
                     [&](std::string_view suffix) { return whole.ends_with(suffix); });
}

}  // namespace kratos::http
