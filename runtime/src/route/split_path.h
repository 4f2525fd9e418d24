// The path of a request, cut into segments without copying.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace kratos::route {

/// A hash of literal text that can also be taken of its percent-encoded form. Never 0.
class LiteralHash {
 public:
  static std::uint32_t Of(std::string_view decoded);
  /// The hash of what `raw` decodes to; its escapes must be well formed.
  static std::uint32_t OfEscaped(std::string_view raw);

 private:
  static std::uint64_t Mix(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 32);
  }
  static std::uint32_t Finish(std::uint64_t hash, std::uint64_t size) {
    const auto folded = static_cast<std::uint32_t>(Mix(hash, size));
    return folded == 0 ? 1 : folded;
  }
};

/// One segment. Left without initialisers: a SplitPath holds many that are never used.
struct PathSegment {
  const char* data;
  std::uint32_t size;
  std::uint32_t cached_hash;  // 0: not yet computed
  bool escaped;               // contains a '%'

  static PathSegment Make(const char* data, std::size_t size, bool escaped) {
    return {data, static_cast<std::uint32_t>(size), 0, escaped};
  }

  std::string_view raw() const { return {data, size}; }
  /// Of the decoded text.
  std::uint32_t Hash() {
    if (cached_hash == 0) {
      cached_hash = escaped ? LiteralHash::OfEscaped(raw()) : LiteralHash::Of(raw());
    }
    return cached_hash;
  }
  /// Compares the decoded text.
  bool Is(std::string_view literal) const {
    return escaped ? IsEscaped(literal) : raw() == literal;
  }
  /// True when `*` takes it: neither empty nor "." nor "..", escaped or not.
  bool FitsWildcard() const {
    if (size == 0) return false;
    if (size > 6 || (data[0] != '.' && data[0] != '%')) return true;
    return !IsDots();
  }

 private:
  bool IsEscaped(std::string_view literal) const;
  bool IsDots() const;
};

/// A path as a row of segments: "/" has none, "/a/" has "a" and "". Only the segments near either
/// end are kept, which is all that templates look at; whatever lies between can match nothing but
/// `**`.
class SplitPath {
 public:
  /// Splits `path` and keeps the first `front` and the last `back` segments at least. Allocates
  /// nothing while both are at most kInline. False when `path` does not begin with '/', has a
  /// malformed escape or is no UTF-8.
  bool Parse(std::string_view path, std::size_t front, std::size_t back);

  static constexpr std::size_t kInline = 66;

  std::size_t size() const { return size_; }
  /// One that Parse was told to keep.
  PathSegment& At(std::size_t i) { return i < front_count_ ? front_[i] : back_[size_ - 1 - i]; }
  /// Where the path ends, the verb left out while it is split off.
  const char* end() const { return end_; }

  /// What follows the last ':' of the last segment; empty when there is nothing.
  std::string_view verb() const { return verb_; }
  bool verb_escaped() const { return whole_.escaped; }
  /// Takes the verb and its colon off the last segment. verb() must not be empty.
  void SplitVerb();
  /// Undoes SplitVerb.
  void JoinVerb();

 private:
  bool ScanFront(std::string_view path, std::size_t front);
  void ScanBack(std::string_view path, std::size_t back);

  std::size_t size_ = 0;
  std::size_t whole_size_ = 0;
  std::size_t front_count_ = 0;
  const char* end_ = nullptr;
  std::string_view verb_;
  PathSegment whole_{};  // the last segment with its verb
  PathSegment* front_ = nullptr;
  PathSegment* back_ = nullptr;  // from the end: back_[0] is the last
  PathSegment inline_front_[kInline];
  PathSegment inline_back_[kInline];
  std::vector<PathSegment> heap_front_;
  std::vector<PathSegment> heap_back_;
};

}  // namespace kratos::route
