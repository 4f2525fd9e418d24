#include "http/grpc_timeout.h"

#include <algorithm>
#include <cstdint>

namespace kratos::http {

namespace {
constexpr std::int64_t kMostDigitsValue = 99'999'999;
constexpr std::chrono::nanoseconds kMost = std::chrono::hours(24 * 365);
}  // namespace

std::optional<std::chrono::nanoseconds> ParseGrpcTimeout(std::string_view text) {
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  std::int64_t value = 0;
  for (char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  using std::chrono::nanoseconds;
  switch (text.back()) {
    case 'H':
      return std::min<nanoseconds>(std::chrono::hours(std::min<std::int64_t>(value, 24 * 365)),
                                   kMost);
    case 'M':
      return std::min<nanoseconds>(std::chrono::minutes(value), kMost);
    case 'S':
      return std::min<nanoseconds>(std::chrono::seconds(value), kMost);
    case 'm':
      return std::chrono::milliseconds(value);
    case 'u':
      return std::chrono::microseconds(value);
    case 'n':
      return nanoseconds(value);
    default:
      return std::nullopt;
  }
}

std::string FormatGrpcTimeout(std::chrono::nanoseconds timeout) {
  const std::int64_t ns = std::clamp<std::int64_t>(timeout.count(), 0, kMost.count());
  constexpr struct {
    std::int64_t nanoseconds;
    char unit;
  } kUnits[] = {{1, 'n'}, {1'000, 'u'}, {1'000'000, 'm'}, {1'000'000'000, 'S'}};
  for (const auto& unit : kUnits) {
    const std::int64_t count = ns / unit.nanoseconds;
    if (count <= kMostDigitsValue) return std::to_string(count) + unit.unit;
  }
  return "99999999S";
}

}  // namespace kratos::http
