#ifdef __SSE2__
#define RAPIDJSON_SSE2  // Sixteen bytes of a string at a time.
#endif
#include "limit_json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>
#include <rapidjson/writer.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

namespace kratos::bench::limit {

namespace {

using Json = rapidjson::Writer<rapidjson::StringBuffer>;

// A writer on `out`; its stack of levels is allocated once a thread.
Json& WriterOn(rapidjson::StringBuffer* out) {
  static thread_local Json json;
  json.Reset(*out);
  return json;
}

constexpr std::string_view kStates[] = {"STATE_UNSPECIFIED", "STATE_ACTIVE", "STATE_ARCHIVED"};

template <class Number>
bool FromDigits(std::string_view text, Number* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

bool Digits(std::string_view text, std::size_t at, std::size_t count, int* value) {
  *value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return false;
    *value = *value * 10 + (text[i] - '0');
  }
  return true;
}

// RFC 3339, as proto3 JSON has it: 2026-01-02T03:04:05[.fraction](Z|+hh:mm|-hh:mm).
bool ParseTime(std::string_view text, Time* time) {
  int year, month, day, hour, minute, second;
  if (!Digits(text, 0, 4, &year) || !Digits(text, 5, 2, &month) || !Digits(text, 8, 2, &day) ||
      !Digits(text, 11, 2, &hour) || !Digits(text, 14, 2, &minute) || !Digits(text, 17, 2, &second))
    return false;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return false;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || year == 0 || hour > 23 || minute > 59 || second > 59) return false;
  time->seconds = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400 +
                  hour * 3'600 + minute * 60 + second;
  time->nanos = 0;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    int unit = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
      time->nanos += (text[at] - '0') * unit;
  }
  if (text.substr(at) == "Z") return true;
  if (text.size() != at + 6 || (text[at] != '+' && text[at] != '-') || text[at + 3] != ':' ||
      !Digits(text, at + 1, 2, &hour) || !Digits(text, at + 4, 2, &minute))
    return false;
  const int offset = hour * 3'600 + minute * 60;
  time->seconds += text[at] == '-' ? offset : -offset;
  return true;
}

void TwoDigits(char* out, unsigned value) {
  out[0] = static_cast<char>('0' + value / 10);
  out[1] = static_cast<char>('0' + value % 10);
}

