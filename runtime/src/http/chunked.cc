#include "http/chunked.h"

#include <algorithm>

namespace kratos::http {

namespace {

// The digit's value, or -1.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Sixteen digits would fill a size_t; fifteen cannot overflow whatever is added to them.
constexpr int kMaxDigits = 15;

bool IsLineByte(char c) {
  return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

ChunkedDecoder::State ChunkedDecoder::Feed(std::string_view data, std::string* out,
                                           std::size_t* used) {
  std::size_t at = 0;
  State state = State::kMore;
  while (at < data.size() && state == State::kMore) {
    if (part_ == Part::kContent) {
      const std::size_t count = std::min(left_, data.size() - at);
      out->append(data.substr(at, count));
      at += count;
      left_ -= count;
      if (left_ == 0) part_ = Part::kContentCr;
      continue;
    }
    if (!TakeByte(data[at++])) state = State::kBad;
    if (done_) state = State::kDone;
  }
  *used = at;
  return state;
}

// Takes one byte outside the content. False when it must not stand there.
bool ChunkedDecoder::TakeByte(char c) {
  switch (part_) {
    case Part::kSize:
      if (const int digit = HexDigit(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<std::size_t>(digit);
        return ++digits_ <= kMaxDigits;
      }
      if (digits_ == 0) return false;
      if (c == '\r') {
        part_ = Part::kSizeEnd;
        return true;
      }
      part_ = Part::kExtension;
      line_ = 0;
      return c == ';';
    case Part::kExtension:
      if (c == '\r') {
        part_ = Part::kSizeEnd;
        return true;
      }
      return IsLineByte(c) && ++line_ <= kMaxLine;
    case Part::kSizeEnd:
      part_ = left_ == 0 ? Part::kTrailerStart : Part::kContent;
      digits_ = 0;
      return c == '\n';
    case Part::kContentCr:
      part_ = Part::kContentLf;
      return c == '\r';
    case Part::kContentLf:
      part_ = Part::kSize;
      return c == '\n';
    case Part::kTrailerStart:
      if (c == '\r') {
        part_ = Part::kLastLf;
        return true;
      }
      part_ = Part::kTrailer;
      line_ = 0;
      // A line that starts with a blank would be folding.
      return IsLineByte(c) && c != ' ' && c != '\t' && ++trailer_ <= kMaxTrailer;
    case Part::kTrailer:
      if (c == '\r') {
        part_ = Part::kTrailerEnd;
        return true;
      }
      return IsLineByte(c) && ++trailer_ <= kMaxTrailer && ++line_ <= kMaxLine;
    case Part::kTrailerEnd:
      part_ = Part::kTrailerStart;
      return c == '\n';
    case Part::kLastLf:
      done_ = c == '\n';
      return done_;
    case Part::kContent:
      break;  // Taken by Feed.
  }
  return false;
}

}  // namespace kratos::http
