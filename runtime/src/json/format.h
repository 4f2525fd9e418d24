// Text forms written to memory that the caller has made room in. Each returns the end of what it
// wrote; the text is that of the functions of the same name in kratos/json/internal/text.h.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace kratos::json::internal {

/// Bytes that any number takes at most.
inline constexpr std::size_t kLongestNumber = 64;

char* WriteInt64(std::int64_t value, char* to);
char* WriteUint64(std::uint64_t value, char* to);
/// NaN and infinities too, without quotes.
char* WriteFloat(float value, char* to);
char* WriteDouble(double value, char* to);

/// Reads "12.5": at most 15 digits with a point among them at most; false for everything else. Both
/// the digits as a whole number and the power of ten are exact as doubles then, and one division
/// rounds once, hence correctly.
bool ParseShortDecimal(std::string_view text, double* value);

/// Bytes that base64 text of `size` bytes takes.
constexpr std::size_t Base64Size(std::size_t size) { return (size + 2) / 3 * 4; }
char* WriteBase64(std::string_view bytes, char* to);

/// Bytes that a timestamp or duration takes at most.
inline constexpr std::size_t kLongestTime = 40;
/// Null where the text form does not exist.
char* WriteTimestamp(std::int64_t seconds, std::int32_t nanos, char* to);
char* WriteDuration(std::int64_t seconds, std::int32_t nanos, char* to);

inline bool MustEscape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

/// What a block of bytes holds: a bit for each byte that must be escaped, and for each that is not
/// ASCII.
struct BlockBits {
  std::uint64_t escapes;
  std::uint64_t high;
};

template <typename Block>
Block LoadBlock(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof(block));
  return block;
}

/// Eight bytes in a register: the bits are the bytes' highest. Exact up to the first byte that must
/// be escaped, which is all that is ever asked: a borrow can only start behind one.
inline BlockBits Look(std::uint64_t block) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHigh = kOnes * 0x80;
  const auto zeros = [](std::uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHigh; };
  const std::uint64_t control = (block - kOnes * 0x20) & ~block & kHigh;
  return {control | zeros(block ^ kOnes * '"') | zeros(block ^ kOnes * '\\'), block & kHigh};
}

#if defined(__SSE2__)
/// Sixteen bytes, one bit each.
inline BlockBits Look(__m128i block) {
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  const __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  const __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  const __m128i escapes = _mm_or_si128(control, _mm_or_si128(quote, backslash));
  return {static_cast<std::uint64_t>(_mm_movemask_epi8(escapes)),
          static_cast<std::uint64_t>(_mm_movemask_epi8(block))};
}

inline constexpr std::ptrdiff_t kBlockSize = 16;
inline BlockBits LookAt(const char* from) { return Look(LoadBlock<__m128i>(from)); }
/// Which byte of the block the lowest bit stands for.
inline std::size_t FirstOf(std::uint64_t bits) {
  return static_cast<std::size_t>(std::countr_zero(bits));
}
#else
inline constexpr std::ptrdiff_t kBlockSize = 8;
inline BlockBits LookAt(const char* from) { return Look(LoadBlock<std::uint64_t>(from)); }
inline std::size_t FirstOf(std::uint64_t bits) {
  const int zeros =
      std::endian::native == std::endian::little ? std::countr_zero(bits) : std::countl_zero(bits);
  return static_cast<std::size_t>(zeros) / 8;
}
#endif

/// Copies `text` if no byte of it must be escaped in JSON; null if one must, when anything may have
/// been written up to the size of `text`. `*ascii` tells whether every byte is ASCII.
char* CopyUnescaped(std::string_view text, char* to, bool* ascii);

/// The length of the part of [begin, end) before the first `"`, backslash or control character.
/// `*ascii` tells whether every byte of that part is ASCII.
std::size_t PlainLength(const char* begin, const char* end, bool* ascii);

/// As above, but stops before what is not ASCII too.
inline std::size_t AsciiLength(const char* begin, const char* end) {
  const char* at = begin;
  for (; end - at >= kBlockSize; at += kBlockSize) {
    const BlockBits bits = LookAt(at);
    const std::uint64_t stop = bits.escapes | bits.high;
    if (stop == 0) continue;
    return static_cast<std::size_t>(at - begin) + FirstOf(stop);
  }
  while (at != end && !MustEscape(*at) && static_cast<unsigned char>(*at) < 0x80) ++at;
  return static_cast<std::size_t>(at - begin);
}

/// The escape of a byte that must be escaped.
inline constexpr std::size_t kLongestEscape = 6;
char* WriteEscape(char c, char* to);

}  // namespace kratos::json::internal
