// Counters, gauges and histograms, and the text that Prometheus reads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::metrics {

/// The values of a metric's labels, in the order of their names.
using LabelValues = std::vector<std::string_view>;

/// Counts. Thread-safe.
class Counter {
 public:
  virtual ~Counter() = default;
  /// `values` must be as many as the metric has labels, else nothing is counted. A negative `by`
  /// counts nothing.
  virtual void Add(const LabelValues& values, double by = 1) = 0;
};

/// Goes up and down. Thread-safe.
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(const LabelValues& values, double to) = 0;
  virtual void Add(const LabelValues& values, double by) = 0;
};

/// Counts how often a value lies in which bucket. Thread-safe.
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(const LabelValues& values, double value) = 0;
};

struct RegistryOptions {
  /// Combinations of label values of one metric; a further one is taken for one whose values are
  /// all "other". Default 2000.
  std::size_t max_series = 2000;
};

/// Metrics by name. Thread-safe. Metrics keep their registry's data alive.
class Registry {
 public:
  explicit Registry(RegistryOptions options = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// A metric of this name, made at the first call. Names and labels are Prometheus's
  /// ([a-zA-Z_:][a-zA-Z0-9_:]*, labels without ':'). Throws std::invalid_argument for others, and
  /// when the name is another kind's or has other labels. `help` is any text.
  std::shared_ptr<Counter> AddCounter(const std::string& name, const std::string& help,
                                      const std::vector<std::string>& labels = {});
  std::shared_ptr<Gauge> AddGauge(const std::string& name, const std::string& help,
                                  const std::vector<std::string>& labels = {});
  /// `bounds` are the upper ends of the buckets, ascending; one without end is added. They are
  /// those of the first call.
  std::shared_ptr<Histogram> AddHistogram(const std::string& name, const std::string& help,
                                          const std::vector<std::string>& labels,
                                          const std::vector<double>& bounds);

  /// Everything in Prometheus's text format, version 0.0.4 (its media type is kTextType).
  std::string Text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr char kTextType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace kratos::metrics
