#include "http/compression/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "kratos/codec/codec.h"
#include "kratos/errors/errors.h"
#include "kratos/metadata/metadata.h"

namespace kratos::http {

namespace {

std::optional<Coding> FindReplyCoding(std::string_view name) {
  const auto coding = FindCoding(name);
  const auto& known = ReplyCodings();
  if (!coding || std::find(known.begin(), known.end(), *coding) == known.end()) return std::nullopt;
  return coding;
}

}  // namespace

std::vector<Coding> OfferedCodings(const CompressionOptions& options) {
  if (options.codings.empty()) return ReplyCodings();
  std::vector<Coding> offered;
  for (const std::string& name : options.codings) {
    if (const auto coding = FindReplyCoding(name)) offered.push_back(*coding);
  }
  return offered;
}

bool ShouldCompress(const CompressionOptions& options, std::string_view content_type) {
  if (options.compressible) return options.compressible(content_type);
  if (content_type.empty()) return false;
  if (IsCompressible(content_type)) return true;
  if (options.more_types.empty()) return false;
  const auto media = codec::ParseMediaType(content_type);
  if (!media) return false;
  return std::any_of(options.more_types.begin(), options.more_types.end(),
                     [&](const std::string& type) {
                       return EqualsIgnoreCase(type, media->type + "/" + media->subtype) ||
                              EqualsIgnoreCase(type, media->type + "/*");
                     });
}

Status CheckCompression(const CompressionOptions& options) {
  std::string known;
  for (const Coding coding : ReplyCodings())
    known.append(known.empty() ? "" : ", ").append(CodingName(coding));
  for (const std::string& name : options.codings) {
    if (FindReplyCoding(name)) continue;
    return InternalServer(
        "BAD_OPTIONS",
        fmt::format("replies cannot be compressed with \"{}\"; this build has: {}", name, known));
  }
  return {};
}

}  // namespace kratos::http
