#include "kratos/middleware/bbr_limiter.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "kratos/middleware/cpu_load.h"
#include "middleware/clock.h"
#include "middleware/rolling_window.h"

namespace kratos::middleware {

namespace {

using Time = std::chrono::steady_clock::time_point;

// How long a drop is remembered when the processors are idle again.
constexpr std::chrono::seconds kCooling{1};

BbrOptions InRange(BbrOptions options) {
  options.buckets = std::max(options.buckets, 1);
  options.window = std::max(options.window, std::chrono::milliseconds(options.buckets));
  if (!options.cpu) options.cpu = SystemCpuLoad;
  return options;
}

}  // namespace

struct BbrLimiter::Windows {
  explicit Windows(const BbrOptions& options)
      : width(std::chrono::nanoseconds(options.window) / options.buckets),
        calls(options.buckets, width) {}

  const std::chrono::nanoseconds width;
  std::mutex mutex;
  /// Duration in milliseconds of each call that ended well.
  RollingWindow calls;
  /// What the past buckets say; computed once a bucket.
  std::int64_t computed_at = -1;
  std::int64_t max_pass = 1;
  double min_rt_ms = 1;
  std::int64_t max_in_flight = 0;
  std::optional<Time> first_drop;
};

BbrLimiter::BbrLimiter(BbrOptions options)
    : options_(InRange(std::move(options))), windows_(std::make_unique<Windows>(options_)) {}

BbrLimiter::~BbrLimiter() = default;

double BbrLimiter::Load() const {
  const double load = options_.cpu();
  if (options_.cpu_quota <= 0) return load;
  const double processors = std::max(std::thread::hardware_concurrency(), 1U);
  return std::min(1000.0, load * processors / options_.cpu_quota);
}

// Fills in `stat`, if wanted, along the way. The mutex must be held.
std::int64_t BbrLimiter::MaxInFlight(Time now, Stat* stat) {
  Windows& w = *windows_;
  if (const std::int64_t slot = w.calls.SlotOf(now); slot != w.computed_at) {
    w.computed_at = slot;
    w.max_pass = 1;
    std::optional<double> min_rt;
    w.calls.ForEach(now, false, [&](const RollingWindow::Bucket& bucket) {
      w.max_pass = std::max(w.max_pass, bucket.count);
      const double average = bucket.sum / static_cast<double>(bucket.count);
      min_rt = std::min(min_rt.value_or(average), average);
    });
    w.min_rt_ms = min_rt.value_or(1);
    const double buckets_per_second = std::chrono::duration<double>(1) / w.width;
    w.max_in_flight = static_cast<std::int64_t>(
        std::floor(static_cast<double>(w.max_pass) * w.min_rt_ms * buckets_per_second / 1000));
  }
  if (stat != nullptr) {
    stat->max_pass = w.max_pass;
    stat->min_rt_ms = w.min_rt_ms;
    stat->max_in_flight = w.max_in_flight;
  }
  return w.max_in_flight;
}

bool BbrLimiter::MustDrop(Time now) {
  const bool busy = Load() >= options_.cpu_threshold;
  const std::lock_guard lock(windows_->mutex);
  auto& first_drop = windows_->first_drop;
  if (!busy) {
    if (!first_drop) return false;
    if (now - *first_drop > kCooling) {
      first_drop.reset();
      return false;
    }
  }
  const std::int64_t in_flight = in_flight_.load(std::memory_order_relaxed);
  const bool drop = in_flight > 1 && in_flight > MaxInFlight(now, nullptr);
  if (drop && !first_drop) first_drop = now;
  return drop;
}

std::optional<Limiter::Done> BbrLimiter::Allow() {
  const Time start = Now(options_.clock);
  if (MustDrop(start)) return std::nullopt;
  in_flight_.fetch_add(1, std::memory_order_relaxed);
  return [this, start](const Status& outcome) {
    in_flight_.fetch_sub(1, std::memory_order_relaxed);
    if (outcome.code() >= 500) return;
    const Time now = Now(options_.clock);
    const double took = std::chrono::duration<double, std::milli>(now - start).count();
    const std::lock_guard lock(windows_->mutex);
    windows_->calls.Add(now, took);
  };
}

BbrLimiter::Stat BbrLimiter::Snapshot() {
  Stat stat;
  stat.cpu = Load();
  stat.in_flight = in_flight_.load(std::memory_order_relaxed);
  const std::lock_guard lock(windows_->mutex);
  MaxInFlight(Now(options_.clock), &stat);
  return stat;
}

}  // namespace kratos::middleware
