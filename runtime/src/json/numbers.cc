#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>
#include <type_traits>

#include "json/format.h"
#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A decimal number taken apart; the views point into the text.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  std::int64_t exponent = 0;
  std::size_t length = 0;
};

std::string_view TakeDigits(std::string_view text, std::size_t* at) {
  const std::size_t begin = *at;
  while (*at < text.size() && IsDigit(text[*at])) ++*at;
  return text.substr(begin, *at - begin);
}

// Reads the longest number at the start of `text`; false when there is none.
bool LexDecimal(std::string_view text, NumberSyntax syntax, Decimal* out) {
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '-' || (syntax == NumberSyntax::kText && text[0] == '+'))) {
    out->negative = text[0] == '-';
    ++at;
  }
  out->whole = TakeDigits(text, &at);
  if (out->whole.empty()) return false;
  if (syntax == NumberSyntax::kJson && out->whole.size() > 1 && out->whole[0] == '0') return false;
  if (at < text.size() && text[at] == '.') {
    ++at;
    out->fraction = TakeDigits(text, &at);
    if (out->fraction.empty()) return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    bool down = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) down = text[at++] == '-';
    const std::string_view digits = TakeDigits(text, &at);
    if (digits.empty()) return false;
    // Far past what any text in memory can balance with digits; the exact value no longer matters.
    constexpr std::int64_t kFar = std::int64_t{1} << 56;
    for (const char digit : digits) {
      out->exponent = std::min(kFar, out->exponent * 10 + (digit - '0'));
    }
    if (down) out->exponent = -out->exponent;
  }
  out->length = at;
  return true;
}

// The digits of whole and fraction as one sequence.
class DigitRun {
 public:
  explicit DigitRun(const Decimal& decimal) : decimal_(decimal) {}
  std::size_t size() const { return decimal_.whole.size() + decimal_.fraction.size(); }
  char operator[](std::size_t i) const {
    return i < decimal_.whole.size() ? decimal_.whole[i]
                                     : decimal_.fraction[i - decimal_.whole.size()];
  }

 private:
  const Decimal& decimal_;
};

// The magnitude of a decimal that is a whole number.
NumberStatus WholeMagnitude(const Decimal& decimal, std::uint64_t* magnitude) {
  const DigitRun digits(decimal);
  std::size_t begin = 0;
  std::size_t end = digits.size();
  while (begin < end && digits[begin] == '0') ++begin;
  while (end > begin && digits[end - 1] == '0') --end;
  *magnitude = 0;
  if (begin == end) return NumberStatus::kOk;
  const std::int64_t shift = decimal.exponent + static_cast<std::int64_t>(decimal.whole.size()) -
                             static_cast<std::int64_t>(end);
  if (shift < 0) return NumberStatus::kNotWhole;
  constexpr std::int64_t kMaxDigits = 20;  // of 2^64 - 1
  if (shift > kMaxDigits || static_cast<std::int64_t>(end - begin) + shift > kMaxDigits) {
    return NumberStatus::kOutOfRange;
  }
  const auto append = [magnitude](unsigned digit) {
    return !__builtin_mul_overflow(*magnitude, std::uint64_t{10}, magnitude) &&
           !__builtin_add_overflow(*magnitude, std::uint64_t{digit}, magnitude);
  };
  for (std::size_t i = begin; i < end; ++i) {
    if (!append(static_cast<unsigned>(digits[i] - '0'))) return NumberStatus::kOutOfRange;
  }
  for (std::int64_t i = 0; i < shift; ++i) {
    if (!append(0)) return NumberStatus::kOutOfRange;
  }
  return NumberStatus::kOk;
}

// Reads digits alone, as nearly every integer is written, whatever the syntax.
bool ParsePlainDigits(std::string_view text, std::uint64_t* magnitude) {
  constexpr std::size_t kAlwaysFit = 19;
  if (text.empty() || text.size() > kAlwaysFit || (text[0] == '0' && text.size() > 1)) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  *magnitude = value;
  return true;
}

