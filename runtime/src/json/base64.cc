#include <array>

#include "json/format.h"
#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr unsigned char kNone = 0xFF;

// Both alphabets at once; which of them a text uses is checked apart.
constexpr std::array<unsigned char, 256> MakeDecodeTable() {
  std::array<unsigned char, 256> table{};
  for (auto& entry : table) entry = kNone;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<unsigned char>(i);
  }
  table['-'] = 62;
  table['_'] = 63;
  return table;
}

constexpr std::array<unsigned char, 256> kDecode = MakeDecodeTable();

}  // namespace

char* WriteBase64(std::string_view bytes, char* to) {
  std::size_t i = 0;
  const auto byte = [bytes](std::size_t at) -> unsigned {
    return static_cast<unsigned char>(bytes[at]);
  };
  for (; i + 3 <= bytes.size(); i += 3) {
    const unsigned group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    *to++ = kAlphabet[group >> 18];
    *to++ = kAlphabet[group >> 12 & 63];
    *to++ = kAlphabet[group >> 6 & 63];
    *to++ = kAlphabet[group & 63];
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return to;
  const unsigned group = byte(i) << 16 | (rest == 2 ? byte(i + 1) << 8 : 0);
  *to++ = kAlphabet[group >> 18];
  *to++ = kAlphabet[group >> 12 & 63];
  *to++ = rest == 2 ? kAlphabet[group >> 6 & 63] : '=';
  *to++ = '=';
  return to;
}

void Base64Encode(std::string_view bytes, std::string* out) {
  const std::size_t begin = out->size();
  out->resize(begin + Base64Size(bytes.size()));
  WriteBase64(bytes, out->data() + begin);
}

bool Base64Decode(std::string_view text, std::string* out) {
  std::size_t length = text.size();
  while (length > 0 && text.size() - length < 2 && text[length - 1] == '=') --length;
  if (length != text.size() && text.size() % 4 != 0) return false;
  if (length % 4 == 1) return false;

  const std::size_t begin = out->size();
  out->resize(begin + length / 4 * 3 + (length % 4 == 0 ? 0 : length % 4 - 1));
  char* to = out->data() + begin;
  unsigned bits = 0;
  int held = 0;
  bool standard = false;
  bool url_safe = false;
  for (const char c : text.substr(0, length)) {
    const unsigned char value = kDecode[static_cast<unsigned char>(c)];
    standard = standard || c == '+' || c == '/';
    url_safe = url_safe || c == '-' || c == '_';
    if (value == kNone || (standard && url_safe)) {
      out->resize(begin);
      return false;
    }
    // Bits left over at the end are dropped unread: other encoders leave them set.
    bits = bits << 6 | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      *to++ = static_cast<char>(bits >> held & 0xFF);
    }
  }
  return true;
}

}  // namespace kratos::json::internal
