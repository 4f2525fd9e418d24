// One party that waits for another, fiber or thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "fiber/fiber.h"

namespace kratos::fiber {

/// Belongs to the fiber, or to the thread outside of one, that makes it. Single use: once unparked
/// it stays so.
class Parker {
 public:
  using Clock = std::chrono::steady_clock;

  Parker() : fiber_(Fiber::Current()) {}
  Parker(const Parker&) = delete;
  Parker& operator=(const Parker&) = delete;

  /// Waits for Unpark. May be destroyed as soon as it returns.
  void Park();
  /// False when the time came first; an Unpark may still follow then.
  bool ParkUntil(Clock::time_point when);
  /// Thread-safe.
  void Unpark();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool unparked_ = false;
  Fiber* const fiber_;
};

}  // namespace kratos::fiber
