// A pull scanner over JSON text: the caller asks for what it expects next. Strings with escapes are
// decoded by RapidJSON's reader; strings without one are handed out as slices of the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "json/error.h"

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
  Kind Peek();

  /// All of these return false after an error, which error() then describes.
  bool BeginObject();
  bool BeginArray();
  bool ReadNull();
  bool ReadBool(bool* value);
  /// The number's own text.
  bool ReadNumber(std::string_view* text);
  /// Valid until the next call that reads a string or a key.
  bool ReadString(std::string_view* text);
  /// Checks the next value and passes it by.
  bool Skip();
  /// Nothing but white space is left.
  bool Finish();

  /// Steps to the next member or element. False at the closing bracket, which is then taken, and
  /// after an error: ask failed(). `*first` starts as true and is kept by these.
  bool NextKey(bool* first, std::string_view* key);
  bool NextElement(bool* first);

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
  void SkipSpace();
  bool Expected(std::string_view what);
  bool ReadLiteral(std::string_view literal);
  bool Descend();
  bool ReadEscaped(std::size_t begin, std::string_view* text);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t key_offset_ = 0;
  int depth_ = 0;
  int max_depth_;
  bool failed_ = false;
  Error error_;
  std::string scratch_;  // the last string that had an escape
};

}  // namespace kratos::json::internal
