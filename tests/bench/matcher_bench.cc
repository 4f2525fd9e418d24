// Lookups in tables of 10 to 13,000 routes: time must not depend on the number, and nothing is
// allocated.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "kratos/route/matcher.h"

namespace {
std::atomic<long> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace {

using kratos::route::Match;
using kratos::route::Matcher;
using kratos::route::PathTemplate;

// Shaped like googleapis: versions, a parent of two or three collections, verbs.
std::shared_ptr<const Matcher> Table(int routes) {
  Matcher::Builder builder;
  const char* methods[] = {"GET", "POST", "PATCH", "DELETE"};
  for (int i = 0; i < routes; ++i) {
    const std::string n = std::to_string(i / 8);
    std::string text;
    switch (i % 8) {
      case 0:
        text = "/v1/{name=projects/*/locations/*/things" + n + "/*}";
        break;
      case 1:
        text = "/v1/{parent=projects/*/locations/*}/things" + n;
        break;
      case 2:
        text = "/v1/{name=projects/*/locations/*/things" + n + "/*}:cancel";
        break;
      case 3:
        text = "/v1/things" + n + "/{id}";
        break;
      case 4:
        text = "/v2/{name=organizations/*/things" + n + "/*}";
        break;
      case 5:
        text = "/v2/things" + n + ":search";
        break;
      case 6:
        text = "/v1/{name=buckets" + n + "/*/objects/**}";
        break;
      case 7:
        text = "/v1beta1/{thing.name=things" + n + "/*/parts/*}";
        break;
    }
    builder.Add(methods[(i / 2) % 4], *PathTemplate::Parse(text));
  }
  return std::move(builder).Build();
}

void Lookup(benchmark::State& state) {
  const int routes = static_cast<int>(state.range(0));
  const auto matcher = Table(routes);
  std::vector<std::pair<std::string, std::string>> requests;
  for (int i = 0; i < 64; ++i) {
    const auto route = static_cast<kratos::route::RouteId>((static_cast<long>(i) * 7919) % routes);
    std::string path = matcher->path_template(route).ToString();
    std::string concrete;
    // A value for every wildcard and no braces: "/v1/{name=projects/*}" becomes "/v1/projects/x".
    for (std::size_t at = 0; at < path.size(); ++at) {
      if (path[at] == '{') {
        const auto close = path.find('}', at);
        const auto equals = path.find('=', at);
        if (equals == std::string::npos || equals > close) {
          concrete += "value";
          at = close;
        } else {
          at = equals;
        }
      } else if (path.compare(at, 2, "**") == 0) {
        concrete += "a/b/c";
        ++at;
      } else if (path[at] == '*') {
        concrete += "value";
      } else if (path[at] != '}') {
        concrete += path[at];
      }
    }
    requests.emplace_back(std::string(matcher->method(route)), concrete);
  }
  Match match;
  std::size_t next = 0;
  const long before = allocations.load();
  for (auto _ : state) {
    const auto& [method, path] = requests[next++ % requests.size()];
    matcher->Find(method, path, &match);
    if (match.outcome != Match::Outcome::kFound) state.SkipWithError("a route was not found");
  }
  state.counters["allocations"] = static_cast<double>(allocations.load() - before);
}
BENCHMARK(Lookup)->Arg(10)->Arg(100)->Arg(1000)->Arg(13000);

}  // namespace

BENCHMARK_MAIN();
