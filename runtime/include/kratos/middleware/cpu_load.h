// How busy the processors are.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace kratos::middleware {

/// Measures the use of the processors this process may use. Not synchronised.
class CpuMeter {
 public:
  virtual ~CpuMeter() = default;
  /// The share in use since the call before, 0 to 1000; nothing at first and when it cannot tell.
  virtual std::optional<double> Sample() = 0;
};

/// Where the process's control group (v2), or one around it, has a CPU quota: that group's usage
/// against the tightest quota. Else that of the whole machine (proc(5), /proc/stat). Files are
/// looked for below `root`.
std::unique_ptr<CpuMeter> MakeSystemCpuMeter(std::string root = "/");

/// A smoothed measurement: every half second 0.95 of what it was and 0.05 of the new sample; after
/// a longer silence as many such steps as fit in. Samples when it is asked, so it needs no thread.
/// Thread-safe.
class CpuLoad {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  static constexpr std::chrono::milliseconds kInterval{500};

  /// `meter` must not be null. Without a `clock` steady_clock is read.
  explicit CpuLoad(std::unique_ptr<CpuMeter> meter, Clock clock = nullptr);
  /// 0 to 1000.
  double Get();

 private:
  const std::unique_ptr<CpuMeter> meter_;
  const Clock clock_;
  std::mutex mutex_;
  std::atomic<std::chrono::steady_clock::duration> due_;
  std::atomic<double> load_ = 0;
};

/// The process's own, measured by the system's meter.
double SystemCpuLoad();

}  // namespace kratos::middleware
