#include <random>
#include <string>
#include <vector>

#include "kratos/route/matcher.h"
#include "kratos/route/path_template.h"
#include "support/catch.h"
#include "support/reference_matcher.h"
#include "support/route_generator.h"

namespace kratos::route {
namespace {

PathTemplate Parse(const std::string& text) { return *PathTemplate::Parse(text); }

bool FoundBy(const PathTemplate& path_template, const std::string& path) {
  Matcher::Builder builder;
  builder.Add("GET", path_template);
  Match match;
  std::move(builder).Build()->Find("GET", path, &match);
  return match.outcome == Match::Outcome::kFound;
}

Relation Mirror(Relation relation) {
  if (relation == Relation::kFirstMoreSpecific) return Relation::kSecondMoreSpecific;
  if (relation == Relation::kSecondMoreSpecific) return Relation::kFirstMoreSpecific;
  return relation;
}

TEST_CASE("Compare tells how two templates relate", "[compare]") {
  constexpr Relation kDisjoint = Relation::kDisjoint;
  constexpr Relation kSame = Relation::kSame;
  constexpr Relation kFirst = Relation::kFirstMoreSpecific;
  constexpr Relation kCross = Relation::kCross;
  struct Row {
    const char* name;
    std::string a;
    std::string b;
    Relation relation;
    std::string witness;
  };
  const Row rows[] = {
      {"root", "/", "/", kSame, "/"},
      {"root and **", "/", "/**", kFirst, "/"},
      {"root and a segment", "/", "/*", kDisjoint, ""},
      {"names only", "/v1/{a}", "/v1/{b}", kSame, "/v1/x"},
      {"variable or not", "/v1/{a=b/*}", "/v1/b/*", kSame, "/v1/b/x"},
      {"escaped or not", "/v1/%61", "/v1/a", kSame, "/v1/a"},
      {"case of hex digits", "/a%2Fb", "/a%2fb", kSame, "/a%2Fb"},
      {"different literals", "/v1/a", "/v1/b", kDisjoint, ""},
      {"case matters", "/v1/a", "/v1/A", kDisjoint, ""},
      {"different length", "/v1/*", "/v1/*/*", kDisjoint, ""},
      {"literal over wildcard", "/v1/a", "/v1/*", kFirst, "/v1/a"},
      {"dot is no wildcard's", "/v1/.", "/v1/*", kDisjoint, ""},
      {"dots are no wildcard's", "/v1/%2E.", "/v1/*", kDisjoint, ""},
      {"dot is **'s", "/v1/.", "/v1/**", kFirst, "/v1/."},
      {"crossing", "/a/*", "/*/b", kCross, "/a/b"},
      {"crossing behind a shared segment", "/v1/*/b/c", "/v1/a/*/c", kCross, "/v1/a/b/c"},
      {"wildcard over multi wildcard", "/v1/*", "/v1/**", kFirst, "/v1/x"},
      {"none over multi wildcard", "/v1", "/v1/**", kFirst, "/v1"},
      {"longer prefix", "/v1/a/**", "/v1/**", kFirst, "/v1/a"},
      {"literal under multi wildcard", "/v1/a/b/c", "/v1/**", kFirst, "/v1/a/b/c"},
      {"suffix over none", "/v1/**/b", "/v1/**", kFirst, "/v1/b"},
      {"longer suffix", "/**/a/b", "/**/b", kFirst, "/a/b"},
      {"longer suffix of wildcards", "/**/*/*", "/**/*", kFirst, "/x/x"},
      {"suffixes cross", "/**/a/*", "/**/*/b", kCross, "/a/b"},
      {"suffixes of different length cross", "/**/b", "/**/*/*", kCross, "/x/b"},
      {"suffixes disjoint", "/**/a", "/**/b", kDisjoint, ""},
      {"prefix against suffix", "/a/**", "/**/b", kCross, "/a/b"},
      {"overlap that is shorter than both", "/a/b/**", "/**/b/c", kCross, "/a/b/c"},
      {"prefix and suffix may share nothing", "/a/**/b", "/a", kDisjoint, ""},
      {"zero segments", "/a/**/b", "/a/b", Relation::kSecondMoreSpecific, "/a/b"},
      {"subset that loses", "/*/**", "/**/b", kCross, "/b"},
      {"** and * take different sets", "/**/*", "/*/**", kCross, "/x"},
      {"same verb", "/v1/{a}:go", "/v1/{b}:go", kSame, "/v1/x:go"},
      {"escaped verb", "/v1/a:%67o", "/v1/a:go", kSame, "/v1/a:go"},
      {"verbs differ", "/v1/{a}:go", "/v1/{a}:stop", kDisjoint, ""},
      {"verb over value", "/v1/{a}:go", "/v1/{a}", kFirst, "/v1/x:go"},
      {"verb over literal-headed value", "/v1/{n=**}:go", "/v1/ops/{id}", kFirst, "/v1/ops/x:go"},
      {"no room for the verb", "/v1/{a}:go", "/v1/b", kDisjoint, ""},
      {"literal that holds the verb", "/v1/a:go", "/v1/{x=a:go}", kFirst, "/v1/a:go"},
      {"wildcard verb, literal holds it", "/v1/*:go", "/v1/{x=a:go}", kFirst, "/v1/a:go"},
      {"other head", "/v1/b:go", "/v1/{x=a:go}", kDisjoint, ""},
      {"empty head", "/v1/*:go", "/v1/{x=:go}", kDisjoint, ""},
      {"empty head under **", "/v1/**:go", "/v1/{x=:go}", kFirst, "/v1/:go"},
      {"verb of the root", "/**:go", "/{x=:go}", kFirst, "/:go"},
      {"verb and root", "/**:go", "/", kDisjoint, ""},
      {"verb needs a segment of its own", "/**:go", "/b/**", kFirst, "/b/x:go"},
      {"verb behind a suffix", "/**/a:go", "/b/**", kFirst, "/b/a:go"},
      {"two ** with a verb", "/**:go", "/**:go", kSame, "/:go"},
      {"colon in an earlier segment", "/a:go/b", "/*/b", kFirst, "/a%3Ago/b"},
      {"colon inside a variable", "/v1/{x=a:b}", "/v1/*", kFirst, "/v1/a%3Ab"},
      {"escaped colon in the verb", "/v1/*:a%3Ab", "/v1/*", kFirst, "/v1/x:a%3Ab"},
  };
  for (const Row& row : rows) {
    INFO(row.name << ": " << row.a << " and " << row.b);
    const PathTemplate a = Parse(row.a);
    const PathTemplate b = Parse(row.b);
    const Overlap overlap = Compare(a, b);
    CHECK(static_cast<int>(overlap.relation) == static_cast<int>(row.relation));
    CHECK(overlap.witness == row.witness);
    const Overlap mirrored = Compare(b, a);
    CHECK(mirrored.relation == Mirror(row.relation));
    CHECK(mirrored.witness == row.witness);
    if (row.relation == kDisjoint) continue;
    CHECK(FoundBy(a, overlap.witness));
    CHECK(FoundBy(b, overlap.witness));
  }
}

TEST_CASE("Compare agrees with what paths match", "[compare]") {
  std::mt19937 random(20240607);
  testing::RouteGenerator generator([&] { return static_cast<std::uint8_t>(random() >> 8); });
  int overlaps = 0;
  for (int round = 0; round < 20000; ++round) {
    const PathTemplate a = generator.Template();
    const PathTemplate b = generator.Template();
    const Overlap overlap = Compare(a, b);
    INFO(a.text() << " and " << b.text() << ": " << overlap.witness);
    REQUIRE(Compare(b, a).relation == Mirror(overlap.relation));
    if (overlap.relation != Relation::kDisjoint) {
      ++overlaps;
      REQUIRE(testing::ReferenceMatcher::Matches(a, overlap.witness));
      REQUIRE(testing::ReferenceMatcher::Matches(b, overlap.witness));
    }
    const testing::ReferenceMatcher both({{"GET", b}, {"GET", a}});
    for (int i = 0; i < 8; ++i) {
      const std::string path = generator.Path(i % 2 == 0 ? a : b);
      const auto answer = both.Find("GET", path, false);
      if (answer.outcome == Match::Outcome::kBadPath) continue;
      const bool first = testing::ReferenceMatcher::Matches(a, path);
      const bool second = testing::ReferenceMatcher::Matches(b, path);
      INFO(path);
      switch (overlap.relation) {
        case Relation::kDisjoint:
          REQUIRE_FALSE((first && second));
          break;
        case Relation::kSame:
          REQUIRE(first == second);
          break;
        case Relation::kFirstMoreSpecific:
          if (first) REQUIRE(answer.route == 1);
          break;
        case Relation::kSecondMoreSpecific:
          if (second) REQUIRE(answer.route == 0);
          break;
        case Relation::kCross:
          break;
      }
    }
  }
  CHECK(overlaps > 1000);
}

}  // namespace
}  // namespace kratos::route
