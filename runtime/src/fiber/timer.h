// One thread that runs short functions at given times.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace kratos::fiber {

/// Thread-safe. Functions run one after the other, so they must be short; they must not throw, and
/// may use the timer.
class Timer {
 public:
  using Clock = std::chrono::steady_clock;
  using Id = std::pair<Clock::time_point, std::uint64_t>;

  /// The program's own; its thread starts with the first use.
  static Timer& Get();

  Id At(Clock::time_point when, std::function<void()> function);
  /// After this the function has run or never will: waits for its end if need be, unless called by
  /// it. Unknown ids are fine.
  void Cancel(const Id& id);

 private:
  Timer();
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable ended_;
  std::map<Id, std::function<void()>> entries_;
  std::optional<Id> running_;
  std::uint64_t next_ = 0;
  std::thread::id thread_;
};

}  // namespace kratos::fiber
