// A pull scanner over JSON text: the caller asks for what it expects next. Strings with escapes are
// decoded by RapidJSON's reader; strings without one are handed out as slices of the text.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

#include "json/error.h"
#include "json/format.h"

namespace kratos::json::internal {

class Scanner {
 public:
  enum class Kind : unsigned char {
    kObject,
    kArray,
    kString,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kNone
  };

  /// `text` must outlive the scanner. A leading byte-order mark is skipped.
  Scanner(std::string_view text, int max_depth);

  /// What the next value is, by its first byte; kNone when no value can start there.
  Kind Peek() {
    SkipSpace();
    return at_ == text_.size() ? Kind::kNone : kKinds[static_cast<unsigned char>(text_[at_])];
  }

  /// All of these return false after an error, which error() then describes.
  bool BeginObject();
  /// As BeginObject and for arrays. An empty one may stand one level too deep: encoders write those
  /// for lists and maps that are not set, into a message on the last level too.
  bool BeginMap();
  bool BeginArray();
  /// Fails where an object or array would be too deep, though it were empty.
  bool CheckDepth();
  bool ReadNull();
  bool ReadBool(bool* value);
  /// The number's own text.
  bool ReadNumber(std::string_view* text);
  /// Valid until the next call that reads a string or a key.
  bool ReadString(std::string_view* text);

  /// As the functions above for values in their usual form: a string of ASCII without escapes; an
  /// integer in digits alone, in quotes or not; a number of at most 15 digits with a point among
  /// them at most. Otherwise false, and nothing has happened.
  bool TryString(std::string_view* text);
  template <typename Int>
  bool TryInteger(Int* value);
  bool TryDecimal(double* value);

  /// Checks the next value and passes it by.
  bool Skip();
  /// Nothing but white space is left.
  bool Finish();

  /// Steps to the next member or element. False at the closing bracket, which is then taken, and
  /// after an error: ask failed(). `*first` starts as true and is kept by these.
  bool NextKey(bool* first, std::string_view* key);
  bool NextElement(bool* first);
  /// As NextKey if the next member's key stands there in just the bytes of `key`, which is in
  /// quotes with a comma before and a colon behind it. Otherwise false, and nothing has happened.
  bool TryKey(bool* first, std::string_view key) {
    std::size_t at = at_;
    if (!*first && text_.size() - at >= key.size() &&
        Equal(text_.data() + at, key.data(), key.size())) {
      key_offset_ = at + 1;
      at_ = at + key.size();
      return true;
    }
    at = SpaceEnd(at);
    if (!*first) {
      if (at == text_.size() || text_[at] != ',') return false;
      at = SpaceEnd(at + 1);
    }
    key.remove_prefix(1);
    if (text_.size() - at < key.size() || !Equal(text_.data() + at, key.data(), key.size())) {
      return false;
    }
    *first = false;
    key_offset_ = at;
    at_ = at + key.size();
    return true;
  }

  /// Records an error, unless there is one already; always false.
  bool Fail(ErrorCode code, std::size_t offset, std::string message);
  bool failed() const { return failed_; }
  Error& error() { return error_; }

  /// Offset of the next token, after white space.
  std::size_t Offset();
  /// Offset of the key that NextKey gave last.
  std::size_t key_offset() const { return key_offset_; }

  /// Where the scanner stands, to come back to: for Any, whose type may be named after its fields.
  struct Mark {
    std::size_t at;
    int depth;
  };
  Mark Save() const { return {at_, depth_}; }
  void Return(Mark mark) {
    at_ = mark.at;
    depth_ = mark.depth;
  }

 private:
  std::size_t SpaceEnd(std::size_t at) const {
    while (at < text_.size() && IsSpace(text_[at])) ++at;
    return at;
  }
  static bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  void SkipSpace() { at_ = SpaceEnd(at_); }
  bool Expected(std::string_view what);
  bool ReadLiteral(std::string_view literal);
  bool TooDeep();
  bool Descend();
  bool DescendIfEmpty();
  bool ReadEscaped(std::size_t begin, std::string_view* text);

