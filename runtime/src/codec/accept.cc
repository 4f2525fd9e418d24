#include "codec/accept.h"

#include <algorithm>

#include "codec/media_range.h"
#include "codec/quality.h"
#include "metadata/ascii.h"

namespace kratos::codec {

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
            const auto quality = internal::ParseQuality(value);
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
