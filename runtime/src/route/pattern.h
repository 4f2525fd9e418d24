// A path template as matching sees it: decoded, without variables, cut at its `**`.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/route/path_template.h"

namespace kratos::route {

/// What one segment of a path must be.
struct Element {
  /// The decoded text of a literal; empty for `*`. Literals are never empty, so neither is mistaken
  /// for the other.
  std::string literal;

  bool wildcard() const { return literal.empty(); }
  bool operator==(const Element&) const = default;
};

/// `prefix` alone, or `prefix / ** / suffix` when `multi` is set.
struct Pattern {
  std::vector<Element> prefix;
  bool multi = false;
  std::vector<Element> suffix;
  /// Decoded; empty when there is none.
  std::string verb;

  /// The fewest segments a matching path has; without `**` the only number.
  std::size_t min_size() const { return prefix.size() + suffix.size(); }
  /// What stands for segment `i` of a path of `size` segments, null inside `**`. `size` must be one
  /// that fits.
  const Element* At(std::size_t i, std::size_t size) const {
    if (i < prefix.size()) return &prefix[i];
    const std::size_t from_end = size - i;
    return from_end <= suffix.size() ? &suffix[suffix.size() - from_end] : nullptr;
  }
};

Pattern MakePattern(const PathTemplate& path_template);

/// True for text that `*` takes: neither empty nor "." nor "..".
inline bool FitsWildcard(std::string_view decoded) {
  return !decoded.empty() && decoded != "." && decoded != "..";
}

/// True when `element` takes a segment that decodes to `decoded`.
inline bool Accepts(const Element& element, std::string_view decoded) {
  return element.wildcard() ? FitsWildcard(decoded) : element.literal == decoded;
}

/// The decoded text of a literal or verb that the parser has accepted.
std::string DecodeLiteral(std::string_view literal);

}  // namespace kratos::route
