// The breaker of Google's SRE book ("Handling Overload", client-side throttling).
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "kratos/middleware/circuit_breaker.h"

namespace kratos::middleware {

struct SreBreakerOptions {
  /// Share of failures that is put up with; outside [0, 1) it is the default, 0.5.
  double failure_ratio = 0.5;
  /// Calls in the window below which none is refused; at least 1. Default: 20.
  int min_requests = 20;
  /// Parts of the window; at least 1. Default: 10.
  int buckets = 10;
  /// How far back is looked; zero or less is the default, 3 s.
  std::chrono::milliseconds window{3'000};
  /// Draws from [0, 1), from many threads at once. Default: a generator for each thread.
  std::function<double()> random{};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// Refuses at random, the more the worse it looks: with `need = successes / (1 - failure_ratio)`
/// and at least `min_requests` calls in the window, the chance is
/// `max(0, (total - need) / (total + 1))`. What gets through probes, so it closes by itself.
class SreBreaker final : public Breaker {
 public:
  explicit SreBreaker(SreBreakerOptions options = {});
  ~SreBreaker() override;

  bool Allow() override;
  void Succeeded() override;
  void Failed() override;

 private:
  struct Counts;
  void Count(bool success);

  SreBreakerOptions options_;
  std::unique_ptr<Counts> counts_;
};

}  // namespace kratos::middleware
