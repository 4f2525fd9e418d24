#include "kratos/metrics/registry.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "kratos/route/percent.h"

namespace kratos::metrics {

namespace {

constexpr std::string_view kOther = "other";

bool IsName(std::string_view name, bool colons) {
  const auto is_word = [colons](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
  };
  return !name.empty() && is_word(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_word(c) || (c >= '0' && c <= '9'); });
}

// Label values and help are UTF-8 (Prometheus's text format).
std::string Clean(std::string_view value) {
  std::string text(value);
  if (route::IsValidUtf8(text)) return text;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

// prometheus-cpp writes it as it is, and a line of its own would end the whole page for Prometheus.
std::string EscapedHelp(const std::string& help) {
  std::string text;
  for (const char c : Clean(help)) {
    if (c == '\n') {
      text += "\\n";
    } else {
      if (c == '\\') text += c;
      text += c;
    }
  }
  return text;
}

// The series of one metric. They are looked up by the values joined, which is much quicker than
// prometheus-cpp's map of labels.
template <class T>
class Series {
 public:
  using Add = std::function<T&(const prometheus::Labels&)>;

  /// `add` makes a series in the registry, which this keeps alive.
  Series(std::shared_ptr<prometheus::Registry> registry, std::vector<std::string> labels,
         std::size_t max, Add add)
      : registry_(std::move(registry)),
        labels_(std::move(labels)),
        max_(max),
        add_(std::move(add)) {}

  const std::vector<std::string>& labels() const { return labels_; }

  /// Null when the number of values is wrong.
  T* With(const LabelValues& values) {
    if (values.size() != labels_.size()) return nullptr;
    std::string key;
    for (const std::string_view value : values) {
      key += value;
      key += '\0';
    }
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = series_.find(key); found != series_.end()) return found->second;
    }
    const std::lock_guard lock(mutex_);
    if (const auto found = series_.find(key); found != series_.end()) return found->second;
    if (series_.size() >= max_) {
      if (other_ == nullptr) other_ = &Make(LabelValues(labels_.size(), kOther));
      return other_;
    }
    T* made = &Make(values);
    series_.emplace(std::move(key), made);
    return made;
  }

 private:
  T& Make(const LabelValues& values) {
    prometheus::Labels labels;
    for (std::size_t i = 0; i < values.size(); ++i) labels[labels_[i]] = Clean(values[i]);
    return add_(labels);
  }

  const std::shared_ptr<prometheus::Registry> registry_;
  const std::vector<std::string> labels_;
  const std::size_t max_;
  const Add add_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, T*> series_;
  T* other_ = nullptr;
};

class PrometheusCounter final : public Counter, public Series<prometheus::Counter> {
 public:
  using Series::Series;
  void Add(const LabelValues& values, double by) override {
    if (auto* counter = With(values); counter != nullptr) counter->Increment(by);
  }
};

class PrometheusGauge final : public Gauge, public Series<prometheus::Gauge> {
 public:
  using Series::Series;
  void Set(const LabelValues& values, double to) override {
    if (auto* gauge = With(values); gauge != nullptr) gauge->Set(to);
  }
  void Add(const LabelValues& values, double by) override {
    if (auto* gauge = With(values); gauge != nullptr) gauge->Increment(by);
  }
};

class PrometheusHistogram final : public Histogram, public Series<prometheus::Histogram> {
 public:
  using Series::Series;
  void Observe(const LabelValues& values, double value) override {
    if (auto* histogram = With(values); histogram != nullptr) histogram->Observe(value);
  }
};

template <class Metric>
using ByName = std::map<std::string, std::shared_ptr<Metric>>;

void CheckNames(const std::string& name, const std::vector<std::string>& labels) {
  if (!IsName(name, true)) throw std::invalid_argument('"' + name + "\" is no name of a metric");
  for (const std::string& label : labels) {
    // Names that begin so are Prometheus's own, and "le" is a bucket's.
    if (!IsName(label, false) || label.starts_with("__") || label == "le")
      throw std::invalid_argument('"' + label + "\" is no name of a label of " + name);
  }
}

}  // namespace

struct Registry::Impl {
  /// The metric of this name. If there is none, `family` makes one.
  template <class Metric, class Family>
  std::shared_ptr<Metric> FindOrMake(const std::string& name,
                                     const std::vector<std::string>& labels,
                                     ByName<Metric>* metrics, Family family) {
    CheckNames(name, labels);
    const std::lock_guard lock(mutex);
    if (const auto found = metrics->find(name); found != metrics->end()) {
      if (found->second->labels() != labels)
        throw std::invalid_argument("the metric " + name + " has other labels");
      return found->second;
    }
    if (counters.contains(name) || gauges.contains(name) || histograms.contains(name))
      throw std::invalid_argument("the metric " + name + " is of another kind");
    auto made = std::make_shared<Metric>(registry, labels, options.max_series, family());
    metrics->emplace(name, made);
    return made;
  }

  RegistryOptions options;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::mutex mutex;
  ByName<PrometheusCounter> counters;
  ByName<PrometheusGauge> gauges;
  ByName<PrometheusHistogram> histograms;
};

Registry::Registry(RegistryOptions options) : impl_(std::make_unique<Impl>()) {
  impl_->options = options;
}

Registry::~Registry() = default;

std::shared_ptr<Counter> Registry::AddCounter(const std::string& name, const std::string& help,
                                              const std::vector<std::string>& labels) {
  return impl_->FindOrMake(name, labels, &impl_->counters, [&] {
    auto& family =
        prometheus::BuildCounter().Name(name).Help(EscapedHelp(help)).Register(*impl_->registry);
    return [&family](const prometheus::Labels& values) -> auto& { return family.Add(values); };
  });
}

std::shared_ptr<Gauge> Registry::AddGauge(const std::string& name, const std::string& help,
                                          const std::vector<std::string>& labels) {
  return impl_->FindOrMake(name, labels, &impl_->gauges, [&] {
    auto& family =
        prometheus::BuildGauge().Name(name).Help(EscapedHelp(help)).Register(*impl_->registry);
    return [&family](const prometheus::Labels& values) -> auto& { return family.Add(values); };
  });
}

std::shared_ptr<Histogram> Registry::AddHistogram(const std::string& name, const std::string& help,
                                                  const std::vector<std::string>& labels,
                                                  const std::vector<double>& bounds) {
  if (std::adjacent_find(bounds.begin(), bounds.end(), std::greater_equal<>()) != bounds.end())
    throw std::invalid_argument("the buckets of " + name + " do not ascend");
  return impl_->FindOrMake(name, labels, &impl_->histograms, [&] {
    auto& family =
        prometheus::BuildHistogram().Name(name).Help(EscapedHelp(help)).Register(*impl_->registry);
    return [&family, bounds](const prometheus::Labels& values) -> auto& {
      return family.Add(values, bounds);
    };
  });
}

std::string Registry::Text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry->Collect());
}

}  // namespace kratos::metrics
