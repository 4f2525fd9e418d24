#include "kratos/log/level.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "kratos/metadata/metadata.h"

namespace kratos::log {

namespace {
struct Name {
  std::string_view text;
  Level level;
};
constexpr Name kNames[] = {{"DEBUG", Level::kDebug},
                           {"INFO", Level::kInfo},
                           {"WARN", Level::kWarn},
                           {"ERROR", Level::kError}};
}  // namespace

std::string ToString(Level level) {
  Name base = kNames[0];
  for (const Name& name : kNames) {
    if (level >= name.level) base = name;
  }
  std::string text(base.text);
  const int offset = static_cast<int>(level) - static_cast<int>(base.level);
  if (offset > 0) text += '+';
  if (offset != 0) text += std::to_string(offset);
  return text;
}

Level ParseLevel(std::string_view text) {
  if (EqualsIgnoreCase(text, "fatal")) return Level::kFatal;
  const auto sign = std::min(text.find_first_of("+-"), text.size());
  for (const Name& name : kNames) {
    if (!EqualsIgnoreCase(text.substr(0, sign), name.text)) continue;
    if (sign == text.size()) return name.level;
    const std::string_view digits = text.substr(sign + 1);
    // Small enough for every sum with a level.
    std::uint16_t offset = 0;
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), offset);
    if (digits.empty() || error != std::errc() || end != digits.end()) return Level::kInfo;
    return static_cast<Level>(static_cast<int>(name.level) +
                              (text[sign] == '-' ? -int{offset} : int{offset}));
  }
  return Level::kInfo;
}

}  // namespace kratos::log
