// The matcher against the reference, over tables and paths made at random.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "kratos/route/matcher.h"
#include "support/catch.h"
#include "support/reference_matcher.h"
#include "support/route_generator.h"

namespace kratos::route {
namespace {

TEST_CASE("the matcher answers as the reference does", "[matcher][differential]") {
  std::mt19937 random(4711);
  testing::RouteGenerator generator([&] { return static_cast<std::uint8_t>(random() >> 8); });
  int outcomes[4] = {};
  for (int round = 0; round < 2500; ++round) {
    const MatcherOptions options{.ignore_trailing_slash = round % 4 == 0};
    Matcher::Builder builder(options);
    std::vector<testing::ReferenceMatcher::Route> routes;
    const std::size_t size = 1 + generator.Below(60);
    for (std::size_t i = 0; i < size; ++i) {
      routes.push_back({generator.Method(), generator.Template()});
      builder.Add(routes.back().method, routes.back().path_template);
    }
    const auto matcher = std::move(builder).Build();
    const testing::ReferenceMatcher reference(routes);
    for (int i = 0; i < 100; ++i) {
      const std::string method = generator.Method();
      const std::string path = generator.Path(routes[generator.Below(size)].path_template);
      const std::string difference =
          Difference(*matcher, reference, method, path, options.ignore_trailing_slash);
      if (!difference.empty()) {
        std::string table;
        for (const auto& route : routes) {
          table += "\n  " + route.method + ' ' + route.path_template.text();
        }
        FAIL(difference << " in" << table);
      }
      Match match;
      matcher->Find(method, path, &match);
      ++outcomes[static_cast<int>(match.outcome)];
    }
  }
  // All four kinds of answer must have been put to the test.
  for (const int count : outcomes) CHECK(count > 1000);
}

TEST_CASE("K5: the order of registration decides nothing", "[matcher][differential]") {
  std::mt19937 random(99);
  testing::RouteGenerator generator([&] { return static_cast<std::uint8_t>(random() >> 8); });
  for (int round = 0; round < 200; ++round) {
    std::vector<testing::ReferenceMatcher::Route> routes;
    for (int i = 0; i < 40; ++i) {
      const testing::ReferenceMatcher::Route route{generator.Method(), generator.Template()};
      const bool repeats = std::any_of(routes.begin(), routes.end(), [&](const auto& other) {
        return other.method == route.method &&
               Compare(other.path_template, route.path_template).relation == Relation::kSame;
      });
      if (!repeats) routes.push_back(route);
    }
    const auto build = [&] {
      Matcher::Builder builder;
      for (const auto& route : routes) builder.Add(route.method, route.path_template);
      return std::move(builder).Build();
    };
    const auto matcher = build();
    std::vector<std::pair<std::string, std::string>> requests;
    for (int i = 0; i < 60; ++i) {
      requests.emplace_back(generator.Method(),
                            generator.Path(routes[generator.Below(routes.size())].path_template));
    }
    for (int shuffle = 0; shuffle < 4; ++shuffle) {
      std::shuffle(routes.begin(), routes.end(), random);
      const auto shuffled = build();
      for (const auto& [method, path] : requests) {
        Match before, after;
        matcher->Find(method, path, &before);
        shuffled->Find(method, path, &after);
        INFO(method << ' ' << path);
        REQUIRE(before.outcome == after.outcome);
        if (before.outcome != Match::Outcome::kFound) continue;
        REQUIRE(matcher->path_template(before.route) == shuffled->path_template(after.route));
        REQUIRE(matcher->method(before.route) == shuffled->method(after.route));
      }
    }
  }
}

}  // namespace
}  // namespace kratos::route
