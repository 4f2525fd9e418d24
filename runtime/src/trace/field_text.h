// Pieces of header fields.
#pragma once

#include <string_view>
#include <vector>

namespace kratos::trace {

/// Without optional white space (RFC 9110, 5.6.3) at either end.
inline std::string_view TrimSpace(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The parts between `separator`s; one for an empty text.
inline std::vector<std::string_view> SplitField(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace kratos::trace