template <typename Int>
NumberStatus ParseInteger(std::string_view text, NumberSyntax syntax, Int* value) {
  std::uint64_t plain = 0;
  if (ParsePlainDigits(text, &plain) &&
      plain <= static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) {
    *value = static_cast<Int>(plain);
    return NumberStatus::kOk;
  }
  Decimal decimal;
  if (!LexDecimal(text, syntax, &decimal) || decimal.length != text.size()) {
    return NumberStatus::kSyntax;
  }
  std::uint64_t magnitude = 0;
  const NumberStatus status = WholeMagnitude(decimal, &magnitude);
  if (status != NumberStatus::kOk) return status;
  constexpr std::uint64_t kMax = static_cast<std::uint64_t>(std::numeric_limits<Int>::max());
  if (!decimal.negative) {
    if (magnitude > kMax) return NumberStatus::kOutOfRange;
    *value = static_cast<Int>(magnitude);
    return NumberStatus::kOk;
  }
  constexpr std::uint64_t kMin = std::numeric_limits<Int>::is_signed ? kMax + 1 : 0;
  if (magnitude > kMin) return NumberStatus::kOutOfRange;
  *value = static_cast<Int>(std::uint64_t{0} - magnitude);
  return NumberStatus::kOk;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

template <typename Float>
bool ParseSpecial(std::string_view text, NumberSyntax syntax, Float* value) {
  constexpr Float kInfinity = std::numeric_limits<Float>::infinity();
  constexpr Float kNan = std::numeric_limits<Float>::quiet_NaN();
  if (syntax == NumberSyntax::kJson) {
    if (text == "NaN") {
      *value = kNan;
    } else if (text == "Infinity") {
      *value = kInfinity;
    } else if (text == "-Infinity") {
      *value = -kInfinity;
    } else {
      return false;
    }
    return true;
  }
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  if (EqualsIgnoringCase(text, "nan")) {
    *value = kNan;
  } else if (EqualsIgnoringCase(text, "inf") || EqualsIgnoringCase(text, "infinity")) {
    *value = negative ? -kInfinity : kInfinity;
  } else {
    return false;
  }
  return true;
}

template <typename Float>
NumberStatus ParseFloating(std::string_view text, NumberSyntax syntax, Float* value) {
  if constexpr (std::is_same_v<Float, double>) {
    if (ParseShortDecimal(text, value)) return NumberStatus::kOk;
  }
  if (ParseSpecial(text, syntax, value)) return NumberStatus::kOk;
  Decimal decimal;
  if (!LexDecimal(text, syntax, &decimal) || decimal.length != text.size()) {
    return NumberStatus::kSyntax;
  }
  if (text[0] == '+') text.remove_prefix(1);
  Float parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error == std::errc::result_out_of_range) {
    // from_chars does not say which side was missed: the place of the first digit that counts does.
    const DigitRun digits(decimal);
    std::size_t first = 0;
    while (first < digits.size() && digits[first] == '0') ++first;
    const std::int64_t place = decimal.exponent + static_cast<std::int64_t>(decimal.whole.size()) -
                               static_cast<std::int64_t>(first);
    if (first < digits.size() && place > 0) return NumberStatus::kOutOfRange;
    *value = decimal.negative ? -Float{0} : Float{0};
    return NumberStatus::kOk;
  }
  if (error != std::errc() || end != text.data() + text.size()) return NumberStatus::kSyntax;
  if (std::isinf(parsed)) return NumberStatus::kOutOfRange;
  *value = parsed;
  return NumberStatus::kOk;
}

