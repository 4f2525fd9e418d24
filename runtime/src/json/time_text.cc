#include <array>
#include <limits>

#include "json/format.h"
#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kMinTimestamp = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kMaxTimestamp = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t kMaxDuration = 315'576'000'000;   // 10,000 years
constexpr std::int32_t kNanosPerSecond = 1'000'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsLeap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// Days from 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that
// the leap day is a year's last.
std::int64_t DaysFromDate(int year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

struct Date {
  int year;
  int month;
  int day;
};

Date DateFromDays(std::int32_t days) {
  days += 719'468;
  const std::int32_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int32_t day_of_era = days - era * 146'097;
  const std::int32_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int32_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const int month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

char* WritePadded(std::int32_t value, int width, char* to) {
  for (int i = width - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + width;
}

char* WriteFraction(std::int32_t nanos, char* to) {
  if (nanos == 0) return to;
  *to++ = '.';
  if (nanos % 1'000'000 == 0) return WritePadded(nanos / 1'000'000, 3, to);
  if (nanos % 1'000 == 0) return WritePadded(nanos / 1'000, 6, to);
  return WritePadded(nanos, 9, to);
}

// Takes what it reads off the front of the text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool Empty() const { return text_.empty(); }
  bool StartsWith(char c) const { return !text_.empty() && text_.front() == c; }

  bool Skip(char c) {
    if (!StartsWith(c)) return false;
    text_.remove_prefix(1);
    return true;
  }

  bool Number(std::size_t width, int min, int max, int* value) {
    if (text_.size() < width) return false;
    *value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!IsDigit(text_[i])) return false;
      *value = *value * 10 + (text_[i] - '0');
    }
    text_.remove_prefix(width);
    return *value >= min && *value <= max;
  }

  // ".5" is half a second; no fraction is zero.
  bool Fraction(std::int32_t* nanos) {
    *nanos = 0;
    if (!Skip('.')) return true;
    std::int32_t unit = kNanosPerSecond;
    std::size_t digits = 0;
    for (; digits < text_.size() && IsDigit(text_[digits]); ++digits) {
      if (digits == 9) return false;
      unit /= 10;
      *nanos += (text_[digits] - '0') * unit;
    }
    text_.remove_prefix(digits);
    return digits > 0;
  }

  bool Digits(std::int64_t max, std::int64_t* value) {
    *value = 0;
    std::size_t digits = 0;
    for (; digits < text_.size() && IsDigit(text_[digits]); ++digits) {
      *value = *value * 10 + (text_[digits] - '0');
      if (*value > max) return false;
    }
    text_.remove_prefix(digits);
    return digits > 0;
  }

 private:
  std::string_view text_;
};

// "Z", "+01:00", "-08:30".
bool ReadOffset(Cursor* cursor, std::int64_t* seconds) {
  *seconds = 0;
  if (cursor->Skip('Z')) return true;
  const bool west = cursor->StartsWith('-');
  if (!cursor->Skip('+') && !cursor->Skip('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!cursor->Number(2, 0, 23, &hours) || !cursor->Skip(':') ||
      !cursor->Number(2, 0, 59, &minutes)) {
    return false;
  }
  *seconds = (hours * 60 + minutes) * 60;
  if (west) *seconds = -*seconds;
  return true;
}

bool Append(char* (*write)(std::int64_t, std::int32_t, char*), std::int64_t seconds,
            std::int32_t nanos, std::string* out) {
  std::array<char, kLongestTime> buffer;
  const char* end = write(seconds, nanos, buffer.data());
  if (end == nullptr) return false;
  out->append(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  return true;
}

}  // namespace

char* WriteTimestamp(std::int64_t seconds, std::int32_t nanos, char* to) {
  if (seconds < kMinTimestamp || seconds > kMaxTimestamp || nanos < 0 || nanos >= kNanosPerSecond) {
    return nullptr;
  }
  auto days = static_cast<std::int32_t>(seconds / kSecondsPerDay);
  auto rest = static_cast<std::int32_t>(seconds % kSecondsPerDay);
  if (rest < 0) {
    rest += static_cast<std::int32_t>(kSecondsPerDay);
    --days;
  }
  const Date date = DateFromDays(days);
  to = WritePadded(date.year, 4, to);
  *to++ = '-';
  to = WritePadded(date.month, 2, to);
  *to++ = '-';
  to = WritePadded(date.day, 2, to);
  *to++ = 'T';
  to = WritePadded(rest / 3'600, 2, to);
  *to++ = ':';
  to = WritePadded(rest / 60 % 60, 2, to);
  *to++ = ':';
  to = WritePadded(rest % 60, 2, to);
  to = WriteFraction(nanos, to);
  *to++ = 'Z';
  return to;
}

bool FormatTimestamp(std::int64_t seconds, std::int32_t nanos, std::string* out) {
  return Append(WriteTimestamp, seconds, nanos, out);
}

bool ParseTimestamp(std::string_view text, std::int64_t* seconds, std::int32_t* nanos) {
  Cursor cursor(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int32_t fraction = 0;
  std::int64_t offset = 0;
  if (!cursor.Number(4, 1, 9999, &year) || !cursor.Skip('-') || !cursor.Number(2, 1, 12, &month) ||
      !cursor.Skip('-') || !cursor.Number(2, 1, DaysInMonth(year, month), &day) ||
      !cursor.Skip('T') || !cursor.Number(2, 0, 23, &hour) || !cursor.Skip(':') ||
      !cursor.Number(2, 0, 59, &minute) || !cursor.Skip(':') || !cursor.Number(2, 0, 59, &second) ||
      !cursor.Fraction(&fraction) || !ReadOffset(&cursor, &offset) || !cursor.Empty()) {
    return false;
  }
  const std::int64_t utc = DaysFromDate(year, month, day) * kSecondsPerDay + hour * 3'600 +
                           minute * 60 + second - offset;
  if (utc < kMinTimestamp || utc > kMaxTimestamp) return false;
  *seconds = utc;
  *nanos = fraction;
  return true;
}

char* WriteDuration(std::int64_t seconds, std::int32_t nanos, char* to) {
  if (seconds < -kMaxDuration || seconds > kMaxDuration || nanos <= -kNanosPerSecond ||
      nanos >= kNanosPerSecond || (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0)) {
    return nullptr;
  }
  if (seconds < 0 || nanos < 0) *to++ = '-';
  to = WriteInt64(seconds < 0 ? -seconds : seconds, to);
  to = WriteFraction(nanos < 0 ? -nanos : nanos, to);
  *to++ = 's';
  return to;
}

bool FormatDuration(std::int64_t seconds, std::int32_t nanos, std::string* out) {
  return Append(WriteDuration, seconds, nanos, out);
}

bool ParseDuration(std::string_view text, std::int64_t* seconds, std::int32_t* nanos) {
  Cursor cursor(text);
  const bool negative = cursor.Skip('-');
  std::int64_t whole = 0;
  std::int32_t fraction = 0;
  if (!cursor.Digits(kMaxDuration, &whole) || !cursor.Fraction(&fraction) || !cursor.Skip('s') ||
      !cursor.Empty()) {
    return false;
  }
  *seconds = negative ? -whole : whole;
  *nanos = negative ? -fraction : fraction;
  return true;
}

}  // namespace kratos::json::internal
