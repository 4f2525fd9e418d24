#include "kratos/middleware/sre_breaker.h"

#include <algorithm>
#include <mutex>
#include <random>
#include <utility>

#include "middleware/clock.h"
#include "middleware/rolling_window.h"

namespace kratos::middleware {

namespace {

double DrawUniform() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>()(generator);
}

SreBreakerOptions InRange(SreBreakerOptions options) {
  const SreBreakerOptions defaults;
  if (!(options.failure_ratio >= 0 && options.failure_ratio < 1))
    options.failure_ratio = defaults.failure_ratio;
  options.min_requests = std::max(options.min_requests, 1);
  options.buckets = std::max(options.buckets, 1);
  if (options.window <= std::chrono::milliseconds::zero()) options.window = defaults.window;
  if (!options.random) options.random = DrawUniform;
  return options;
}

}  // namespace

struct SreBreaker::Counts {
  explicit Counts(const SreBreakerOptions& options)
      : calls(options.buckets, std::chrono::nanoseconds(options.window) / options.buckets) {}
  std::mutex mutex;
  /// One for a success, zero for a failure.
  RollingWindow calls;
};

SreBreaker::SreBreaker(SreBreakerOptions options)
    : options_(InRange(std::move(options))), counts_(std::make_unique<Counts>(options_)) {}

SreBreaker::~SreBreaker() = default;

bool SreBreaker::Allow() {
  double total = 0;
  double success = 0;
  {
    const auto now = Now(options_.clock);
    const std::lock_guard lock(counts_->mutex);
    counts_->calls.ForEach(now, true, [&](const RollingWindow::Bucket& bucket) {
      total += static_cast<double>(bucket.count);
      success += bucket.sum;
    });
  }
  const double need = success / (1 - options_.failure_ratio);
  if (total < options_.min_requests || total < need) return true;
  return options_.random() >= std::max(0.0, (total - need) / (total + 1));
}

void SreBreaker::Count(bool success) {
  const auto now = Now(options_.clock);
  const std::lock_guard lock(counts_->mutex);
  counts_->calls.Add(now, success ? 1 : 0);
}

void SreBreaker::Succeeded() { Count(true); }
void SreBreaker::Failed() { Count(false); }

}  // namespace kratos::middleware
