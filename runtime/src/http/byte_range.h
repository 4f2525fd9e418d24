// The Range field (RFC 9110, 14.2) against a body of known length.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace kratos::http {

/// A part of a body: never empty, never beyond its end.
struct ByteRange {
  std::size_t first = 0;
  std::size_t length = 0;
  bool operator==(const ByteRange&) const = default;
};

struct RangeChoice {
  enum class Kind {
    kWhole,          ///< The field is to be ignored.
    kParts,          ///< 206: `parts` has one element or more.
    kUnsatisfiable,  ///< 416
  };
  Kind kind = Kind::kWhole;
  /// In the order asked for; those beyond the end are left out.
  std::vector<ByteRange> parts{};
};

/// Decides by the values of the Range field. kWhole for what is malformed, has another unit than
/// bytes, comes twice, overlaps, or names more than `max_parts` ranges.
RangeChoice ChooseRanges(const std::vector<std::string_view>& fields, std::size_t size,
                         std::size_t max_parts);

}  // namespace kratos::http
