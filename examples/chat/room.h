// What is said in one room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "chat.pb.h"
#include "kratos/fiber/fiber.h"

namespace chat {

/// Keeps the last lines for those who come later. Thread-safe.
class Room {
 public:
  /// Numbers the line, and tells those who wait.
  Line Say(Line line);
  /// Waits for a line behind the one numbered `after`: the first one that is still kept. Fails when
  /// the call is cancelled. No thread waits (see kratos/fiber/fiber.h).
  kratos::Result<Line> Next(const kratos::Context& ctx, std::int32_t after);

 private:
  static constexpr std::size_t kKept = 100;

  std::mutex mutex_;  // Guards what follows.
  kratos::fiber::ConditionVariable said_;
  std::deque<Line> lines_;
  std::int32_t last_ = 0;
};

}  // namespace chat
