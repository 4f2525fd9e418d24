// Counts of the recent past: a ring of buckets, each for a slice of time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace kratos::middleware {

/// Not synchronised. Times may not go back further than the window.
class RollingWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Bucket {
    std::int64_t slot = -1;
    std::int64_t count = 0;
    double sum = 0;
  };

  /// `buckets` slices of `width`, both at least 1.
  RollingWindow(int buckets, std::chrono::nanoseconds width)
      : width_(std::max(width, std::chrono::nanoseconds(1))),
        buckets_(static_cast<std::size_t>(buckets)) {}

  std::int64_t SlotOf(Time now) const { return now.time_since_epoch() / width_; }

  void Add(Time now, double value) {
    const std::int64_t slot = SlotOf(now);
    Bucket& bucket = buckets_[static_cast<std::size_t>(slot) % buckets_.size()];
    if (bucket.slot != slot) bucket = {slot, 0, 0};
    ++bucket.count;
    bucket.sum += value;
  }

  /// Calls `visit` for every bucket that is not older than the window, the one of the moment only
  /// if wanted.
  template <class Visit>
  void ForEach(Time now, bool with_current, Visit visit) const {
    const std::int64_t current = SlotOf(now);
    for (const Bucket& bucket : buckets_) {
      if (bucket.slot < 0 || bucket.slot > current) continue;
      const std::int64_t age = current - bucket.slot;
      if (age < static_cast<std::int64_t>(buckets_.size()) && (age > 0 || with_current))
        visit(bucket);
    }
  }

 private:
  std::chrono::nanoseconds width_;
  std::vector<Bucket> buckets_;
};

}  // namespace kratos::middleware
