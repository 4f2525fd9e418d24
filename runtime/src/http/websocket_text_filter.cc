#include "http/websocket_text_filter.h"

#include <algorithm>
#include <string_view>

namespace kratos::http {

namespace {

constexpr std::size_t kStatusEnd = std::string_view("HTTP/1.1 101").size();
constexpr unsigned kOpcodeBits = 0x0f;
constexpr unsigned kText = 1;
constexpr unsigned kBinary = 2;
constexpr std::size_t kMaskBytes = 4;

}  // namespace

std::size_t WebSocketTextFilter::Pass(char* data, std::size_t size) {
  std::size_t at = 0;
  while (at < size) {
    const auto byte = static_cast<unsigned char>(data[at]);
    switch (state_) {
      case State::kReply:
        PassReplyByte(data[at++]);
        if (state_ != State::kReply) return at;
        break;
      case State::kNoFrames:
        return size;
      case State::kFirst: {
        const unsigned opcode = byte & kOpcodeBits;
        if (opcode == kText || opcode == kBinary) text_.push_back(opcode == kText);
        if (opcode == kText) data[at] = static_cast<char>((byte & ~kOpcodeBits) | kBinary);
        state_ = State::kSecond;
        ++at;
        break;
      }
      case State::kSecond: {
        masked_ = (byte & 0x80) != 0;
        payload_left_ = byte & 0x7f;
        header_left_ = payload_left_ == 126 ? 2 : payload_left_ == 127 ? 8 : 0;
        ++at;
        if (header_left_ == 0) {
          BeginPayload();
        } else {
          payload_left_ = 0;
          state_ = State::kLength;
        }
        break;
      }
      case State::kLength:
        payload_left_ = payload_left_ << 8 | byte;
        ++at;
        if (--header_left_ == 0) BeginPayload();
        break;
      case State::kMask:
        ++at;
        if (--header_left_ == 0) state_ = payload_left_ == 0 ? State::kFirst : State::kPayload;
        break;
      case State::kPayload: {
        const std::uint64_t passed = std::min<std::uint64_t>(payload_left_, size - at);
        payload_left_ -= passed;
        at += static_cast<std::size_t>(passed);
        if (payload_left_ == 0) state_ = State::kFirst;
        break;
      }
    }
  }
  return size;
}

void WebSocketTextFilter::BeginPayload() {
  header_left_ = masked_ ? kMaskBytes : 0;
  state_ = masked_ ? State::kMask : payload_left_ == 0 ? State::kFirst : State::kPayload;
}

void WebSocketTextFilter::PassReplyByte(char c) {
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  if (status_line_.size() < kStatusEnd) status_line_ += c;
  line_ends_ = c == kHeadEnd[line_ends_] ? line_ends_ + 1 : c == '\r' ? 1 : 0;
  if (line_ends_ != kHeadEnd.size()) return;
  const bool switches = status_line_.size() == kStatusEnd && status_line_.ends_with(" 101");
  state_ = switches ? State::kFirst : State::kNoFrames;
}

bool WebSocketTextFilter::TakeText() {
  if (text_.empty()) return false;
  const bool text = text_.front();
  text_.pop_front();
  return text;
}

}  // namespace kratos::http
