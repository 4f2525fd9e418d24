// A limiter that finds the limit by itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "kratos/errors/status.h"
#include "kratos/middleware/ratelimit.h"

namespace kratos::middleware {

struct BbrOptions {
  /// How far back is looked. Default: 10 s.
  std::chrono::milliseconds window{10'000};
  /// Parts of the window. Default: 100.
  int buckets = 100;
  /// Load (0 to 1000) from which on calls may be refused. Default: 800.
  double cpu_threshold = 800;
  /// Processors the process may use, where nothing tells the meter: the load is scaled by the
  /// machine's number over this one. Zero: not scaled.
  double cpu_quota = 0;
  /// The load, 0 to 1000. Default: SystemCpuLoad.
  std::function<double()> cpu{};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// Refuses calls while the processors are busy (and for a second after) and more calls run than the
/// best throughput and the best latency of the window account for:
///
///     max_in_flight = floor(max_pass * min_rt * buckets_per_second / 1000)
///
/// with max_pass the most calls that ended well in one bucket (at least 1) and min_rt the least
/// average duration of a bucket in milliseconds (1 while unknown); the bucket of the moment does
/// not count. Two calls at once are always let in. A call that fails with a code from 500 on counts
/// as running while it runs, and not as throughput.
class BbrLimiter final : public Limiter {
 public:
  struct Stat {
    double cpu = 0;
    std::int64_t in_flight = 0;
    std::int64_t max_in_flight = 0;
    double min_rt_ms = 0;
    std::int64_t max_pass = 0;
  };

  /// Values out of range are brought into it: window and buckets to at least 1.
  explicit BbrLimiter(BbrOptions options = {});
  ~BbrLimiter() override;

  /// The Done it gives must not outlive the limiter.
  std::optional<Done> Allow() override;
  Stat Snapshot();

 private:
  struct Windows;
  bool MustDrop(std::chrono::steady_clock::time_point now);
  std::int64_t MaxInFlight(std::chrono::steady_clock::time_point now, Stat* stat);
  double Load() const;

  const BbrOptions options_;
  std::unique_ptr<Windows> windows_;
  std::atomic<std::int64_t> in_flight_ = 0;
};

}  // namespace kratos::middleware
