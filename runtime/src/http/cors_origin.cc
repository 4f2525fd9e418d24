#include "http/cors_origin.h"

#include <fmt/format.h>

#include <algorithm>

#include "kratos/errors/errors.h"
#include "metadata/ascii.h"

namespace kratos::http {

namespace {

// What a host and its port are made of; names in other scripts arrive as "xn--...".
bool IsHostChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "scheme://host" or "scheme://host:port" in lower case, and nothing behind it.
bool IsOrigin(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == 0 || colon == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, colon);
  if (!std::all_of(scheme.begin(), scheme.end(),
                   [](char c) { return IsHostChar(c) || c == '+'; })) {
    return false;
  }
  std::string_view host = text.substr(colon + 3);
  if (const auto last = host.rfind(':'); last != std::string_view::npos && !host.ends_with(']')) {
    if (!IsDigits(host.substr(last + 1))) return false;
    host = host.substr(0, last);
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    return std::all_of(host.begin() + 1, host.end() - 1,
                       [](char c) { return IsHostChar(c) || c == ':'; });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), IsHostChar);
}

}  // namespace

kratos::Result<OriginList> OriginList::Create(const std::vector<std::string>& entries) {
  OriginList list;
  for (const std::string& text : entries) {
    if (text == "*") {
      list.any_ = true;
      continue;
    }
    Entry entry;
    entry.before = kratos::internal::ToLower(text);
    std::string sample = entry.before;
    if (const auto star = sample.find("://*."); star != std::string::npos) {
      entry.wildcard = true;
      entry.after = sample.substr(star + 4);
      entry.before = sample.substr(0, star + 3);
      // "*." names no host.
      sample = entry.after == "." ? "" : entry.before + "a" + entry.after;
    }
    if (sample != "null" && !IsOrigin(sample)) {
      return InternalServer("BAD_OPTIONS",
                            fmt::format("CORS: \"{}\" is no origin; write https://host, "
                                        "https://host:port, https://*.host, null or *",
                                        text));
    }
    list.entries_.push_back(std::move(entry));
  }
  return list;
}

bool OriginList::Contains(std::string_view origin) const {
  if (any_) return true;
  const std::string lower = kratos::internal::ToLower(origin);
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    if (!entry.wildcard) return lower == entry.before;
    std::string_view host = lower;
    if (host.size() <= entry.before.size() + entry.after.size() ||
        !host.starts_with(entry.before) || !host.ends_with(entry.after)) {
      return false;
    }
    host.remove_prefix(entry.before.size());
    host.remove_suffix(entry.after.size());
    // Labels alone: no port, no second scheme.
    return !host.starts_with('.') && std::all_of(host.begin(), host.end(), IsHostChar);
  });
}

}  // namespace kratos::http
