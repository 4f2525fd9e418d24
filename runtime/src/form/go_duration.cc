#include "form/go_duration.h"

namespace kratos::form::internal {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kMaxSeconds = 315'576'000'000;  // google/protobuf/duration.proto

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes a unit off the front of `text`; 0 when there is none.
std::int64_t TakeUnit(std::string_view* text) {
  struct Unit {
    std::string_view name;
    std::int64_t nanos;
  };
  // Longer names before their beginnings.
  static constexpr Unit kUnits[] = {
      {"ns", 1},
      {"us", 1'000},
      {"\xC2\xB5s", 1'000},  // U+00B5
      {"\xCE\xBCs", 1'000},  // U+03BC
      {"ms", 1'000'000},
      {"s", kNanosPerSecond},
      {"m", 60 * kNanosPerSecond},
      {"h", 3600 * kNanosPerSecond},
  };
  for (const Unit& unit : kUnits) {
    if (text->substr(0, unit.name.size()) == unit.name) {
      text->remove_prefix(unit.name.size());
      return unit.nanos;
    }
  }
  return 0;
}

}  // namespace

bool ParseGoDuration(std::string_view text, std::int64_t* seconds, std::int32_t* nanos) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::int64_t total_seconds = 0;
  std::int64_t total_nanos = 0;  // below one second between rounds
  if (text.empty()) return false;
  if (text != "0") {
    while (!text.empty()) {
      std::int64_t whole = 0;
      std::size_t digits = 0;
      for (; !text.empty() && IsDigit(text.front()); text.remove_prefix(1), ++digits) {
        if (whole > 900'000'000'000'000'000) return false;  // the next digit might overflow
        whole = whole * 10 + (text.front() - '0');
      }
      std::string_view fraction;
      if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        std::size_t length = 0;
        while (length < text.size() && IsDigit(text[length])) ++length;
        fraction = text.substr(0, length);
        text.remove_prefix(length);
      }
      if (digits + fraction.size() == 0) return false;
      const std::int64_t unit = TakeUnit(&text);
      if (unit == 0) return false;

      // Horner from the last digit: floor((floor(x) + n) / 10) == floor((x + n) / 10), so nothing
      // is lost.
      std::int64_t part = 0;
      for (std::size_t i = fraction.size(); i-- > 0;) {
        part = (part + (fraction[i] - '0') * unit) / 10;
      }
      if (unit >= kNanosPerSecond) {
        const std::int64_t unit_seconds = unit / kNanosPerSecond;
        if (whole > kMaxSeconds / unit_seconds) return false;
        total_seconds += whole * unit_seconds;
      } else {
        const std::int64_t per_second = kNanosPerSecond / unit;
        total_seconds += whole / per_second;
        total_nanos += whole % per_second * unit;
      }
      total_nanos += part;
      total_seconds += total_nanos / kNanosPerSecond;
      total_nanos %= kNanosPerSecond;
      if (total_seconds > kMaxSeconds) return false;
    }
    if (total_seconds == kMaxSeconds && total_nanos > 0) return false;
  }
  *seconds = negative ? -total_seconds : total_seconds;
  *nanos = static_cast<std::int32_t>(negative ? -total_nanos : total_nanos);
  return true;
}

}  // namespace kratos::form::internal
