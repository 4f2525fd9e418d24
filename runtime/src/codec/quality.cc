#include "codec/quality.h"

namespace kratos::codec::internal {

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

}  // namespace kratos::codec::internal
