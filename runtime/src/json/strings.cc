#include <cstdint>
#include <cstring>

#include "json/format.h"
#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

template <typename Block>
void Store(Block block, char* to) {
  std::memcpy(to, &block, sizeof(block));
}

bool IsContinuation(unsigned char c) { return (c & 0xC0) == 0x80; }

}  // namespace

bool IsValidUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    std::uint64_t block = 0;
    if (end - at >= 8 && (std::memcpy(&block, at, 8), (block & 0x8080808080808080U) == 0)) {
      at += 8;
      continue;
    }
    const unsigned char lead = *at;
    if (lead < 0x80) {
      ++at;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      if (end - at < 2 || !IsContinuation(at[1])) return false;
      at += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if (end - at < 3 || !IsContinuation(at[1]) || !IsContinuation(at[2])) return false;
      if (lead == 0xE0 && at[1] < 0xA0) return false;   // overlong
      if (lead == 0xED && at[1] >= 0xA0) return false;  // surrogate
      at += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      if (end - at < 4 || !IsContinuation(at[1]) || !IsContinuation(at[2]) ||
          !IsContinuation(at[3])) {
        return false;
      }
      if (lead == 0xF0 && at[1] < 0x90) return false;   // overlong
      if (lead == 0xF4 && at[1] >= 0x90) return false;  // past U+10FFFF
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

char* CopyUnescaped(std::string_view text, char* to, bool* ascii) {
  const char* from = text.data();
  std::size_t size = text.size();
  std::uint64_t high = 0;
  const auto copy = [&high](auto block, char* into) {
    const BlockBits bits = Look(block);
    high |= bits.high;
    Store(block, into);
    return bits.escapes == 0;
  };
#if defined(__SSE2__)
  if (size >= 16) {
    for (; size > 16; size -= 16, from += 16, to += 16) {
      if (!copy(LoadBlock<__m128i>(from), to)) return nullptr;
    }
    // The last block may overlap the one before.
    if (!copy(LoadBlock<__m128i>(from + size - 16), to + size - 16)) return nullptr;
    *ascii = high == 0;
    return to + size;
  }
#endif
  if (size >= 8) {
    for (; size > 8; size -= 8, from += 8, to += 8) {
      if (!copy(LoadBlock<std::uint64_t>(from), to)) return nullptr;
    }
    if (!copy(LoadBlock<std::uint64_t>(from + size - 8), to + size - 8)) return nullptr;
    *ascii = high == 0;
    return to + size;
  }
  unsigned char all = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (MustEscape(from[i])) return nullptr;
    all |= static_cast<unsigned char>(from[i]);
    to[i] = from[i];
  }
  *ascii = all < 0x80;
  return to + size;
}

std::size_t PlainLength(const char* begin, const char* end, bool* ascii) {
  const char* at = begin;
  std::uint64_t high = 0;
  for (; end - at >= kBlockSize; at += kBlockSize) {
    const BlockBits bits = LookAt(at);
    if (bits.escapes != 0) break;
    high |= bits.high;
  }
  unsigned char all = 0;
  for (; at != end && !MustEscape(*at); ++at) all |= static_cast<unsigned char>(*at);
  *ascii = high == 0 && all < 0x80;
  return static_cast<std::size_t>(at - begin);
}

char* WriteEscape(char c, char* to) {
  *to++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *to++ = c;
      return to;
    case '\b':
      *to++ = 'b';
      return to;
    case '\f':
      *to++ = 'f';
      return to;
    case '\n':
      *to++ = 'n';
      return to;
    case '\r':
      *to++ = 'r';
      return to;
    case '\t':
      *to++ = 't';
      return to;
    default:
      break;
  }
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  *to++ = 'u';
  *to++ = '0';
  *to++ = '0';
  *to++ = kHex[byte >> 4];
  *to++ = kHex[byte & 0xF];
  return to;
}

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    bool ascii = false;
    const std::size_t plain = PlainLength(text.data(), text.data() + text.size(), &ascii);
    out->append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    char escape[8];
    out->append(escape, WriteEscape(text.front(), escape));
    text.remove_prefix(1);
  }
  out->push_back('"');
}

std::string Excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t length = kLongest;
  while (length > 0 && IsContinuation(static_cast<unsigned char>(text[length]))) --length;
  return std::string(text.substr(0, length)) + "...";
}

}  // namespace kratos::json::internal
