#include "http/http_date.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kratos::http {

namespace {

constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr const char* kLongDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                     "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Reads a text from its front; after the first mismatch everything fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool Literal(std::string_view text) {
    if (!good_ || !rest_.starts_with(text)) return good_ = false;
    rest_.remove_prefix(text.size());
    return true;
  }
  // The index of the name the text begins with.
  template <std::size_t N>
  int Name(const char* const (&names)[N]) {
    const auto name = std::find_if(std::begin(names), std::end(names),
                                   [&](const char* each) { return rest_.starts_with(each); });
    if (name == std::end(names)) {
      good_ = false;
      return 0;
    }
    Literal(*name);
    return static_cast<int>(name - std::begin(names));
  }
  // A number of exactly so many digits; a blank may stand for the first one when `padded`.
  int Digits(std::size_t count, bool padded = false) {
    if (rest_.size() < count) good_ = false;
    int value = 0;
    for (std::size_t i = 0; good_ && i < count; ++i) {
      const char c = rest_[i];
      if (padded && i == 0 && c == ' ') continue;
      if (c < '0' || c > '9') good_ = false;
      value = value * 10 + (c - '0');
    }
    if (good_) rest_.remove_prefix(count);
    return value;
  }
  bool Done() const { return good_ && rest_.empty(); }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

void ReadTime(Reader& reader, std::tm* parts) {
  parts->tm_hour = reader.Digits(2);
  reader.Literal(":");
  parts->tm_min = reader.Digits(2);
  reader.Literal(":");
  parts->tm_sec = reader.Digits(2);
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
bool ReadFixed(std::string_view text, std::tm* parts) {
  Reader reader(text);
  reader.Name(kDays);
  reader.Literal(", ");
  parts->tm_mday = reader.Digits(2);
  reader.Literal(" ");
  parts->tm_mon = reader.Name(kMonths);
  reader.Literal(" ");
  parts->tm_year = reader.Digits(4) - 1900;
  reader.Literal(" ");
  ReadTime(reader, parts);
  reader.Literal(" GMT");
  return reader.Done();
}

// "Sunday, 06-Nov-94 08:49:37 GMT"
bool ReadRfc850(std::string_view text, std::tm* parts) {
  Reader reader(text);
  reader.Name(kLongDays);
  reader.Literal(", ");
  parts->tm_mday = reader.Digits(2);
  reader.Literal("-");
  parts->tm_mon = reader.Name(kMonths);
  reader.Literal("-");
  const int year = reader.Digits(2);
  reader.Literal(" ");
  ReadTime(reader, parts);
  reader.Literal(" GMT");
  // A year that seems more than 50 years ahead is the last one with these digits.
  const std::time_t now = std::time(nullptr);
  std::tm today{};
  gmtime_r(&now, &today);
  const int century = today.tm_year / 100 * 100;
  parts->tm_year = century + year > today.tm_year + 50 ? century + year - 100 : century + year;
  return reader.Done();
}

// "Sun Nov  6 08:49:37 1994"
bool ReadAsctime(std::string_view text, std::tm* parts) {
  Reader reader(text);
  reader.Name(kDays);
  reader.Literal(" ");
  parts->tm_mon = reader.Name(kMonths);
  reader.Literal(" ");
  parts->tm_mday = reader.Digits(2, true);
  reader.Literal(" ");
  ReadTime(reader, parts);
  reader.Literal(" ");
  parts->tm_year = reader.Digits(4) - 1900;
  return reader.Done();
}

}  // namespace

std::string FormatHttpDate(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday],
                     parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

std::string_view HttpDateNow() {
  thread_local std::time_t second = -1;
  thread_local std::string text;
  if (const std::time_t now = std::time(nullptr); now != second) {
    text = FormatHttpDate(now);
    second = now;
  }
  return text;
}

std::optional<std::time_t> ParseHttpDate(std::string_view text) {
  std::tm parts{};
  if (!ReadFixed(text, &parts) && !ReadRfc850(text, &(parts = {})) &&
      !ReadAsctime(text, &(parts = {}))) {
    return std::nullopt;
  }
  // 60: a leap second.
  if (parts.tm_hour > 23 || parts.tm_min > 59 || parts.tm_sec > 60 || parts.tm_mday == 0)
    return std::nullopt;
  parts.tm_sec = std::min(parts.tm_sec, 59);
  const int day = parts.tm_mday;
  const std::time_t time = timegm(&parts);
  if (parts.tm_mday != day) return std::nullopt;  // timegm() turns 31 April into 1 May.
  return time;
}

}  // namespace kratos::http