void WriteTime(const Time& time, Json* json) {
  const std::int64_t days = (time.seconds >= 0 ? time.seconds : time.seconds - 86'399) / 86'400;
  const auto rest = static_cast<unsigned>(time.seconds - days * 86'400);
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(static_cast<int>(days)))};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  char text[32] = "0000-00-00T00:00:00";
  TwoDigits(text, year / 100);
  TwoDigits(text + 2, year % 100);
  TwoDigits(text + 5, static_cast<unsigned>(date.month()));
  TwoDigits(text + 8, static_cast<unsigned>(date.day()));
  TwoDigits(text + 11, rest / 3'600);
  TwoDigits(text + 14, rest / 60 % 60);
  TwoDigits(text + 17, rest % 60);
  unsigned size = 19;
  if (time.nanos != 0) {  // 3, 6 or 9 digits.
    text[size++] = '.';
    auto nanos = static_cast<unsigned>(time.nanos);
    const unsigned digits = nanos % 1'000'000 == 0 ? 3 : nanos % 1'000 == 0 ? 6 : 9;
    for (unsigned unit = 100'000'000, i = 0; i < digits; ++i, nanos %= unit, unit /= 10)
      text[size++] = static_cast<char>('0' + nanos / unit);
  }
  text[size++] = 'Z';
  json->String(text, size);
}

void Key(Json* json, std::string_view name) {
  json->Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

void String(Json* json, std::string_view text) {
  json->String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void Int64(Json* json, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  json->String(digits, static_cast<rapidjson::SizeType>(end - digits));
}

// A double is a number, or one of three words.
void Double(Json* json, double value) {
  if (std::isfinite(value)) {
    json->Double(value);
  } else {
    String(json, std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
  }
}

// Takes the events of a Page and of what is in it.
class PageHandler {
 public:
  using Ch = char;
  explicit PageHandler(Page* page) : page_(page) {}

  bool Null() { return skipping_ > 0 || Take(at_ != At::kTags && at_ != At::kItems); }
  bool Bool(bool value) {
    if (skipping_ > 0) return true;
    if (field_ == Field::kSkip) return Take(true);
    if (field_ != Field::kPublic) return false;
    item().is_public = value;
    return Take(true);
  }
  bool Int(int value) { return Integer(value); }
  bool Uint(unsigned value) { return Integer(value); }
  bool Int64(std::int64_t value) { return Integer(value); }
  bool Uint64(std::uint64_t value) {
    // Larger than any field but the double.
    if (skipping_ > 0 || field_ == Field::kPrice || field_ == Field::kSkip)
      return Double(static_cast<double>(value));
    return false;
  }
  bool Double(double value) {
    if (skipping_ > 0) return true;
    if (field_ == Field::kPrice) {
      item().price = value;
      return Take(true);
    }
    if (field_ == Field::kSkip) return Take(true);
    // 1e3 and 1.0 are integers in proto3 JSON.
    constexpr double kLimit = 9.2e18;
    if (std::trunc(value) != value || std::abs(value) > kLimit) return false;
    return Integer(static_cast<std::int64_t>(value));
  }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    if (skipping_ > 0) return true;
    const std::string_view text(data, size);
    if (at_ == At::kTags) {
      item().tags.emplace_back(text);
      return true;
    }
    switch (field_) {
      case Field::kSkip:
        break;
      case Field::kName:
        item().name = text;
        break;
      case Field::kTitle:
        item().title = text;
        break;
      case Field::kSize:
        if (!FromDigits(text, &item().size_bytes)) return false;
        break;
      case Field::kRevision:
        if (!FromDigits(text, &item().revision)) return false;
        break;
      case Field::kTotal:
        if (!FromDigits(text, &page_->total_size)) return false;
        break;
      case Field::kPrice:
        if (text == "NaN") {
          item().price = std::numeric_limits<double>::quiet_NaN();
        } else if (text == "Infinity" || text == "-Infinity") {
          item().price = (text[0] == '-' ? -1 : 1) * std::numeric_limits<double>::infinity();
        } else if (!FromDigits(text, &item().price)) {
          return false;
        }
        break;
      case Field::kState:
        if (!State(text)) return false;
        break;
      case Field::kCreated:
        if (!ParseTime(text, &item().create_time.emplace())) return false;
        break;
      case Field::kDisplayName:
        item().owner->display_name = text;
        break;
      case Field::kEmail:
        item().owner->email = text;
        break;
      case Field::kToken:
        page_->next_page_token = text;
        break;
      default:
        return false;
    }
    return Take(true);
  }

  bool StartObject() {
    if (skipping_ > 0 || field_ == Field::kSkip) return ++skipping_ > 0;
    switch (at_) {
      case At::kStart:
        at_ = At::kPage;
        break;
      case At::kItems:
        page_->items.emplace_back();
        at_ = At::kItem;
        break;
      case At::kItem:
        if (field_ != Field::kOwner) return false;
        item().owner.emplace();
        at_ = At::kOwner;
        break;
      default:
        return false;
    }
    return Take(true);
  }
  bool EndObject(rapidjson::SizeType) {
    if (skipping_ > 0) return EndSkipped();
    at_ = at_ == At::kOwner ? At::kItem : at_ == At::kItem ? At::kItems : At::kStart;
    return true;
  }
  bool StartArray() {
    if (skipping_ > 0 || field_ == Field::kSkip) return ++skipping_ > 0;
    if (at_ == At::kPage && field_ == Field::kItems)
      at_ = At::kItems;
    else if (at_ == At::kItem && field_ == Field::kTags)
      at_ = At::kTags;
    else
      return false;
    return Take(true);
  }
  bool EndArray(rapidjson::SizeType) {
    if (skipping_ > 0) return EndSkipped();
    at_ = at_ == At::kTags ? At::kItem : At::kPage;
    return true;
  }

  bool Key(const char* data, rapidjson::SizeType size, bool) {
    if (skipping_ > 0) return true;
    const std::string_view key(data, size);
    field_ = at_ == At::kItem    ? ItemField(key)
             : at_ == At::kOwner ? OwnerField(key)
                                 : PageField(key);
    return true;
  }

 private:
  enum class At { kStart, kPage, kItems, kItem, kTags, kOwner };
  enum class Field {
    kNone,
    kSkip,
    kItems,
    kToken,
    kTotal,
    kName,
    kTitle,
    kSize,
    kPrice,
    kPublic,
    kState,
    kTags,
    kOwner,
    kCreated,
    kRevision,
    kDisplayName,
    kEmail,
  };

  static Field PageField(std::string_view key) {
    if (key == "items") return Field::kItems;
    if (key == "nextPageToken") return Field::kToken;
    return key == "totalSize" ? Field::kTotal : Field::kSkip;
  }
  static Field OwnerField(std::string_view key) {
    if (key == "displayName") return Field::kDisplayName;
    return key == "email" ? Field::kEmail : Field::kSkip;
  }
  static Field ItemField(std::string_view key) {
    switch (key.size()) {
      case 4:
        return key == "name" ? Field::kName : key == "tags" ? Field::kTags : Field::kSkip;
      case 5:
        return key == "title"   ? Field::kTitle
               : key == "price" ? Field::kPrice
               : key == "state" ? Field::kState
               : key == "owner" ? Field::kOwner
                                : Field::kSkip;
      case 6:
        return key == "public" ? Field::kPublic : Field::kSkip;
      case 8:
        return key == "revision" ? Field::kRevision : Field::kSkip;
      case 9:
        return key == "sizeBytes" ? Field::kSize : Field::kSkip;
      case 10:
        return key == "createTime" ? Field::kCreated : Field::kSkip;
      default:
        return Field::kSkip;
    }
  }

  Item& item() { return page_->items.back(); }
  // A value has been taken, unless it must not stand here.
  bool Take(bool allowed) {
    if (at_ != At::kStart) field_ = Field::kNone;
    return allowed;
  }
  bool EndSkipped() {
    if (--skipping_ == 0) field_ = Field::kNone;
    return true;
  }
  bool Integer(std::int64_t value) {
    if (skipping_ > 0) return true;
    const bool narrow = value >= std::numeric_limits<std::int32_t>::min() &&
                        value <= std::numeric_limits<std::int32_t>::max();
    switch (field_) {
      case Field::kSkip:
        break;
      case Field::kSize:
        item().size_bytes = value;
        break;
      case Field::kPrice:
        item().price = static_cast<double>(value);
        break;
      case Field::kState:
        if (!narrow) return false;
        item().state = static_cast<int>(value);
        break;
      case Field::kRevision:
        if (!narrow) return false;
        item().revision = static_cast<std::int32_t>(value);
        break;
      case Field::kTotal:
        if (!narrow) return false;
        page_->total_size = static_cast<std::int32_t>(value);
        break;
      default:
        return false;
    }
    return Take(true);
  }
  bool State(std::string_view text) {
    for (int i = 0; i < 3; ++i) {
      if (kStates[i] == text) {
        item().state = i;
        return true;
      }
    }
    return false;
  }

  Page* const page_;
  At at_ = At::kStart;
  Field field_ = Field::kNone;
  int skipping_ = 0;  // Depth inside a member nobody knows.
};

bool IsAscii(std::string_view text) {
  std::uint64_t bits = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    bits |= word;
  }
  for (; i < text.size(); ++i) bits |= static_cast<unsigned char>(text[i]);
  return (bits & 0x8080808080808080) == 0;
}

template <class Handler>
bool Parse(std::string* text, Handler* handler, std::string* error) {
  constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseFullPrecisionFlag;
  rapidjson::Reader reader;
  rapidjson::InsituStringStream stream(text->data());
  // To check UTF-8 it goes byte by byte, which is only needed where there may be some.
  if (IsAscii(*text))
    reader.Parse<kFlags>(stream, *handler);
  else
    reader.Parse<kFlags | rapidjson::kParseValidateEncodingFlag>(stream, *handler);
  if (!reader.HasParseError()) return true;
  *error = std::string(rapidjson::GetParseError_En(reader.GetParseErrorCode())) + " at byte " +
           std::to_string(reader.GetErrorOffset());
  return false;
}

// {"sent": "123"}
class SentHandler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, SentHandler> {
 public:
  explicit SentHandler(std::int64_t* sent) : sent_(sent) {}
  bool Key(const char* data, rapidjson::SizeType size, bool) {
    mine_ = depth_ == 1 && std::string_view(data, size) == "sent";
    return true;
  }
  bool String(const char* data, rapidjson::SizeType size, bool) {
    return !mine_ || FromDigits(std::string_view(data, size), sent_);
  }
  bool Int64(std::int64_t value) {
    if (mine_) *sent_ = value;
    return true;
  }
  bool Int(int value) { return Int64(value); }
  bool Uint(unsigned value) { return Int64(value); }
  bool Uint64(std::uint64_t) { return !mine_; }
  bool Double(double) { return !mine_; }
  bool Bool(bool) { return !mine_; }
  bool StartObject() { return ++depth_ == 1 || !mine_; }
  bool EndObject(rapidjson::SizeType) { return depth_-- > 0; }
  bool StartArray() { return depth_ > 0 && !mine_; }

 private:
  std::int64_t* const sent_;
  bool mine_ = false;
  int depth_ = 0;
};

}  // namespace

bool ParsePage(std::string* text, Page* page, std::string* error) {
  PageHandler handler(page);
  return Parse(text, &handler, error);
}

bool ParseSent(std::string* text, std::int64_t* sent, std::string* error) {
  *sent = 0;
  SentHandler handler(sent);
  return Parse(text, &handler, error);
}

void WritePage(const Page& page, rapidjson::StringBuffer* out) {
  Json& json = WriterOn(out);
  json.StartObject();
  Key(&json, "items");
  json.StartArray();
  for (const Item& item : page.items) {
    json.StartObject();
    Key(&json, "name");
    String(&json, item.name);
    Key(&json, "title");
    String(&json, item.title);
    Key(&json, "sizeBytes");
    Int64(&json, item.size_bytes);
    Key(&json, "price");
    Double(&json, item.price);
    Key(&json, "public");
    json.Bool(item.is_public);
    Key(&json, "state");
    if (item.state >= 0 && item.state < 3) {
      String(&json, kStates[item.state]);
    } else {
      json.Int(item.state);
    }
    Key(&json, "tags");
    json.StartArray();
    for (const std::string& tag : item.tags) String(&json, tag);
    json.EndArray();
    Key(&json, "owner");
    if (item.owner) {
      json.StartObject();
      Key(&json, "displayName");
      String(&json, item.owner->display_name);
      Key(&json, "email");
      String(&json, item.owner->email);
      json.EndObject();
    } else {
      json.Null();
    }
    Key(&json, "createTime");
    if (item.create_time) {
      WriteTime(*item.create_time, &json);
    } else {
      json.Null();
    }
    Key(&json, "revision");
    json.Int(item.revision);
    json.EndObject();
  }
  json.EndArray();
  Key(&json, "nextPageToken");
  String(&json, page.next_page_token);
  Key(&json, "totalSize");
  json.Int(page.total_size);
  json.EndObject();
}

void WriteMessage(std::string_view message, rapidjson::StringBuffer* out) {
  Json& json = WriterOn(out);
  json.StartObject();
  Key(&json, "message");
  String(&json, message);
  json.EndObject();
}

void WriteError(int code, std::string_view reason, std::string_view message,
                rapidjson::StringBuffer* out) {
  Json& json = WriterOn(out);
  json.StartObject();
  Key(&json, "code");
  json.Int(code);
  Key(&json, "reason");
  String(&json, reason);
  Key(&json, "message");
  String(&json, message);
  Key(&json, "metadata");
  json.StartObject();
  json.EndObject();
  json.EndObject();
}

void WriteSent(std::int64_t sent, rapidjson::StringBuffer* out) {
  Json& json = WriterOn(out);
  json.StartObject();
  Key(&json, "sent");
  Int64(&json, sent);
  json.EndObject();
}

}  // namespace kratos::bench::limit
