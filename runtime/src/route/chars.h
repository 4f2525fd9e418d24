// Character classes of URLs (RFC 3986) and of proto identifiers; ASCII only, whatever the locale.
#pragma once

#include <cstdint>

namespace kratos::route {

constexpr bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// The value of a hexadecimal digit, -1 for any other character.
constexpr int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// RFC 3986 `unreserved`.
constexpr bool IsUnreserved(char c) {
  return IsAlpha(c) || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// RFC 3986 `pchar` without `pct-encoded` and without '*', which templates use for something else.
constexpr bool IsLiteralChar(char c) {
  switch (c) {
    case '!':
    case '$':
    case '&':
    case '\'':
    case '(':
    case ')':
    case '+':
    case ',':
    case ';':
    case '=':
    case ':':
    case '@':
      return true;
    default:
      return IsUnreserved(c);
  }
}

constexpr bool IsIdentStart(char c) { return IsAlpha(c) || c == '_'; }
constexpr bool IsIdentChar(char c) { return IsIdentStart(c) || IsDigit(c); }

constexpr char ToUpper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace kratos::route