// Two digits at a time.
constexpr std::array<char, 200> MakeDigitPairs() {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kDigitPairs = MakeDigitPairs();

// Writes `value` so that it ends at `end`; returns its begin.
template <typename Unsigned>
char* WriteBackwards(Unsigned value, char* end) {
  while (value >= 100) {
    end -= 2;
    std::memcpy(end, &kDigitPairs[static_cast<std::size_t>(value % 100) * 2], 2);
    value /= 100;
  }
  if (value < 10) {
    *--end = static_cast<char>('0' + value);
    return end;
  }
  end -= 2;
  std::memcpy(end, &kDigitPairs[static_cast<std::size_t>(value) * 2], 2);
  return end;
}

char* WriteMagnitude(std::uint64_t value, char* to) {
  if (value < 10) {
    *to = static_cast<char>('0' + value);
    return to + 1;
  }
  std::array<char, 20> buffer;
  char* const end = buffer.data() + buffer.size();
  const char* begin = value <= std::numeric_limits<std::uint32_t>::max()
                          ? WriteBackwards(static_cast<std::uint32_t>(value), end)
                          : WriteBackwards(value, end);
  const auto size = static_cast<std::size_t>(end - begin);
  std::memcpy(to, begin, size);
  return to + size;
}

// Writes a value that is a decimal of few digits, as nearly every price and share is: then the
// scaled value is a whole number that gives the same value back, and of decimals with at most 15
// digits only one does, which is the shortest. Null for all others.
char* WriteShortDecimal(double value, char* to) {
  constexpr double kLargest = 1e15;
  double magnitude = std::fabs(value);
  if (!(magnitude >= 1e-3 && magnitude < kLargest)) return nullptr;
  std::uint64_t whole = static_cast<std::uint64_t>(magnitude);
  if (static_cast<double>(whole) == magnitude) {
    if (value < 0) *to++ = '-';
    return WriteMagnitude(whole, to);
  }
  constexpr std::array<std::uint64_t, 4> kScales = {10, 100, 1000, 10000};
  int digits = 0;
  for (const std::uint64_t scale : kScales) {
    ++digits;
    const double scaled = magnitude * static_cast<double>(scale);
    if (scaled >= kLargest) return nullptr;
    const std::uint64_t rounded = static_cast<std::uint64_t>(scaled + 0.5);
    if (static_cast<double>(rounded) / static_cast<double>(scale) != magnitude) continue;
    if (value < 0) *to++ = '-';
    to = WriteMagnitude(rounded / scale, to);
    *to++ = '.';
    std::uint64_t fraction = rounded % scale;
    for (int i = digits - 1; i >= 0; --i) {
      to[i] = static_cast<char>('0' + fraction % 10);
      fraction /= 10;
    }
    return to + digits;
  }
  return nullptr;
}

char* WriteText(std::string_view text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

template <typename Float>
char* WriteFloating(Float value, char* to) {
  if (std::isnan(value)) return WriteText("NaN", to);
  if (std::isinf(value)) return WriteText(value < 0 ? "-Infinity" : "Infinity", to);
  if constexpr (std::is_same_v<Float, double>) {
    if (char* end = WriteShortDecimal(value, to)) return end;
  }
  // Plain digits in the range where people expect them, as JavaScript and Go do.
  const Float magnitude = std::fabs(value);
  const bool plain = magnitude == 0 || (magnitude >= Float(1e-6) && magnitude < Float(1e21));
  const auto [end, error] =
      std::to_chars(to, to + kLongestNumber, value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  static_cast<void>(error);  // so many bytes hold every value in either form
  return end;
}

template <typename Value>
void Append(char* (*write)(Value, char*), Value value, std::string* out) {
  std::array<char, kLongestNumber> buffer;
  out->append(buffer.data(), write(value, buffer.data()));
}

}  // namespace

bool ParseShortDecimal(std::string_view text, double* value) {
  constexpr std::size_t kExactDigits = 15;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kExactDigits + 1) return false;
  if (text[0] == '0' && text.size() > 1 && text[1] != '.') return false;
  std::uint64_t digits = 0;
  std::size_t count = 0;
  std::size_t fraction = 0;
  bool point = false;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit <= 9) {
      digits = digits * 10 + digit;
      ++count;
      fraction += point ? 1 : 0;
    } else if (c == '.' && !point && count > 0) {
      point = true;
    } else {
      return false;
    }
  }
  if (count > kExactDigits || (point && fraction == 0)) return false;
  constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const double magnitude = static_cast<double>(digits) / kPowers[fraction];
  *value = negative ? -magnitude : magnitude;
  return true;
}

NumberStatus ParseInt32(std::string_view text, NumberSyntax syntax, std::int32_t* value) {
  return ParseInteger(text, syntax, value);
}
NumberStatus ParseInt64(std::string_view text, NumberSyntax syntax, std::int64_t* value) {
  return ParseInteger(text, syntax, value);
}
NumberStatus ParseUint32(std::string_view text, NumberSyntax syntax, std::uint32_t* value) {
  return ParseInteger(text, syntax, value);
}
NumberStatus ParseUint64(std::string_view text, NumberSyntax syntax, std::uint64_t* value) {
  return ParseInteger(text, syntax, value);
}
NumberStatus ParseFloat(std::string_view text, NumberSyntax syntax, float* value) {
  return ParseFloating(text, syntax, value);
}
NumberStatus ParseDouble(std::string_view text, NumberSyntax syntax, double* value) {
  return ParseFloating(text, syntax, value);
}

std::size_t JsonNumberLength(std::string_view text) {
  Decimal decimal;
  return LexDecimal(text, NumberSyntax::kJson, &decimal) ? decimal.length : 0;
}

char* WriteInt64(std::int64_t value, char* to) {
  auto magnitude = static_cast<std::uint64_t>(value);
  if (value < 0) {
    *to++ = '-';
    magnitude = 0 - magnitude;
  }
  return WriteMagnitude(magnitude, to);
}
char* WriteUint64(std::uint64_t value, char* to) { return WriteMagnitude(value, to); }
char* WriteFloat(float value, char* to) { return WriteFloating(value, to); }
char* WriteDouble(double value, char* to) { return WriteFloating(value, to); }

void FormatFloat(float value, std::string* out) { Append(WriteFloat, value, out); }
void FormatDouble(double value, std::string* out) { Append(WriteDouble, value, out); }
void FormatInt64(std::int64_t value, std::string* out) { Append(WriteInt64, value, out); }
void FormatUint64(std::uint64_t value, std::string* out) { Append(WriteUint64, value, out); }

}  // namespace kratos::json::internal
