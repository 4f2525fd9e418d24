// Text as RFC 9110 sees it: ASCII, whatever the locale. EqualsIgnoreCase is public, in
// kratos/metadata/metadata.h.
#pragma once

#include <string>
#include <string_view>

namespace kratos::internal {

inline char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string ToLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ToLower(c);
  return lower;
}

/// Without optional white space (RFC 9110, 5.6.3) at both ends.
inline std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Nothing but spaces, tabs and line ends; before them a byte-order mark at most.
inline bool IsBlank(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace kratos::internal
