#include "route/utf8.h"

#include <cstdint>
#include <cstring>

#include "kratos/route/percent.h"

namespace kratos::route {

bool Utf8Checker::StartSequence(unsigned char byte) {
  low_ = 0x80;
  high_ = 0xBF;
  if (byte >= 0xC2 && byte <= 0xDF) {
    missing_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    missing_ = 2;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    missing_ = 3;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
  } else {
    return false;
  }
  return true;
}

bool IsValidUtf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  Utf8Checker checker;
  while (p != end) {
    // Nearly all text is ASCII: eight bytes at a time.
    if (checker.Complete()) {
      while (end - p >= 8) {
        std::uint64_t word;
        std::memcpy(&word, p, sizeof(word));
        if ((word & 0x8080808080808080u) != 0) break;
        p += 8;
      }
      if (p == end) break;
    }
    if (!checker.Push(static_cast<unsigned char>(*p++))) return false;
  }
  return checker.Complete();
}

}  // namespace kratos::route
