#include <algorithm>
#include <string>

#include "kratos/http/message.h"

namespace kratos::http {

namespace {

// RFC 6265, 4.1.1: cookie-octet.
bool IsCookieValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}

// RFC 6265, 4.1.1: path-value and domain-value may hold anything but controls and ';'.
bool IsAttributeValue(std::string_view value) {
  return IsFieldValue(value) && value.find(';') == std::string_view::npos;
}

}  // namespace

std::string FormatCookie(const Cookie& cookie) {
  if (!IsToken(cookie.name) || !IsCookieValue(cookie.value) || !IsAttributeValue(cookie.path) ||
      !IsAttributeValue(cookie.domain)) {
    return "";
  }
  std::string field = cookie.name + "=" + cookie.value;
  if (!cookie.path.empty()) field += "; Path=" + cookie.path;
  if (!cookie.domain.empty()) field += "; Domain=" + cookie.domain;
  if (cookie.max_age_seconds >= 0) field += "; Max-Age=" + std::to_string(cookie.max_age_seconds);
  if (cookie.secure) field += "; Secure";
  if (cookie.http_only) field += "; HttpOnly";
  switch (cookie.same_site) {
    case Cookie::SameSite::kUnset:
      break;
    case Cookie::SameSite::kLax:
      field += "; SameSite=Lax";
      break;
    case Cookie::SameSite::kStrict:
      field += "; SameSite=Strict";
      break;
    case Cookie::SameSite::kNone:
      field += "; SameSite=None";
      break;
  }
  return field;
}

}  // namespace kratos::http
