#include "http/chunked.h"

#include <algorithm>

#include "metadata/ascii.h"

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

// Fields that say how a message is framed, routed or allowed: taken from a trailer they would let
// its sender contradict what was decided by the head.
bool ChangesReading(std::string_view name) {
  for (const std::string_view refused :
       {"Transfer-Encoding", "Content-Length", "Content-Encoding", "Content-Type", "Content-Range",
        "Host", "Trailer", "TE", "Connection", "Authorization", "Cookie", "Expect", "Range",
        "Cache-Control", "Max-Forwards"}) {
    if (EqualsIgnoreCase(name, refused)) return true;
  }
  return false;
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
      return c != ' ' && c != '\t' && TakeTrailerByte(c);
    case Part::kTrailer:
      if (c == '\r') {
        part_ = Part::kTrailerEnd;
        return true;
      }
      return ++line_ <= kMaxLine && TakeTrailerByte(c);
    case Part::kTrailerEnd:
      part_ = Part::kTrailerStart;
      trailer_ += '\n';
      return c == '\n';
    case Part::kLastLf:
      done_ = c == '\n';
      return done_;
    case Part::kContent:
      break;  // Taken by Feed.
  }
  return false;
}

bool ChunkedDecoder::TakeTrailerByte(char c) {
  trailer_ += c;
  return IsLineByte(c) && trailer_.size() <= kMaxTrailer;
}

Metadata ChunkedDecoder::TakeTrailers() {
  Metadata trailers;
  std::string_view text = trailer_;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    if (IsToken(name) && !ChangesReading(name))
      trailers.Add(name, kratos::internal::Trim(line.substr(colon + 1)));
  }
  return trailers;
}

}  // namespace kratos::http
