#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "http/message_splitter.h"

namespace kratos::http {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

class EventSplitter final : public MessageSplitter {
 public:
  EventSplitter(std::size_t max_bytes, std::string last_event_id)
      : max_bytes_(max_bytes), id_(last_event_id), committed_id_(std::move(last_event_id)) {}

  void Feed(std::string_view bytes) override {
    in_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
    in_.append(bytes);
  }

  Result<bool> Next(StreamItem* item) override {
    if (!SkipByteOrderMark()) return false;
    std::string_view line;
    while (TakeLine(&line)) {
      if (IsTooLong(line.size())) return ItemTooLarge(max_bytes_);
      if (!line.empty()) {
        TakeField(line);
      } else if (Dispatch(item)) {
        return true;
      }
      if (max_bytes_ != 0 && data_.size() > max_bytes_) return ItemTooLarge(max_bytes_);
    }
    if (IsTooLong(in_.size() - begin_)) return ItemTooLarge(max_bytes_);
    return false;
  }

  Result<bool> Last(StreamItem*) override { return false; }

  std::string_view last_event_id() const override { return committed_id_; }
  std::optional<std::chrono::milliseconds> retry() const override { return retry_; }

 private:
  // What a line may have besides data.
  static constexpr std::size_t kFieldRoom = 64;

  // Of a line, whole or not, of whatever field: what is refused must not depend on how it was cut.
  bool IsTooLong(std::size_t line_bytes) const {
    return max_bytes_ != 0 && line_bytes + data_.size() > max_bytes_ + kFieldRoom;
  }

  // False while it is not clear yet whether the stream begins with one.
  bool SkipByteOrderMark() {
    if (past_mark_) return true;
    if (in_.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(in_)) return false;
    past_mark_ = true;
    if (in_.starts_with(kByteOrderMark)) scanned_ = begin_ = kByteOrderMark.size();
    return true;
  }

  // The next line that has its end, CR, LF or both. Valid until Feed.
  bool TakeLine(std::string_view* line) {
    if (skip_lf_ && begin_ < in_.size()) {
      skip_lf_ = false;
      if (in_[begin_] == '\n') ++begin_;
      scanned_ = std::max(scanned_, begin_);
    }
    const auto end = in_.find_first_of("\r\n", scanned_);
    if (end == std::string::npos) {
      scanned_ = in_.size();
      return false;
    }
    *line = std::string_view(in_).substr(begin_, end - begin_);
    // A CR ends the line at once; an LF that follows, perhaps later, belongs to it.
    skip_lf_ = in_[end] == '\r';
    scanned_ = begin_ = end + 1;
    return true;
  }

  void TakeField(std::string_view line) {
    const auto colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
      if (std::exchange(has_data_, true)) data_ += '\n';
      data_.append(value);
    } else if (name == "event") {
      name_ = Trim(value);
    } else if (name == "id") {
      if (value.find('\0') == std::string_view::npos) id_ = value;
    } else if (name == "retry") {
      TakeRetry(value);
    }
  }

  void TakeRetry(std::string_view value) {
    std::uint32_t milliseconds = 0;
    const auto [end, failed] =
        std::from_chars(value.data(), value.data() + value.size(), milliseconds);
    if (failed == std::errc() && end == value.data() + value.size())
      retry_ = std::chrono::milliseconds(milliseconds);
  }

  // At a blank line; false when there is nothing to tell.
  bool Dispatch(StreamItem* item) {
    committed_id_ = id_;
    const std::string name = std::exchange(name_, {});
    const bool has_data = std::exchange(has_data_, false);
    std::string data = std::exchange(data_, {});
    // As Kratos does, an event with a name counts without data, too.
    if (!has_data && name.empty()) return false;
    if (!name.empty() && name != "message" && name != "error") return false;
    item->kind = name == "error" ? StreamItem::Kind::kError : StreamItem::Kind::kMessage;
    item->payload = std::move(data);
    return true;
  }

  const std::size_t max_bytes_;
  std::string in_;
  std::size_t begin_ = 0;    // Of the first byte not taken.
  std::size_t scanned_ = 0;  // Up to here there is no end of a line.
  bool past_mark_ = false;
  bool skip_lf_ = false;

  // The event in the making.
  std::string name_;
  std::string data_;
  bool has_data_ = false;
  std::string id_;

  std::string committed_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace

std::unique_ptr<MessageSplitter> SplitEvents(std::size_t max_bytes, std::string last_event_id) {
  return std::make_unique<EventSplitter>(max_bytes, std::move(last_event_id));
}

}  // namespace kratos::http
