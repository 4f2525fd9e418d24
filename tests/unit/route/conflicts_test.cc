#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "kratos/route/matcher.h"
#include "support/catch.h"
#include "support/route_generator.h"

namespace kratos::route {
namespace {

struct Spec {
  std::string method;
  std::string text;
};

std::vector<Conflict> ConflictsOf(const std::vector<Spec>& specs) {
  Matcher::Builder builder;
  for (const Spec& spec : specs) builder.Add(spec.method, *PathTemplate::Parse(spec.text));
  std::vector<Conflict> conflicts;
  std::move(builder).Build(&conflicts);
  return conflicts;
}

/// "0=1 GET /x" for the same, "0x1 GET /x" for crossing ones.
std::string Describe(const std::vector<Conflict>& conflicts) {
  std::string out;
  for (const Conflict& conflict : conflicts) {
    if (!out.empty()) out += "; ";
    out += std::to_string(conflict.first) + (conflict.relation == Relation::kSame ? '=' : 'x') +
           std::to_string(conflict.second) + ' ' + conflict.witness;
  }
  return out;
}

TEST_CASE("K5: overlaps are diagnosed when the table is built", "[conflicts]") {
  struct Row {
    const char* name;
    std::vector<Spec> specs;
    std::string conflicts;
  };
  const Row rows[] = {
      {"none", {{"GET", "/a"}, {"GET", "/b"}}, ""},
      {"same", {{"GET", "/{a}"}, {"GET", "/{b}"}}, "0=1 GET /x"},
      {"same, method in lower case", {{"GET", "/{a}"}, {"get", "/{b}"}}, "0=1 GET /x"},
      {"each with the first",
       {{"GET", "/a"}, {"GET", "/a"}, {"GET", "/a"}},
       "0=1 GET /a; 0=2 GET /a"},
      {"other method", {{"GET", "/a"}, {"POST", "/a"}}, ""},
      {"any method loses silently", {{"GET", "/a"}, {"*", "/a"}}, ""},
      {"any method against itself", {{"*", "/a"}, {"*", "/a"}}, "0=1 GET /a"},
      {"more specific is silent", {{"GET", "/a/*"}, {"GET", "/a/b"}, {"GET", "/**"}}, ""},
      {"crossing", {{"DELETE", "/a/*"}, {"DELETE", "/*/b"}}, "0x1 DELETE /a/b"},
      {"crossing of other methods", {{"GET", "/a/*"}, {"POST", "/*/b"}}, ""},
      {"verbs differ", {{"GET", "/a/*:x"}, {"GET", "/*/b:y"}}, ""},
      {"verb against value", {{"GET", "/a/*:x"}, {"GET", "/*/b"}, {"GET", "/a/*"}}, "1x2 GET /a/b"},
      {"crossing with a verb", {{"GET", "/a/*:x"}, {"GET", "/*/b:x"}}, "0x1 GET /a/b:x"},
      {"same one is not reported again",
       {{"GET", "/a/*"}, {"GET", "/*/b"}, {"GET", "/{p}/b"}},
       "0x1 GET /a/b; 1=2 GET /x/b"},
      {"prefix against suffix", {{"GET", "/**/b"}, {"GET", "/a/**"}}, "0x1 GET /a/b"},
      {"deep under **", {{"GET", "/a/*/c/d"}, {"GET", "/*/b/**"}}, "0x1 GET /a/b/c/d"},
      {"end under **", {{"GET", "/a/*"}, {"GET", "/*/b/**"}}, "0x1 GET /a/b"},
      {"** with nothing behind is no better", {{"GET", "/a/**"}, {"GET", "/a/b/*"}}, ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Describe(ConflictsOf(row.specs)) == row.conflicts);
  }
}

TEST_CASE("the walk finds just what comparing all pairs finds", "[conflicts]") {
  std::mt19937 random(7);
  testing::RouteGenerator generator([&] { return static_cast<std::uint8_t>(random() >> 8); });
  std::size_t total = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::pair<std::string, PathTemplate>> routes;
    Matcher::Builder builder;
    for (int i = 0; i < 20; ++i) {
      routes.emplace_back(generator.Method(), generator.Template());
      builder.Add(routes.back().first, routes.back().second);
    }
    std::vector<Conflict> conflicts;
    std::move(builder).Build(&conflicts);
    std::vector<Conflict> expected;
    std::vector<bool> repeats(routes.size(), false);
    for (RouteId i = 0; i < routes.size(); ++i) {
      for (RouteId j = i + 1; j < routes.size(); ++j) {
        if (routes[i].first != routes[j].first || repeats[i] || repeats[j]) continue;
        const Overlap overlap = Compare(routes[i].second, routes[j].second);
        if (overlap.relation == Relation::kSame) repeats[j] = true;
        if (overlap.relation == Relation::kSame || overlap.relation == Relation::kCross) {
          const std::string method = routes[i].first == "*" ? "GET" : routes[i].first;
          expected.push_back({i, j, overlap.relation, method + ' ' + overlap.witness});
        }
      }
    }
    // A route that repeats an earlier one may have been counted before the repetition was seen.
    expected.erase(std::remove_if(expected.begin(), expected.end(),
                                  [&](const Conflict& conflict) {
                                    return conflict.relation == Relation::kCross &&
                                           repeats[conflict.second];
                                  }),
                   expected.end());
    REQUIRE(Describe(conflicts) == Describe(expected));
    total += conflicts.size();
  }
  CHECK(total > 1000);
}

TEST_CASE("a table that crosses everywhere stays within the limit", "[conflicts]") {
  constexpr int kLevels = 9;
  std::vector<Spec> specs;
  for (int bits = 0; bits < 1 << kLevels; ++bits) {
    std::string text;
    for (int i = 0; i < kLevels; ++i) text += (bits >> i & 1) != 0 ? "/a" : "/*";
    specs.push_back({"GET", text});
  }
  const std::vector<Conflict> conflicts = ConflictsOf(specs);
  CHECK(conflicts.size() == kMaxCrossConflicts);
  CHECK(conflicts.front().first <= conflicts.back().first);
}

}  // namespace
}  // namespace kratos::route
