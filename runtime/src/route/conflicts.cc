#include "route/conflicts.h"

#include <cstdint>

namespace kratos::route {
namespace {

/// Walks all nodes that a path of the pattern can reach, noting who has been the more specific one
/// so far.
class Walk {
 public:
  Walk(const RouteTreeBuilder& tree, const Pattern& pattern,
       const std::function<bool(RouteId)>& candidate)
      : tree_(tree), pattern_(pattern), candidate_(candidate) {}

  void Run() {
    pending_.push_back({0, false, false});
    while (!pending_.empty() && !stopped_) {
      const State state = pending_.back();
      pending_.pop_back();
      Visit(state);
    }
  }

 private:
  static constexpr std::uint32_t kNone = RouteTreeBuilder::kNone;

  struct State {
    std::uint32_t node;
    bool pattern_better;
    bool tree_better;
  };

  void Visit(const State& state) {
    const auto& node = tree_.node(state.node);
    if (node.position == pattern_.prefix.size()) {
      if (pattern_.multi) {
        // With nothing behind its `**`, the pattern is never again the better one.
        if (state.pattern_better || !pattern_.suffix.empty()) OfferSubtree(state.node);
        return;
      }
      if (node.route != kNone && state.pattern_better && state.tree_better) Offer(node.route);
      for (std::uint32_t m = node.multi; m != kNone; m = tree_.node(m).next_multi) {
        if (tree_.node(m).position == 0 && state.tree_better) Offer(tree_.node(m).route);
      }
      return;
    }
    for (std::uint32_t m = node.multi; m != kNone; m = tree_.node(m).next_multi) {
      if (state.tree_better || tree_.node(m).position != 0) OfferSubtree(m);
    }
    const Element& element = pattern_.prefix[node.position];
    if (element.wildcard()) {
      if (node.wildcard != kNone) {
        pending_.push_back({node.wildcard, state.pattern_better, state.tree_better});
      }
      for (const std::uint32_t child : tree_.literal_children(state.node)) {
        if (FitsWildcard(tree_.Literal(child))) {
          pending_.push_back({child, state.pattern_better, true});
        }
      }
      return;
    }
    const std::uint32_t child = tree_.LiteralChild(state.node, element.literal);
    if (child != kNone) pending_.push_back({child, state.pattern_better, state.tree_better});
    if (node.wildcard != kNone && FitsWildcard(element.literal)) {
      pending_.push_back({node.wildcard, true, state.tree_better});
    }
  }

  void Offer(RouteId route) { stopped_ = stopped_ || !candidate_(route); }

  void OfferSubtree(std::uint32_t top) {
    std::vector<std::uint32_t> nodes = {top};
    while (!nodes.empty() && !stopped_) {
      const std::uint32_t index = nodes.back();
      nodes.pop_back();
      const auto& node = tree_.node(index);
      if (node.route != kNone) Offer(node.route);
      if (node.wildcard != kNone) nodes.push_back(node.wildcard);
      for (std::uint32_t m = node.multi; m != kNone; m = tree_.node(m).next_multi) {
        nodes.push_back(m);
      }
      for (const std::uint32_t child : tree_.literal_children(index)) nodes.push_back(child);
    }
  }

  const RouteTreeBuilder& tree_;
  const Pattern& pattern_;
  const std::function<bool(RouteId)>& candidate_;
  std::vector<State> pending_;
  bool stopped_ = false;
};

}  // namespace

void ForEachCrossingCandidate(const RouteTreeBuilder& tree, const Pattern& pattern,
                              const std::function<bool(RouteId)>& candidate) {
  Walk(tree, pattern, candidate).Run();
}

}  // namespace kratos::route
