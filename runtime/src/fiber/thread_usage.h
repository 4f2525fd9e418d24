// What this thread has had of the processor.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>

namespace kratos::fiber {

/// Measures from its beginning on, on one thread.
class ThreadUsage {
 public:
  ThreadUsage() { Read(&begin_); }

  /// How long the thread has been at it: the processor's time while it never waited, since on a
  /// busy machine others' time is none of its own; else all time.
  std::chrono::nanoseconds Elapsed() const {
    const auto all = Clock::now() - began_;
    rusage now{};
    Read(&now);
    if (now.ru_nvcsw != begin_.ru_nvcsw) return all;
    const auto processor =
        Time(now.ru_utime) + Time(now.ru_stime) - Time(begin_.ru_utime) - Time(begin_.ru_stime);
    return std::min<std::chrono::nanoseconds>(all, processor);
  }

 private:
  using Clock = std::chrono::steady_clock;

  static void Read(rusage* to) { getrusage(RUSAGE_THREAD, to); }
  static std::chrono::microseconds Time(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  }

  const Clock::time_point began_ = Clock::now();
  rusage begin_{};
};

}  // namespace kratos::fiber
