#include "log/format.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "kratos/json/internal/text.h"
#include "kratos/log/attribute.h"
#include "kratos/log/level.h"

namespace kratos::log {

namespace {

// RFC 3339 in UTC, to the millisecond.
std::string FormatTime(std::chrono::system_clock::time_point time) {
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(millis);
  const std::time_t whole = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     (millis - seconds).count());
}

// The length of the UTF-8 character `text` begins with; 0 when it begins with none.
std::size_t Utf8Length(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (json::internal::IsValidUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

// Quoted where a reader could take it for something else, or where it could move the cursor.
void AppendText(std::string_view text, std::string* out) {
  bool quote = text.empty() || !json::internal::IsValidUtf8(text);
  for (const char c : text) {
    quote = quote || static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '\\' || c == '=' ||
            c == 0x7f;
  }
  if (!quote) {
    out->append(text);
    return;
  }
  out->push_back('"');
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    if (length > 1) {
      out->append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '\r') {
      out->append("\\r");
    } else if (c == '\t') {
      out->append("\\t");
    } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
      out->append(fmt::format("\\x{:02x}", byte));
    } else {
      out->push_back(c);
    }
    text.remove_prefix(1);
  }
  out->push_back('"');
}

void AppendJson(std::string_view text, std::string* out) {
  if (json::internal::IsValidUtf8(text)) {
    json::internal::AppendQuoted(text, out);
    return;
  }
  std::string repaired;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    repaired.append(length > 0 ? text.substr(0, length) : "\xEF\xBF\xBD");
    text.remove_prefix(length > 0 ? length : 1);
  }
  json::internal::AppendQuoted(repaired, out);
}

// A value that is no group.
void AppendValue(const Value& value, bool as_json, std::string* out) {
  const auto text = [&](std::string_view printed) {
    as_json ? AppendJson(printed, out) : AppendText(printed, out);
  };
  std::visit(
      [&](const auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, std::string>) {
          text(v);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          json::internal::FormatInt64(v, out);
        } else if constexpr (std::is_same_v<T, std::uint64_t>) {
          json::internal::FormatUint64(v, out);
        } else if constexpr (std::is_same_v<T, double>) {
          std::string printed;
          json::internal::FormatDouble(v, &printed);
          std::isfinite(v) ? void(out->append(printed)) : text(printed);
        } else if constexpr (std::is_same_v<T, bool>) {
          out->append(v ? "true" : "false");
        } else if constexpr (std::is_same_v<T, Value::Time>) {
          text(FormatTime(v));
        }
      },
      value.variant());
}

// Writes attributes one after the other; groups as a key's prefix, or as objects.
class Printer {
 public:
  Printer(bool as_json, const Replace& replace, std::string* out)
      : as_json_(as_json), replace_(replace), out_(*out) {}

  void PrintAll(const std::vector<Attribute>& attributes) {
    for (const Attribute& attribute : attributes) Print(attribute);
  }

  void Print(const Attribute& attribute) {
    if (const auto* group = attribute.value.group()) {
      groups_.push_back(attribute.key);
      PrintAll(*group);
      groups_.pop_back();
      CloseObjects();
      return;
    }
    if (!replace_) {
      PrintLeaf(attribute);
      return;
    }
    Attribute changed = attribute;
    if (!replace_(groups_, changed)) return;
    // One group for another is left to the author of `replace`.
    changed.value.group() != nullptr ? PrintAll(*changed.value.group()) : PrintLeaf(changed);
  }

 private:
  void PrintLeaf(const Attribute& attribute) {
    if (as_json_) {
      OpenObjects();
      Comma();
      AppendJson(attribute.key, &out_);
      out_.push_back(':');
    } else {
      std::string key;
      for (const std::string& group : groups_) key.append(group).push_back('.');
      key.append(attribute.key);
      out_.push_back(' ');
      AppendText(key, &out_);
      out_.push_back('=');
    }
    AppendValue(attribute.value, as_json_, &out_);
  }

  // Objects are opened with their first member: an empty group is not written.
  void OpenObjects() {
    for (; open_ < groups_.size(); ++open_) {
      Comma();
      AppendJson(groups_[open_], &out_);
      out_.append(":{");
    }
  }
  void CloseObjects() {
    for (; open_ > groups_.size(); --open_) out_.push_back('}');
  }
  void Comma() {
    if (out_.back() != '{') out_.push_back(',');
  }

  const bool as_json_;
  const Replace& replace_;
  std::string& out_;
  std::vector<std::string> groups_;
  std::size_t open_ = 0;
};

Attribute SourceOf(const Record& record) {
  return {"source", Value::Group{{"function", record.source.function_name()},
                                 {"file", record.source.file_name()},
                                 {"line", record.source.line()}}};
}

}  // namespace

std::string FormatText(const Record& record, bool add_source, const Replace& replace) {
  std::string line = "time=" + FormatTime(record.time) + " level=" + ToString(record.level);
  Printer printer(false, replace, &line);
  if (add_source) printer.Print(SourceOf(record));
  line.append(" msg=");
  AppendText(record.message, &line);
  printer.PrintAll(record.attributes);
  line.push_back('\n');
  return line;
}

std::string FormatJson(const Record& record, bool add_source, const Replace& replace) {
  std::string line =
      R"({"time":")" + FormatTime(record.time) + R"(","level":")" + ToString(record.level) + '"';
  Printer printer(true, replace, &line);
  if (add_source) printer.Print(SourceOf(record));
  line.append(R"(,"msg":)");
  AppendJson(record.message, &line);
  printer.PrintAll(record.attributes);
  line.append("}\n");
  return line;
}

}  // namespace kratos::log
