// Counts and durations of calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "kratos/metrics/registry.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct MetricsOptions {
  /// Where the metrics are kept. Must not be null.
  std::shared_ptr<metrics::Registry> registry{};
  /// Upper ends of the buckets of durations, in seconds. The default is Kratos's up to 1 s, and
  /// goes on for calls that take longer.
  std::vector<double> buckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  /// Distinct reasons that are told apart; reasons can come from peers. Further ones are "other".
  /// Default 100.
  std::size_t max_reasons = 100;
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// For server and client. Counts calls in `server_requests_code_total` or
/// `client_requests_code_total`, with the labels `kind` (http, grpc), `operation`, `code` (200 for
/// OK) and `reason`; observes their durations in `server_requests_seconds` or
/// `client_requests_seconds`, with `kind` and `operation`: the names of Kratos v3. A stream is one
/// call. An exception passes through and counts as 500 UNKNOWN.
Middleware Metrics(MetricsOptions options);

}  // namespace kratos::middleware
