// What this thread has had of the processor.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace kratos::fiber {

/// Measures from its beginning on, on one thread.
class ThreadUsage {
 public:
  ThreadUsage() = default;

  /// How long the thread has been at it: the processor's time while it never waited, since on a
  /// busy machine others' time is none of its own; else all time.
  std::chrono::nanoseconds Elapsed() const {
    const auto all = Clock::now() - began_;
    if (Waits() != waits_) return all;
    return std::min<std::chrono::nanoseconds>(all, Processor() - processor_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  // How often the thread has given up the processor of its own.
  static long Waits() {
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    return usage.ru_nvcsw;
  }
  // Not from rusage: its times move on with the tick, every few milliseconds.
  static std::chrono::nanoseconds Processor() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  }

  const Clock::time_point began_ = Clock::now();
  const long waits_ = Waits();
  const std::chrono::nanoseconds processor_ = Processor();
};

}  // namespace kratos::fiber
