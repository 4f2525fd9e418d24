// The body of a streamed reply taken apart into messages, as its bytes come in.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kratos/errors/status.h"

namespace kratos::http {

/// One thing a streamed reply says.
struct StreamItem {
  enum class Kind {
    kMessage,
    kError,  ///< the call failed; the payload tells how
  };
  Kind kind = Kind::kMessage;
  std::string payload;
};

/// Feed, then Next until it has nothing more, and again; after the last byte Last. Items longer
/// than the limit fail with 500 TOO_LARGE, and what breaks the format with 500 CODEC; after an
/// error the splitter is of no more use.
class MessageSplitter {
 public:
  virtual ~MessageSplitter() = default;
  virtual void Feed(std::string_view bytes) = 0;
  /// True with the next item; false when it takes more bytes.
  virtual Result<bool> Next(StreamItem* item) = 0;
  /// Once, when the body has ended well: what is complete only now. False when there is no such
  /// thing; an error when the end comes too early.
  virtual Result<bool> Last(StreamItem* item) = 0;

  /// What a client that connects again is to send as Last-Event-ID; "" for none.
  virtual std::string_view last_event_id() const { return {}; }
  /// How long it is to wait before.
  virtual std::optional<std::chrono::milliseconds> retry() const { return std::nullopt; }
};

// `max_bytes` bounds one item; zero: no limit.

/// Server-sent events (WHATWG HTML, 9.2) named "message", "error" or nothing; others are skipped,
/// and so is one that the end of the body cuts short. `last_event_id` is where the stream goes on.
std::unique_ptr<MessageSplitter> SplitEvents(std::size_t max_bytes, std::string last_event_id = "");
/// One JSON text a line; blank lines are skipped.
std::unique_ptr<MessageSplitter> SplitLines(std::size_t max_bytes);
/// The elements of one JSON array, or one JSON text of another kind.
std::unique_ptr<MessageSplitter> SplitArray(std::size_t max_bytes);

/// 500 TOO_LARGE for an item beyond `max_bytes`.
Status ItemTooLarge(std::size_t max_bytes);

}  // namespace kratos::http
