#include "admin/page.h"

#include <algorithm>

namespace kratos::admin {

namespace {

using rapidjson::Value;

constexpr std::string_view kStyle =
    "body{font:14px/1.5 sans-serif;margin:2em;color:#222;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.15em;margin:1.2em 0 .3em}"
    "table{border-collapse:collapse;margin:.2em 0}"
    "th,td{text-align:left;vertical-align:top;padding:.2em .8em .2em 0;border-bottom:1px solid "
    "#ddd}"
    "td{font-family:monospace}";

void Escape(std::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        *out += "&amp;";
        break;
      case '<':
        *out += "&lt;";
        break;
      case '>':
        *out += "&gt;";
        break;
      case '"':
        *out += "&quot;";
        break;
      default:
        *out += c;
    }
  }
}

std::string_view TextOf(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

void Render(const Value& value, std::string* out);

void RenderCell(const char* tag, const Value& value, std::string* out) {
  out->append("<").append(tag).append(">");
  Render(value, out);
  out->append("</").append(tag).append(">");
}

// The first object's keys are the columns.
void RenderRows(const Value& list, std::string* out) {
  *out += "<table><tr>";
  for (const auto& member : list[0].GetObject()) RenderCell("th", member.name, out);
  *out += "</tr>";
  for (const Value& row : list.GetArray()) {
    *out += "<tr>";
    for (const auto& member : row.GetObject()) RenderCell("td", member.value, out);
    *out += "</tr>";
  }
  *out += "</table>";
}

bool HasNested(const Value& object) {
  return std::any_of(object.MemberBegin(), object.MemberEnd(), [](const auto& member) {
    return member.value.IsObject() || (member.value.IsArray() && !member.value.Empty());
  });
}

void RenderObject(const Value& object, std::string* out) {
  *out += "<table>";
  for (const auto& member : object.GetObject()) {
    *out += "<tr>";
    RenderCell("th", member.name, out);
    RenderCell("td", member.value, out);
    *out += "</tr>";
  }
  *out += "</table>";
}

void Render(const Value& value, std::string* out) {
  if (value.IsString()) return Escape(TextOf(value), out);
  if (value.IsBool()) {
    *out += value.GetBool() ? "yes" : "no";
  } else if (value.IsInt64()) {
    *out += std::to_string(value.GetInt64());
  } else if (value.IsObject()) {
    RenderObject(value, out);
  } else if (value.IsArray() && !value.Empty()) {
    if (value[0].IsObject() && !HasNested(value[0])) return RenderRows(value, out);
    for (const Value& item : value.GetArray()) {
      *out += "<div>";
      Render(item, out);
      *out += "</div>";
    }
  }
}

}  // namespace

std::string RenderPage(std::string_view title, const Value& facts) {
  std::string out = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
  Escape(title, &out);
  out.append("</title><style>").append(kStyle).append("</style></head><body><h1>");
  Escape(title, &out);
  out += "</h1>";
  for (const auto& member : facts.GetObject()) {
    out += "<h2>";
    Escape(TextOf(member.name), &out);
    out += "</h2>";
    Render(member.value, &out);
  }
  out += "</body></html>\n";
  return out;
}

}  // namespace kratos::admin
