// How quick the calls of one operation have been.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>

namespace kratos::http {

/// Tells whether the next call may run on the thread that serves the connection: handing it over
/// costs several microseconds, and running it there holds up every other connection of the thread.
/// Thread-safe; what several threads record at once may count once.
class CallPace {
 public:
  /// What a call may hold up others for, whatever it answers.
  static constexpr std::chrono::microseconds kShort{100};
  /// What it may take besides, for each MiB of its reply and for at most so many: sending them
  /// holds up the same thread for as long.
  static constexpr std::chrono::microseconds kPerMebibyte{250};
  static constexpr std::size_t kMostMebibytes = 2;
  /// A reply of so many bytes takes another thread longer: the memory that this thread frees goes
  /// back to the kernel and is fetched anew there. So how long the call takes here is tried.
  static constexpr std::size_t kLarge = 64 * 1024;
  /// Only calls that take less than this elsewhere are tried here.
  static constexpr std::chrono::microseconds kTolerable{1000};

  /// False until enough calls have been seen, and while more than one in kWeightLong is not short;
  /// true now and then for such as are to be tried.
  bool MayStay() {
    if (doubt_.load(std::memory_order_relaxed) <= kTrusted) return true;
    if (untried_.load(std::memory_order_relaxed) < kBeforeTry) return false;
    untried_.store(0, std::memory_order_relaxed);
    trying_.store(true, std::memory_order_relaxed);
    return true;
  }

  /// Of a call that stayed.
  void RecordHere(std::chrono::nanoseconds took, std::size_t reply_bytes) {
    const bool is_short = Record(took, reply_bytes);
    if (!trying_.load(std::memory_order_relaxed)) return;
    trying_.store(false, std::memory_order_relaxed);
    if (is_short) Set(std::min(doubt_.load(std::memory_order_relaxed), kTrusted));
  }
  /// Of one that was handed over.
  void RecordElsewhere(std::chrono::nanoseconds took, std::size_t reply_bytes) {
    Record(took, reply_bytes);
    const bool worth_a_try = reply_bytes >= kLarge && took < kTolerable;
    const int untried = untried_.load(std::memory_order_relaxed);
    untried_.store(worth_a_try ? std::min(untried + 1, kBeforeTry) : 0, std::memory_order_relaxed);
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
  static constexpr int kBeforeTry = 32;  // Handed over one after the other.

  static bool IsShort(std::chrono::nanoseconds took, std::size_t reply_bytes) {
    constexpr std::size_t kMebibyte = 1 << 20;
    const auto for_reply = std::chrono::nanoseconds(kPerMebibyte) *
                           std::min(reply_bytes, kMostMebibytes * kMebibyte) / kMebibyte;
    return took <= kShort + for_reply;
  }
  // True when the call was short.
  bool Record(std::chrono::nanoseconds took, std::size_t reply_bytes) {
    const bool is_short = IsShort(took, reply_bytes);
    const int doubt = doubt_.load(std::memory_order_relaxed);
    if (!is_short) {
      Set(std::min(doubt + kWeightLong, kMost));
    } else if (doubt > 0) {
      Set(doubt - 1);
    }
    return is_short;
  }
  void Set(int doubt) { doubt_.store(doubt, std::memory_order_relaxed); }

  std::atomic<int> doubt_{kTrusted + kFirstCalls};
  std::atomic<int> untried_{0};
  std::atomic<bool> trying_{false};
};

}  // namespace kratos::http
