#include <tuple>

#include "codec/media_range.h"
#include "kratos/codec/codec.h"

namespace kratos::codec {
namespace {

/// How closely a range names a codec; the closest range decides its quality.
enum Closeness : int { kNone, kAnything, kAnyApplication, kSuffix, kNamed };

struct Range {
  MediaType type;
  int quality = 1000;  // thousandths
};

/// `0`, `1`, up to three decimals (RFC 9110, 12.4.2).
std::optional<int> ParseQuality(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int quality = (text[0] - '0') * 1000;
  if (text.size() == 1) return quality;
  if (text[1] != '.' || text.size() > 5) return std::nullopt;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    quality += (c - '0') * unit;
    unit /= 10;
  }
  if (quality > 1000) return std::nullopt;
  return quality;
}

/// Malformed elements are skipped: a wrong wish is no reason to refuse an answer.
std::vector<Range> ParseAccept(const std::vector<std::string_view>& fields) {
  std::vector<Range> ranges;
  for (std::string_view field : fields) {
    while (!field.empty()) {
      const std::size_t length = internal::ElementLength(field);
      const std::string_view element = field.substr(0, length);
      field.remove_prefix(std::min(length + 1, field.size()));
      Range range;
      bool valid = true;
      auto type = internal::ParseWithParameters(
          element, [&](std::string_view name, const std::string& value) {
            if (name != "q") return;
            const auto quality = ParseQuality(value);
            valid = quality.has_value();
            range.quality = quality.value_or(0);
          });
      if (!type || !valid) continue;
      range.type = std::move(*type);
      ranges.push_back(std::move(range));
    }
  }
  return ranges;
}

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

}  // namespace

const Codec* Negotiate(const Registry& registry, const std::vector<std::string_view>& fields) {
  const std::vector<Range> ranges = ParseAccept(fields);
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
