#include "codec/accept.h"

#include <algorithm>
#include <optional>

#include "codec/ascii.h"
#include "codec/media_range.h"

namespace kratos::codec {

namespace {

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

}  // namespace

std::vector<MediaRange> ParseAccept(const std::vector<std::string_view>& fields) {
  std::vector<MediaRange> ranges;
  for (std::string_view field : fields) {
    while (!field.empty()) {
      const std::size_t length = internal::ElementLength(field);
      const std::string_view element = field.substr(0, length);
      field.remove_prefix(std::min(length + 1, field.size()));
      MediaRange range;
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

}  // namespace kratos::codec
