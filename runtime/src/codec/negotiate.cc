#include <optional>
#include <tuple>

#include "codec/accept.h"
#include "kratos/codec/codec.h"
#include "metadata/ascii.h"

namespace kratos::codec {
namespace {

/// How closely a range names a codec; the closest range decides its quality.
enum Closeness : int { kNone, kAnything, kAnyApplication, kSuffix, kNamed };

constexpr char kField[] = "Accept";

bool HasTextType(std::string_view codec) {
  return codec == "json" || codec == "xml" || codec == "yaml";
}

Closeness Match(const Registry& registry, const Codec& codec, const MediaType& range) {
  if (range.subtype == "*") {
    if (range.type == "*") return kAnything;
    return range.type == "application" ? kAnyApplication : kNone;
  }
  if (registry.Find(range.subtype) != &codec) return kNone;
  if (range.type != "application" && !(range.type == "text" && HasTextType(codec.name()))) {
    return kNone;
  }
  return range.subtype.find('+') == std::string::npos ? kNamed : kSuffix;
}

// What one range without parameters chooses, which is what nearly all clients send; nothing for
// other fields.
std::optional<const Codec*> ChooseByOne(const Registry& registry, std::string_view field) {
  const std::string_view range = kratos::internal::Trim(field);
  // As generated clients send it.
  const Codec* first = registry.First();
  if (first != nullptr && range == registry.MediaTypeOf(*first)) return first;
  const std::size_t slash = range.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view type = range.substr(0, slash);
  const std::string_view subtype = range.substr(slash + 1);
  if (!IsToken(type) || !IsToken(subtype)) return std::nullopt;
  const bool application = EqualsIgnoreCase(type, "application");
  if (subtype == "*") return type == "*" || application ? registry.First() : nullptr;
  const Codec* codec = registry.Find(subtype);
  if (codec == nullptr || application) return codec;
  return EqualsIgnoreCase(type, "text") && HasTextType(codec->name()) ? codec : nullptr;
}

}  // namespace

const Codec* Negotiate(const Registry& registry, const Metadata& request_header) {
  std::string_view field;
  int fields = 0;
  request_header.ForEachValue(kField, [&](std::string_view value) {
    field = value;
    ++fields;
  });
  if (fields == 0) return nullptr;
  if (fields == 1) {
    if (const auto chosen = ChooseByOne(registry, field)) return *chosen;
  }
  return Negotiate(registry, request_header.Values(kField));
}

const Codec* Negotiate(const Registry& registry, const std::vector<std::string_view>& fields) {
  const std::vector<MediaRange> ranges = ParseAccept(fields);
  const Codec* best = nullptr;
  std::tuple<int, int, int> best_rank;  // quality, closeness, earlier in the field
  for (const std::string& media_type : registry.MediaTypes()) {
    const Codec* codec =
        registry.Find(std::string_view(media_type).substr(media_type.find('/') + 1));
    int quality = 0;
    Closeness closest = kNone;
    int order = 0;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const Closeness closeness = Match(registry, *codec, ranges[i].type);
      if (closeness == kNone || closeness < closest) continue;
      if (closeness == closest && ranges[i].quality <= quality) continue;
      quality = ranges[i].quality;
      closest = closeness;
      order = -static_cast<int>(i);
    }
    if (quality == 0) continue;
    const std::tuple<int, int, int> rank(quality, closest, order);
    // Strictly better only: among equals the one registered first.
    if (best == nullptr || rank > best_rank) {
      best = codec;
      best_rank = rank;
    }
  }
  return best;
}

}  // namespace kratos::codec
