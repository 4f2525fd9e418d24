// The body of a streamed reply, written by several parties one after the other.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "fiber/timer.h"
#include "http/compression/compressor.h"
#include "kratos/errors/status.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/context.h"

namespace kratos::http {

/// Belongs to one call. Thread-safe.
class ReplyStream {
 public:
  explicit ReplyStream(Context& ctx) : ctx_(ctx) {}
  /// Waits for a heartbeat that is being written.
  ~ReplyStream();

  /// Sends bytes of the body, and before the first ones the head as ctx.response() says. Waits
  /// while another write runs or the peer is slow. Fails with the call's Err() when that is over.
  Status Write(std::string_view bytes);
  /// The last bytes, also of a call that has been cancelled. A compressed body is incomplete
  /// without.
  Status WriteLast(std::string_view bytes);
  /// Ends a body that WriteLast has not ended.
  Status Close();
  bool started() const;

  /// Has `bytes` sent whenever nothing else was for `interval`. Call it once, before the first
  /// write.
  void KeepAlive(std::string bytes, std::chrono::milliseconds interval);

 private:
  using Clock = fiber::Timer::Clock;

  Status Compress(std::string_view bytes, bool last, std::string* coded);
  Status Send(std::unique_lock<std::mutex>& lock, std::string_view bytes, bool last);
  void ArmHeartbeat(Clock::time_point when);
  void Beat();

  Context& ctx_;
  mutable std::mutex mutex_;
  fiber::ConditionVariable changed_;
  bool started_ = false;
  bool busy_ = false;    // Somebody writes.
  bool closed_ = false;  // The last bytes are out.
  Status failed_;        // Why nothing more can be sent.

  std::string heartbeat_;
  std::chrono::milliseconds interval_{0};
  Clock::time_point last_write_{};
  std::optional<fiber::Timer::Id> timer_;
  bool beating_ = false;  // A heartbeat has been handed to the executor.
  bool ended_ = false;

  std::unique_ptr<Compressor> compressor_;  // Null: pieces go out as they are.
};

}  // namespace kratos::http
