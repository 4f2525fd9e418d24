#include "kratos/middleware/cpu_load.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "middleware/clock.h"

namespace kratos::middleware {

CpuLoad::CpuLoad(std::unique_ptr<CpuMeter> meter, Clock clock)
    : meter_(std::move(meter)), clock_(std::move(clock)) {
  meter_->Sample();  // Where the first measurement begins.
  due_ = Now(clock_).time_since_epoch() + kInterval;
}

double CpuLoad::Get() {
  const auto now = Now(clock_).time_since_epoch();
  if (now < due_.load(std::memory_order_relaxed)) return load_.load(std::memory_order_relaxed);
  const std::unique_lock lock(mutex_, std::try_to_lock);
  // Whoever comes while another measures takes the value there is.
  if (!lock.owns_lock() || now < due_.load(std::memory_order_relaxed))
    return load_.load(std::memory_order_relaxed);
  const auto steps = 1 + (now - due_.load(std::memory_order_relaxed)) / kInterval;
  if (const std::optional<double> sample = meter_->Sample()) {
    const double kept = std::pow(0.95, static_cast<double>(steps));
    load_ = kept * load_ + (1 - kept) * std::clamp(*sample, 0.0, 1000.0);
  }
  due_ = due_.load(std::memory_order_relaxed) + steps * kInterval;
  return load_;
}

double SystemCpuLoad() {
  static CpuLoad load(MakeSystemCpuMeter());
  return load.Get();
}

}  // namespace kratos::middleware
