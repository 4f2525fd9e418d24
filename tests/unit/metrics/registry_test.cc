#include "kratos/metrics/registry.h"

#include <memory>
#include <stdexcept>
#include <string>

#include "support/catch.h"

namespace kratos::metrics {
namespace {

// Whether the text has this line.
bool Has(const Registry& registry, const std::string& line) {
  return ('\n' + registry.Text()).find('\n' + line + '\n') != std::string::npos;
}

TEST_CASE("metrics: counters, gauges and histograms as Prometheus reads them") {
  Registry registry;
  CHECK(registry.Text().empty());
  const auto books = registry.AddCounter("books_total", "Books sold.", {"shelf", "kind"});
  books->Add({"a", "x"});
  books->Add({"a", "x"}, 2);
  books->Add({"b", "y"});
  books->Add({"b", "y"}, -1);
  const auto open = registry.AddGauge("open", "Doors.");
  open->Set({}, 5);
  open->Add({}, -2);
  const auto seconds = registry.AddHistogram("seconds", "Time.", {"op"}, {0.1, 1});
  seconds->Observe({"get"}, 0.05);
  seconds->Observe({"get"}, 0.5);
  seconds->Observe({"get"}, 5);
  CAPTURE(registry.Text());
  CHECK(Has(registry, "# HELP books_total Books sold."));
  CHECK(Has(registry, "# TYPE books_total counter"));
  CHECK(Has(registry, R"(books_total{kind="x",shelf="a"} 3)"));
  CHECK(Has(registry, R"(books_total{kind="y",shelf="b"} 1)"));
  CHECK(Has(registry, "open 3"));
  CHECK(Has(registry, R"(seconds_bucket{op="get",le="0.1"} 1)"));
  CHECK(Has(registry, R"(seconds_bucket{op="get",le="1"} 2)"));
  CHECK(Has(registry, R"(seconds_bucket{op="get",le="+Inf"} 3)"));
  CHECK(Has(registry, R"(seconds_count{op="get"} 3)"));
}

TEST_CASE("metrics: any help is one line") {
  Registry registry;
  registry.AddCounter("sales_total", "All \"of\" them;\nback\\slash \xFF")->Add({});
  CHECK(Has(registry, R"(# HELP sales_total All "of" them;\nback\\slash ?)"));
}

TEST_CASE("metrics: the same name is the same metric") {
  Registry registry;
  registry.AddCounter("a", "h", {"x"})->Add({"1"});
  registry.AddCounter("a", "h", {"x"})->Add({"1"});
  CHECK(Has(registry, R"(a{x="1"} 2)"));
  CHECK_THROWS_AS(registry.AddCounter("a", "h", {"y"}), std::invalid_argument);
  CHECK_THROWS_AS(registry.AddGauge("a", "h", {"x"}), std::invalid_argument);
}

TEST_CASE("metrics: names that Prometheus would not read are refused") {
  Registry registry;
  for (const char* name : {"", "1a", "a-b", "a b", "\xC3\xA4"}) {
    CAPTURE(name);
    CHECK_THROWS_AS(registry.AddCounter(name, ""), std::invalid_argument);
    CHECK_THROWS_AS(registry.AddCounter("ok", "", {name}), std::invalid_argument);
  }
  for (const char* label : {"a:b", "__name__", "le"})
    CHECK_THROWS_AS(registry.AddCounter("ok", "", {label}), std::invalid_argument);
  CHECK_THROWS_AS(registry.AddHistogram("h", "", {}, {1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(registry.AddHistogram("h", "", {}, {2, 1}), std::invalid_argument);
}

TEST_CASE("metrics: any value of a label can be read back") {
  Registry registry;
  const auto counter = registry.AddCounter("a", "", {"x"});
  counter->Add({"quote\" back\\ line\n"});
  counter->Add({"\xFF\xC3"});
  counter->Add({});
  counter->Add({"too", "many"});
  CHECK(Has(registry, R"(a{x="quote\" back\\ line\n"} 1)"));
  CHECK(Has(registry, R"(a{x="??"} 1)"));
}

TEST_CASE("metrics: the number of series is bounded") {
  Registry registry({.max_series = 2});
  const auto counter = registry.AddCounter("a", "", {"x", "y"});
  for (const char* x : {"1", "2", "3", "4", "1"}) counter->Add({x, "y"});
  CHECK(Has(registry, R"(a{x="1",y="y"} 2)"));
  CHECK(Has(registry, R"(a{x="2",y="y"} 1)"));
  CHECK(Has(registry, R"(a{x="other",y="other"} 2)"));
  CHECK(registry.Text().find("\"3\"") == std::string::npos);
}

TEST_CASE("metrics: outlive their registry") {
  auto registry = std::make_unique<Registry>();
  const auto counter = registry->AddCounter("a", "");
  registry.reset();
  counter->Add({});
}

}  // namespace
}  // namespace kratos::metrics