  template <typename Word>
  static bool EqualEnds(const char* a, const char* b, std::size_t size) {
    Word words[4];
    std::memcpy(&words[0], a, sizeof(Word));
    std::memcpy(&words[1], b, sizeof(Word));
    std::memcpy(&words[2], a + size - sizeof(Word), sizeof(Word));
    std::memcpy(&words[3], b + size - sizeof(Word), sizeof(Word));
    return words[0] == words[1] && words[2] == words[3];
  }
  // For keys, which are short: without a call. `size` is 4 at least, as that of `"a":`.
  static bool Equal(const char* a, const char* b, std::size_t size) {
    if (size <= 8) return EqualEnds<std::uint32_t>(a, b, size);
    if (size <= 16) return EqualEnds<std::uint64_t>(a, b, size);
    return EqualEnds<std::uint64_t>(a, b, size) && std::memcmp(a + 8, b + 8, size - 16) == 0;
  }
  // Whether a number can end before `at`.
  bool EndsNumber(std::size_t at) const {
    if (at == text_.size()) return true;
    const char c = text_[at];
    return c == ',' || c == '}' || c == ']' || IsSpace(c);
  }

  static constexpr std::array<Kind, 256> MakeKinds() {
    std::array<Kind, 256> kinds{};
    for (Kind& kind : kinds) kind = Kind::kNone;
    kinds['{'] = Kind::kObject;
    kinds['['] = Kind::kArray;
    kinds['"'] = Kind::kString;
    kinds['t'] = Kind::kTrue;
    kinds['f'] = Kind::kFalse;
    kinds['n'] = Kind::kNull;
    kinds['-'] = Kind::kNumber;
    for (unsigned char c = '0'; c <= '9'; ++c) kinds[c] = Kind::kNumber;
    return kinds;
  }
  static const std::array<Kind, 256> kKinds;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t key_offset_ = 0;
  int depth_ = 0;
  int max_depth_;
  bool failed_ = false;
  Error error_;
  std::string scratch_;  // the last string that had an escape
};

inline bool Scanner::TryString(std::string_view* text) {
  SkipSpace();
  if (at_ == text_.size() || text_[at_] != '"') return false;
  const char* const begin = text_.data() + at_ + 1;
  const char* const end = text_.data() + text_.size();
  const std::size_t length = AsciiLength(begin, end);
  if (begin + length == end || begin[length] != '"') return false;
  *text = std::string_view(begin, length);
  at_ += length + 2;
  return true;
}

template <typename Int>
bool Scanner::TryInteger(Int* value) {
  SkipSpace();
  std::size_t at = at_;
  const bool quoted = at < text_.size() && text_[at] == '"';
  if (quoted) ++at;
  const bool negative = std::is_signed_v<Int> && at < text_.size() && text_[at] == '-';
  if (negative) ++at;
  constexpr std::size_t kAlwaysFit = 18;
  const std::size_t begin = at;
  const std::size_t end = std::min(text_.size(), begin + kAlwaysFit);
  std::uint64_t magnitude = 0;
  for (; at < end; ++at) {
    const unsigned digit = static_cast<unsigned char>(text_[at]) - unsigned{'0'};
    if (digit > 9) break;
    magnitude = magnitude * 10 + digit;
  }
  if (at == begin || (at - begin > 1 && text_[begin] == '0')) return false;
  if (magnitude > static_cast<std::uint64_t>(std::numeric_limits<Int>::max())) return false;
  if (quoted) {
    if (at == text_.size() || text_[at] != '"') return false;
    ++at;
  } else if (!EndsNumber(at)) {
    return false;
  }
  *value = negative ? static_cast<Int>(0 - magnitude) : static_cast<Int>(magnitude);
  at_ = at;
  return true;
}

inline constexpr std::array<Scanner::Kind, 256> Scanner::kKinds = Scanner::MakeKinds();

}  // namespace kratos::json::internal
