// The end of the string that the encoder writes to.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace kratos::json::internal {

/// Appends to a string with room ahead, so that most writes are plain stores. The string has its
/// true length again once this object is gone.
class Output {
 public:
  explicit Output(std::string* out)
      : out_(out), at_(out->data() + out->size()), end_(out->data() + out->size()) {}
  ~Output() { out_->resize(size()); }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Where the next byte goes, with room for `count` of them; what was written is then told to
  /// Advance.
  char* Room(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) Grow(count);
    return at_;
  }
  void Advance(char* to) { at_ = to; }

  void push_back(char c) {
    *Room(1) = c;
    ++at_;
  }
  void append(std::string_view text) {
    std::memcpy(Room(text.size()), text.data(), text.size());
    at_ += text.size();
  }
  void append(std::size_t count, char c) {
    std::memset(Room(count), c, count);
    at_ += count;
  }

  std::size_t size() const { return static_cast<std::size_t>(at_ - out_->data()); }
  /// Takes back what was written behind `size`.
  void Cut(std::size_t size) { at_ = out_->data() + size; }

 private:
  void Grow(std::size_t count) {
    constexpr std::size_t kLeast = 480;  // most small replies need no second block
    const std::size_t used = size();
    const std::size_t wanted = used + count;
    out_->resize(wanted + (used > kLeast ? used : kLeast));
    at_ = out_->data() + used;
    end_ = out_->data() + out_->size();
  }

  std::string* out_;
  char* at_;
  char* end_;
};

}  // namespace kratos::json::internal
