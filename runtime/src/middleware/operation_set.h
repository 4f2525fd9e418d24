// Operations by name and by prefix.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kratos::middleware {

/// Whether `pattern` is `operation`, or ends in '*' and has its beginning.
inline bool MatchesOperation(std::string_view pattern, std::string_view operation) {
  if (pattern == operation) return true;
  return pattern.ends_with('*') && operation.starts_with(pattern.substr(0, pattern.size() - 1));
}

inline bool MatchesAny(const std::vector<std::string>& patterns, std::string_view operation) {
  for (const std::string& pattern : patterns) {
    if (MatchesOperation(pattern, operation)) return true;
  }
  return false;
}

}  // namespace kratos::middleware
