#include "kratos/route/percent.h"

#include "route/chars.h"

namespace kratos::route {
namespace {

void AppendEscape(char c, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  const char escape[] = {'%', kHex[byte >> 4], kHex[byte & 0xF]};
  out->append(escape, sizeof(escape));
}

/// True when `text` has %2F or %2f at `i`, which is in range.
bool IsEscapedSlash(std::string_view text, std::size_t i) {
  return text.size() - i >= 3 && text[i] == '%' && text[i + 1] == '2' &&
         (text[i + 2] == 'F' || text[i + 2] == 'f');
}

enum class Kind { kSegment, kSegments, kQuery };

/// True when `raw` is ASCII and decodes to itself, as most values do.
bool IsPlain(std::string_view raw, Kind kind) {
  const char special = kind == Kind::kQuery ? '+' : '%';
  for (const char c : raw) {
    if (c == '%' || c == special || static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

DecodeError Decode(std::string_view raw, Kind kind, std::string* out) {
  if (IsPlain(raw, kind)) {
    out->assign(raw);
    return DecodeError::kNone;
  }
  const std::string_view special = kind == Kind::kQuery ? "%+" : "%";
  out->clear();
  std::size_t i = 0;
  while (i < raw.size()) {
    const std::size_t next = raw.find_first_of(special, i);
    if (next == std::string_view::npos) {
      out->append(raw, i);
      break;
    }
    out->append(raw, i, next - i);
    i = next;
    if (raw[i] == '+') {
      out->push_back(' ');
      ++i;
      continue;
    }
    if (raw.size() - i < 3) return DecodeError::kBadEscape;
    const int high = HexValue(raw[i + 1]);
    const int low = HexValue(raw[i + 2]);
    if (high < 0 || low < 0) return DecodeError::kBadEscape;
    if (kind == Kind::kSegments && IsEscapedSlash(raw, i)) {
      out->append(raw, i, 3);
    } else {
      out->push_back(static_cast<char>(high * 16 + low));
    }
    i += 3;
  }
  return IsValidUtf8(*out) ? DecodeError::kNone : DecodeError::kInvalidUtf8;
}

}  // namespace

void AppendEncoded(std::string_view value, bool keep_slash, std::string* out) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (IsUnreserved(c) || (keep_slash && (c == '/' || IsEscapedSlash(value, i)))) {
      // Of a kept escape only the '%' is special: its digits are unreserved.
      out->push_back(c);
    } else {
      AppendEscape(c, out);
    }
  }
}

void AppendQueryComponent(std::string_view value, std::string* out) {
  for (const char c : value) {
    if (IsUnreserved(c)) {
      out->push_back(c);
    } else if (c == ' ') {
      out->push_back('+');
    } else {
      AppendEscape(c, out);
    }
  }
}

DecodeError DecodeSegment(std::string_view raw, std::string* out) {
  return Decode(raw, Kind::kSegment, out);
}

DecodeError DecodeSegments(std::string_view raw, std::string* out) {
  return Decode(raw, Kind::kSegments, out);
}

DecodeError DecodeQueryComponent(std::string_view raw, std::string* out) {
  return Decode(raw, Kind::kQuery, out);
}

}  // namespace kratos::route
