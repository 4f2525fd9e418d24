#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "http/message_splitter.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool IsBlank(char c) { return kBlanks.find(c) != std::string_view::npos; }

class LineSplitter final : public MessageSplitter {
 public:
  explicit LineSplitter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void Feed(std::string_view bytes) override {
    in_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    in_.append(bytes);
  }

  Result<bool> Next(StreamItem* item) override {
    while (true) {
      const auto end = in_.find('\n', scanned_);
      const std::size_t size = (end == std::string::npos ? in_.size() : end) - begin_;
      if (max_bytes_ != 0 && size > max_bytes_) return ItemTooLarge(max_bytes_);
      if (end == std::string::npos) {
        scanned_ = in_.size();
        return false;
      }
      const bool blank = !Take(size, item);
      scanned_ = begin_ = end + 1;
      if (!blank) return true;
    }
  }

  // The last line needs no end.
  Result<bool> Last(StreamItem* item) override { return Take(in_.size() - begin_, item); }

 private:
  bool Take(std::size_t size, StreamItem* item) {
    const auto line = std::string_view(in_).substr(begin_, size);
    if (line.find_first_not_of(kBlanks) == std::string_view::npos) return false;
    item->kind = StreamItem::Kind::kMessage;
    item->payload = line;
    return true;
  }

  const std::size_t max_bytes_;
  std::string in_;
  std::size_t begin_ = 0;
  std::size_t scanned_ = 0;
};

// Finds where elements end; whether they are JSON is for their codec to say.
class ArraySplitter final : public MessageSplitter {
 public:
  explicit ArraySplitter(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void Feed(std::string_view bytes) override {
    in_.erase(0, at_);
    at_ = 0;
    in_.append(bytes);
  }

  Result<bool> Next(StreamItem* item) override {
    while (at_ < in_.size()) {
      switch (state_) {
        case State::kStart:
        case State::kFirst:
        case State::kElement:
        case State::kSeparator:
        case State::kDone:
          if (Status status = TakeOutside(in_[at_]); !status.ok()) return status;
          break;
        case State::kValue:
          if (TakeInside(in_[at_])) return Emit(item);
          break;
      }
    }
    if (max_bytes_ != 0 && value_.size() > max_bytes_) return ItemTooLarge(max_bytes_);
    return false;
  }

  Result<bool> Last(StreamItem* item) override {
    // A number or literal that is all of the body ends with it.
    if (state_ == State::kValue && single_ && shape_ == Shape::kScalar) return Emit(item);
    if (state_ == State::kDone) return false;
    return ServiceUnavailable(kReasonUnavailable, "the JSON array ends too early");
  }

 private:
  enum class State : std::uint8_t {
    kStart,      // Before the array.
    kFirst,      // Behind '['.
    kElement,    // Behind a comma.
    kValue,      // In an element.
    kSeparator,  // Behind an element.
    kDone,
  };
  enum class Shape : std::uint8_t { kScalar, kString, kNested };

  Status TakeOutside(char c) {
    if (IsBlank(c)) {
      ++at_;
      return {};
    }
    if (state_ == State::kStart && c == '[') {
      state_ = State::kFirst;
      ++at_;
    } else if ((state_ == State::kFirst || state_ == State::kSeparator) && c == ']') {
      state_ = State::kDone;
      ++at_;
    } else if (state_ == State::kSeparator && c == ',') {
      state_ = State::kElement;
      ++at_;
    } else if (state_ == State::kDone || state_ == State::kSeparator || c == ',' || c == ']' ||
               c == '}') {
      return InternalServer(kReasonCodec, fmt::format("the reply is no JSON array: \"{}\" is not "
                                                      "expected there",
                                                      c >= ' ' && c < 0x7f ? c : '?'));
    } else {
      single_ = state_ == State::kStart;
      state_ = State::kValue;
      shape_ = c == '"' ? Shape::kString : c == '{' || c == '[' ? Shape::kNested : Shape::kScalar;
      depth_ = 0;
      in_string_ = escaped_ = false;
    }
    return {};
  }

  // True when the element is whole.
  bool TakeInside(char c) {
    if (shape_ == Shape::kScalar) {
      if (c == ',' || c == ']' || IsBlank(c)) return true;
      value_ += c;
      ++at_;
      return false;
    }
    value_ += c;
    ++at_;
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
        return shape_ == Shape::kString;
      }
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      return --depth_ == 0;
    }
    return false;
  }

  Result<bool> Emit(StreamItem* item) {
    if (max_bytes_ != 0 && value_.size() > max_bytes_) return ItemTooLarge(max_bytes_);
    state_ = single_ ? State::kDone : State::kSeparator;
    item->kind = StreamItem::Kind::kMessage;
    item->payload = std::exchange(value_, {});
    return true;
  }

  const std::size_t max_bytes_;
  std::string in_;
  std::size_t at_ = 0;
  State state_ = State::kStart;
  bool single_ = false;

  // The element in the making.
  std::string value_;
  Shape shape_ = Shape::kScalar;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace

std::unique_ptr<MessageSplitter> SplitLines(std::size_t max_bytes) {
  return std::make_unique<LineSplitter>(max_bytes);
}

std::unique_ptr<MessageSplitter> SplitArray(std::size_t max_bytes) {
  return std::make_unique<ArraySplitter>(max_bytes);
}

Status ItemTooLarge(std::size_t max_bytes) {
  return InternalServer(kReasonTooLarge,
                        fmt::format("a message of the stream is larger than {} bytes", max_bytes));
}

}  // namespace kratos::http
