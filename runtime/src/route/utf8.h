// UTF-8 checked byte by byte, for text that is decoded on the fly.
#pragma once

#include <cstdint>

namespace kratos::route {

/// Takes the bytes of a text one after the other and tells whether they are well-formed UTF-8
/// (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
class Utf8Checker {
 public:
  /// False when `byte` cannot stand here; the checker is of no use afterwards.
  bool Push(unsigned char byte) {
    if (missing_ == 0) return byte < 0x80 || StartSequence(byte);
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xBF;
    --missing_;
    return true;
  }
  /// True when no sequence is left unfinished.
  bool Complete() const { return missing_ == 0; }

 private:
  bool StartSequence(unsigned char byte);

  int missing_ = 0;
  // The range of the next continuation byte: narrower after the lead bytes that could start an
  // overlong form, a surrogate or a value out of range.
  unsigned char low_ = 0x80;
  unsigned char high_ = 0xBF;
};

}  // namespace kratos::route
