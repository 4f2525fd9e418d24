#include "route/route_tree.h"

#include <string>

#include "kratos/route/path_template.h"
#include "route/pattern.h"
#include "route/route_tree_builder.h"
#include "route/split_path.h"
#include "support/catch.h"

namespace kratos::route {
namespace {

class Tree {
 public:
  void Add(const std::string& text) {
    builder_.Add(MakePattern(*PathTemplate::Parse(text)), next_++);
  }
  void Freeze() { tree_ = std::move(builder_).Build(); }
  RouteTree::Result Find(const std::string& path) const {
    SplitPath split;
    REQUIRE(split.Parse(path, 64, 64));
    return tree_.Find(split);
  }

 private:
  RouteTreeBuilder builder_;
  RouteTree tree_;
  RouteId next_ = 0;
};

std::string Repeat(const std::string& text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("no combination of literals and wildcards makes a lookup explode", "[route_tree]") {
  // All 2^n ways to choose a literal or `*` on n levels, each ending in a literal that the path
  // does not have.
  for (const int levels : {4, 8, 12}) {
    Tree tree;
    for (int bits = 0; bits < 1 << levels; ++bits) {
      std::string text;
      for (int i = 0; i < levels; ++i) text += (bits >> i & 1) != 0 ? "/a" : "/*";
      tree.Add(text + "/end");
    }
    tree.Freeze();
    INFO(levels);
    const RouteTree::Result miss = tree.Find(Repeat("/a", levels) + "/other");
    CHECK_FALSE(miss.found());
    CHECK(miss.visits <= 2u * static_cast<unsigned>(levels) + 2);
    const RouteTree::Result hit = tree.Find(Repeat("/a", levels) + "/end");
    CHECK(hit.found());
    CHECK(hit.visits == static_cast<unsigned>(levels) + 2);
  }
}

TEST_CASE("the same holds behind **", "[route_tree]") {
  constexpr int kLevels = 8;
  Tree tree;
  for (int bits = 0; bits < 1 << kLevels; ++bits) {
    std::string text;
    for (int i = 0; i < kLevels; ++i) {
      if (i == kLevels / 2) text += "/**";
      text += (bits >> i & 1) != 0 ? "/a" : "/*";
    }
    tree.Add(text + "/end");
  }
  tree.Freeze();
  const RouteTree::Result miss = tree.Find(Repeat("/a", 20) + "/other");
  CHECK_FALSE(miss.found());
  CHECK(miss.visits <= 3 * kLevels);
}

TEST_CASE("one literal among wildcards costs a visit per level and shape", "[route_tree]") {
  constexpr int kLevels = 30;
  Tree tree;
  for (int at = 0; at < kLevels; ++at) {
    std::string text;
    for (int i = 0; i < kLevels; ++i) text += i == at ? "/a" : "/*";
    tree.Add(text + "/end");
  }
  tree.Freeze();
  const RouteTree::Result miss = tree.Find(Repeat("/a", kLevels) + "/other");
  CHECK_FALSE(miss.found());
  CHECK(miss.visits <= 3 * kLevels);
}

TEST_CASE("visits do not grow with the number of routes", "[route_tree]") {
  for (const int routes : {1, 10, 1000}) {
    Tree tree;
    for (int i = 0; i < routes; ++i) {
      tree.Add("/v1/r" + std::to_string(i) + "/{id}");
      tree.Add("/v1/{x}/s" + std::to_string(i));
    }
    tree.Freeze();
    INFO(routes);
    CHECK(tree.Find("/v1/r0/z").visits == 4);
    CHECK(tree.Find("/v1/z/s0").visits == 4);
    CHECK(tree.Find("/v1/z/z").visits == 3);
  }
}

TEST_CASE("a failure in one place is not mistaken for one in another", "[route_tree]") {
  // The subtrees below "x" have the same shape on two levels; the first fails, the second must
  // still be tried.
  Tree tree;
  tree.Add("/a/x/end");
  tree.Add("/*/*/x/end");
  tree.Add("/*/x/end");
  tree.Freeze();
  CHECK(tree.Find("/a/x/x/end").route == 1);
  CHECK(tree.Find("/b/x/end").route == 2);
}

TEST_CASE("LiteralHash is the same for escaped text", "[route_tree]") {
  const std::string text = "abcdefghijklmnopq";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const std::string plain = text.substr(0, size);
    for (std::size_t at = 0; at < size; ++at) {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(plain[at]);
      const std::string escaped =
          plain.substr(0, at) + '%' + kHex[byte >> 4] + kHex[byte & 15] + plain.substr(at + 1);
      CHECK(LiteralHash::OfEscaped(escaped) == LiteralHash::Of(plain));
    }
    CHECK(LiteralHash::OfEscaped(plain) == LiteralHash::Of(plain));
  }
  CHECK(LiteralHash::Of("a") != LiteralHash::Of("b"));
  CHECK(LiteralHash::Of(std::string_view("\0", 1)) != LiteralHash::Of(""));
}

}  // namespace
}  // namespace kratos::route
