#include "route/split_path.h"

#include <algorithm>
#include <limits>

#include "route/chars.h"
#include "route/utf8.h"

namespace kratos::route {
namespace {

/// Calls `take` with every byte that `raw` decodes to, until it answers false. False then.
template <typename Take>
bool ForEachDecoded(std::string_view raw, Take take) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    auto byte = static_cast<unsigned char>(raw[i]);
    if (byte == '%') {
      byte = static_cast<unsigned char>(HexValue(raw[i + 1]) * 16 + HexValue(raw[i + 2]));
      i += 2;
    }
    if (!take(byte)) return false;
  }
  return true;
}

/// Length of what comes before the first '/', '%' or byte that is not ASCII.
std::size_t PlainLength(const char* data, const char* end) {
  const char* p = data;
  if constexpr (std::endian::native == std::endian::little) {
    // Eight bytes at a time: which are zero after XOR? A borrow can mark a byte wrongly, but only
    // above one that is marked rightly.
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHigh = 0x8080808080808080;
    for (; end - p >= 8; p += 8) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, p, sizeof bytes);
      const std::uint64_t slash = bytes ^ (kOnes * '/');
      const std::uint64_t percent = bytes ^ (kOnes * '%');
      const std::uint64_t marked =
          (((slash - kOnes) & ~slash) | ((percent - kOnes) & ~percent) | bytes) & kHigh;
      if (marked != 0) {
        p += std::countr_zero(marked) / 8;
        return static_cast<std::size_t>(p - data);
      }
    }
  }
  while (p != end && *p != '/' && *p != '%' && static_cast<unsigned char>(*p) < 0x80) ++p;
  return static_cast<std::size_t>(p - data);
}

bool DecodesToUtf8(std::string_view raw) {
  Utf8Checker checker;
  return ForEachDecoded(raw, [&](unsigned char byte) { return checker.Push(byte); }) &&
         checker.Complete();
}

}  // namespace

std::uint32_t LiteralHash::Of(std::string_view decoded) {
  std::uint64_t hash = 0;
  std::size_t i = 0;
  // Words are put together as OfEscaped does it, low byte first.
  if constexpr (std::endian::native == std::endian::little) {
    for (; i + 8 <= decoded.size(); i += 8) {
      std::uint64_t word;
      std::memcpy(&word, decoded.data() + i, sizeof(word));
      hash = Mix(hash, word);
    }
  }
  std::uint64_t word = 0;
  unsigned shift = 0;
  for (; i < decoded.size(); ++i) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(decoded[i])) << shift;
    shift += 8;
    if (shift == 64) {
      hash = Mix(hash, word);
      word = 0;
      shift = 0;
    }
  }
  if (shift != 0) hash = Mix(hash, word);
  return Finish(hash, decoded.size());
}

std::uint32_t LiteralHash::OfEscaped(std::string_view raw) {
  std::uint64_t hash = 0;
  std::uint64_t word = 0;
  unsigned shift = 0;
  std::uint64_t size = 0;
  ForEachDecoded(raw, [&](unsigned char byte) {
    ++size;
    word |= static_cast<std::uint64_t>(byte) << shift;
    shift += 8;
    if (shift == 64) {
      hash = Mix(hash, word);
      word = 0;
      shift = 0;
    }
    return true;
  });
  if (shift != 0) hash = Mix(hash, word);
  return Finish(hash, size);
}

bool PathSegment::IsEscaped(std::string_view literal) const {
  std::size_t i = 0;
  return ForEachDecoded(raw(),
                        [&](unsigned char byte) {
                          return i < literal.size() &&
                                 static_cast<unsigned char>(literal[i++]) == byte;
                        }) &&
         i == literal.size();
}

bool PathSegment::IsDots() const {
  std::size_t dots = 0;
  const bool only_dots = ForEachDecoded(raw(), [&](unsigned char byte) {
    ++dots;
    return byte == '.';
  });
  return only_dots && dots <= 2;
}

bool SplitPath::Parse(std::string_view path, std::size_t front, std::size_t back) {
  if (path.empty() || path[0] != '/' || path.size() > std::numeric_limits<std::uint32_t>::max()) {
    return false;
  }
  end_ = path.data() + path.size();
  verb_ = {};
  whole_ = PathSegment::Make(end_, 0, false);
  if (!ScanFront(path, front)) return false;
  whole_size_ = size_;
  if (size_ > front_count_) ScanBack(path, back);
  if (size_ == 0) return true;
  whole_ = At(size_ - 1);
  const std::size_t colon = whole_.raw().rfind(':');
  if (colon != std::string_view::npos) verb_ = whole_.raw().substr(colon + 1);
  return true;
}

bool SplitPath::ScanFront(std::string_view path, std::size_t front) {
  size_ = 0;
  front_count_ = 0;
  front_ = inline_front_;
  if (front > kInline) {
    heap_front_.resize(front);
    front_ = heap_front_.data();
  }
  const char* p = path.data() + 1;
  if (p == end_) return true;
  const char* start = p;
  bool escaped = false;
  bool ascii = true;
  for (;; ++p) {
    p += PlainLength(p, end_);
    if (p == end_ || *p == '/') {
      if (size_ < front) {
        front_[size_] = PathSegment::Make(start, static_cast<std::size_t>(p - start), escaped);
      }
      ++size_;
      if (p == end_) break;
      start = p + 1;
      escaped = false;
    } else if (*p == '%') {
      if (end_ - p < 3 || HexValue(p[1]) < 0 || HexValue(p[2]) < 0) return false;
      if (HexValue(p[1]) >= 8) ascii = false;
      escaped = true;
      p += 2;
    } else {
      ascii = false;
    }
  }
  front_count_ = std::min(size_, front);
  return ascii || DecodesToUtf8(path);
}

void SplitPath::ScanBack(std::string_view path, std::size_t back) {
  back = std::min(back, size_);
  back_ = inline_back_;
  if (back > kInline) {
    heap_back_.resize(back);
    back_ = heap_back_.data();
  }
  for (std::size_t i = 0; i < back; ++i) {
    const std::size_t slash = path.rfind('/');
    const std::string_view segment = path.substr(slash + 1);
    back_[i] = PathSegment::Make(segment.data(), segment.size(),
                                 segment.find('%') != std::string_view::npos);
    path = path.substr(0, slash);
  }
}

void SplitPath::SplitVerb() {
  const std::size_t size = whole_.size - verb_.size() - 1;
  end_ = whole_.data + size;
  PathSegment& last = At(whole_size_ - 1);
  last = PathSegment::Make(whole_.data, size, whole_.escaped);
  // "/:verb" is the path "/" with a verb.
  if (whole_size_ == 1 && size == 0) size_ = 0;
}

void SplitPath::JoinVerb() {
  size_ = whole_size_;
  end_ = whole_.data + whole_.size;
  At(size_ - 1) = whole_;
}

}  // namespace kratos::route
