#include <algorithm>
#include <charconv>
#include <cstdint>

#include "codec/yaml.h"
#include "kratos/json/internal/text.h"
#include "kratos/metadata/metadata.h"

namespace kratos::codec::internal {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Words that some YAML reader takes for something other than a string.
bool IsReserved(std::string_view text) {
  for (const std::string_view word :
       {"null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"}) {
    if (EqualsIgnoreCase(text, word)) return true;
  }
  return false;
}

/// `0x1F`, `0o17` in decimal.
std::optional<std::string> Radix(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  std::string out;
  json::internal::FormatUint64(value, &out);
  return out;
}

/// A decimal number as JSON spells it: without '+', without leading zeros, with digits on both
/// sides of the point.
std::optional<std::string> Decimal(std::string_view text) {
  std::string out;
  if (text.front() == '-' || text.front() == '+') {
    if (text.front() == '-') out += '-';
    text.remove_prefix(1);
  }
  const auto take_digits = [&text] {
    std::size_t length = 0;
    while (length < text.size() && IsDigit(text[length])) ++length;
    const std::string_view digits = text.substr(0, length);
    text.remove_prefix(length);
    return digits;
  };
  std::string_view whole = take_digits();
  const bool had_whole = !whole.empty();
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  out += had_whole ? whole : "0";
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const std::string_view fraction = take_digits();
    if (!had_whole && fraction.empty()) return std::nullopt;
    if (!fraction.empty()) (out += '.') += fraction;
  } else if (!had_whole) {
    return std::nullopt;
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    out += 'e';
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
      out += text.front();
      text.remove_prefix(1);
    }
    const std::string_view exponent = take_digits();
    if (exponent.empty()) return std::nullopt;
    out += exponent;
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

}  // namespace

bool IsPlainSafe(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) && text.back() != ' ' && !IsReserved(text) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return letter(c) || IsDigit(c) || c == ' ' || c == '.' || c == '-' || c == '/';
         });
}

std::optional<std::string> ResolvePlainScalar(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return "null";
  }
  if (text == "true" || text == "True" || text == "TRUE") return "true";
  if (text == "false" || text == "False" || text == "FALSE") return "false";
  if (text.substr(0, 2) == "0x") return Radix(text.substr(2), 16);
  if (text.substr(0, 2) == "0o") return Radix(text.substr(2), 8);
  for (const std::string_view infinity : {".inf", ".Inf", ".INF"}) {
    if (text == infinity || (text.front() == '+' && text.substr(1) == infinity)) {
      return "\"Infinity\"";
    }
    if (text.front() == '-' && text.substr(1) == infinity) return "\"-Infinity\"";
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return "\"NaN\"";
  return Decimal(text);
}

}  // namespace kratos::codec::internal
