#include "http/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "http/list_field.h"

namespace kratos::http {

namespace {

constexpr std::string_view kUnit = "bytes=";

// Digits alone; what is too large to hold is as large as can be. Nothing when there are others, or
// none.
std::optional<std::size_t> ParsePosition(std::string_view text) {
  if (text.empty()) return std::nullopt;
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  std::size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::size_t>(c - '0');
    value = value > (kMost - digit) / 10 ? kMost : value * 10 + digit;
  }
  return value;
}

// One of "2-5", "2-", "-5" in a body of `size` bytes. False when malformed; a length of zero when
// nothing of it lies within the body.
bool ParseRange(std::string_view text, std::size_t size, ByteRange* range) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const std::string_view before = text.substr(0, dash);
  const std::string_view after = text.substr(dash + 1);
  if (before.empty()) {
    const auto suffix = ParsePosition(after);
    if (!suffix) return false;
    range->length = std::min(*suffix, size);
    range->first = size - range->length;
    return true;
  }
  const auto first = ParsePosition(before);
  const auto last = after.empty() ? std::numeric_limits<std::size_t>::max() : ParsePosition(after);
  if (!first || !last || *last < *first) return false;
  range->first = *first;
  range->length = *first >= size ? 0 : std::min(*last, size - 1) - *first + 1;
  return true;
}

bool Overlap(std::vector<ByteRange> parts) {
  std::sort(parts.begin(), parts.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i - 1].first + parts[i - 1].length > parts[i].first) return true;
  }
  return false;
}

}  // namespace

RangeChoice ChooseRanges(const std::vector<std::string_view>& fields, std::size_t size,
                         std::size_t max_parts) {
  RangeChoice choice;
  if (fields.size() != 1 || fields[0].size() < kUnit.size() ||
      !EqualsIgnoreCase(fields[0].substr(0, kUnit.size()), kUnit)) {
    return choice;
  }
  bool valid = true;
  std::size_t count = 0;
  ForEachElement(fields[0].substr(kUnit.size()), [&](std::string_view element) {
    ByteRange range;
    valid = valid && ++count <= max_parts && ParseRange(element, size, &range);
    if (valid && range.length != 0) choice.parts.push_back(range);
  });
  if (!valid || count == 0 || Overlap(choice.parts)) {
    choice.parts.clear();
    return choice;
  }
  choice.kind =
      choice.parts.empty() ? RangeChoice::Kind::kUnsatisfiable : RangeChoice::Kind::kParts;
  return choice;
}

}  // namespace kratos::http
