// How quick the calls of one operation have been.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>

namespace kratos::http {

/// Tells whether the next call may run on the thread that serves the connection: handing it over
/// costs several microseconds, and running it there holds up every other connection of the thread.
/// Thread-safe; what several threads record at once may count once.
class CallPace {
 public:
  /// What a call may hold up others for.
  static constexpr std::chrono::microseconds kShort{100};

  /// False until enough calls have been seen, and while more than one in kWeightLong is not short.
  bool IsShort() const { return doubt_.load(std::memory_order_relaxed) <= kTrusted; }

  void Record(std::chrono::nanoseconds took) {
    const int doubt = doubt_.load(std::memory_order_relaxed);
    if (took > kShort) {
      Set(std::min(doubt + kWeightLong, kMost));
    } else if (doubt > 0) {
      Set(doubt - 1);
    }
  }
  /// A call held its thread up for so long that another thread had to go on with its work.
  void RecordHeldUp() {
    Set(std::min(doubt_.load(std::memory_order_relaxed) + kWeightHeldUp, kMost));
  }

 private:
  static constexpr int kWeightLong = 64;
  static constexpr int kWeightHeldUp = 512;
  static constexpr int kTrusted = 256;
  static constexpr int kMost = 4096;
  static constexpr int kFirstCalls = 8;  // Seen before the first is trusted.

  void Set(int doubt) { doubt_.store(doubt, std::memory_order_relaxed); }

  std::atomic<int> doubt_{kTrusted + kFirstCalls};
};

}  // namespace kratos::http
