// How far a token and a field's value reach in a text (RFC 9110, 5.5 and 5.6.2), for readers that
// have a whole head before them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace kratos::internal {

inline constexpr auto kIsTokenChar = [] {
  std::array<bool, 256> is{};
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  for (std::size_t i = 0; i < is.size(); ++i) {
    const char c = static_cast<char>(i);
    is[i] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            kPunctuation.find(c) != std::string_view::npos;
  }
  return is;
}();

/// Length of the longest token that `text` begins with.
inline std::size_t TokenLength(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && kIsTokenChar[static_cast<unsigned char>(text[length])]) ++length;
  return length;
}

/// Length of what comes before the first byte that is less than kLeast or DEL.
template <unsigned char kLeast>
std::size_t LengthAbove(std::string_view text) {
  std::size_t length = 0;
#ifdef __SSE2__
  for (; text.size() - length >= sizeof(__m128i); length += sizeof(__m128i)) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + length));
    const __m128i most = _mm_set1_epi8(static_cast<char>(kLeast - 1));
    const __m128i less = _mm_cmpeq_epi8(_mm_min_epu8(bytes, most), bytes);
    const __m128i is_delete = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
    const int marked = _mm_movemask_epi8(_mm_or_si128(less, is_delete));
    if (marked != 0)
      return length + static_cast<std::size_t>(std::countr_zero(static_cast<unsigned>(marked)));
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    // Eight bytes at a time. A borrow can mark a byte wrongly, but only above one that is marked
    // rightly.
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    for (; text.size() - length >= sizeof(std::uint64_t); length += sizeof(std::uint64_t)) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, text.data() + length, sizeof bytes);
      const std::uint64_t less = (bytes - kOnes * kLeast) & ~bytes;
      const std::uint64_t zero_if_delete = bytes ^ (kOnes * 0x7f);
      const std::uint64_t is_delete = (zero_if_delete - kOnes) & ~zero_if_delete;
      if (const std::uint64_t marked = (less | is_delete) & kHigh; marked != 0)
        return length + static_cast<std::size_t>(std::countr_zero(marked)) / 8;
    }
  }
  for (; length < text.size(); ++length) {
    const auto byte = static_cast<unsigned char>(text[length]);
    if (byte < kLeast || byte == 0x7f) break;
  }
  return length;
}

/// Length of what comes before the first byte that no field's value may hold: a control character
/// other than TAB.
inline std::size_t FieldValueLength(std::string_view text) {
  std::size_t length = LengthAbove<0x20>(text);
  while (length < text.size() && text[length] == '\t')
    length += 1 + LengthAbove<0x20>(text.substr(length + 1));
  return length;
}

}  // namespace kratos::internal
