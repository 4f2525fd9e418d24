#include "route/route_tree.h"

#include <algorithm>

namespace kratos::route {
namespace {

/// The shapes that have failed in one lookup. Most lookups never need it, so clearing it waits for
/// the first one.
class Failures {
 public:
  explicit Failures(std::uint32_t bits) : words_in_use_((bits + 63) / 64) {}

  bool Has(std::uint32_t bit) const {
    return cleared_ && (words_[bit / 64] >> (bit % 64) & 1) != 0;
  }
  void Add(std::uint32_t bit) {
    if (!cleared_) {
      std::fill_n(words_, words_in_use_, 0);
      cleared_ = true;
    }
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }

  static constexpr std::uint32_t kBits = 4096;

 private:
  bool cleared_ = false;
  std::uint32_t words_in_use_;
  std::uint64_t words_[kBits / 64];
};

}  // namespace

std::uint32_t RouteTree::LiteralChild(std::uint32_t node, PathSegment& segment) const {
  const Node& at = nodes_[node];
  if (at.literal_count == 0) return kNone;
  if (at.literal_count == 1) {
    return segment.Is(Text(nodes_[at.literal])) ? at.literal : kNone;
  }
  const std::uint32_t hash = segment.Hash();
  const std::size_t mask = literals_.size() - 1;
  for (std::size_t i = SlotHash(node, hash) & mask;; i = (i + 1) & mask) {
    const LiteralSlot& slot = literals_[i];
    if (slot.child == kNone) return kNone;
    if (slot.parent == node && slot.hash == hash && segment.Is(Text(nodes_[slot.child]))) {
      return slot.child;
    }
  }
}

RouteTree::Result RouteTree::Find(SplitPath& path) const {
  static_assert(Failures::kBits == kMaxRemembered);
  enum class Next { kEnter, kWildcard, kMulti, kLeave };
  Result result;
  if (nodes_.empty()) return result;
  Failures failures(memo_count_);
  const auto size = static_cast<std::uint32_t>(path.size());
  std::uint32_t node = 0;
  std::uint32_t position = 0;
  std::uint32_t multi = kNone;  // the next node behind `**` to try
  Next next = Next::kEnter;
  for (;;) {
    const Node& at = nodes_[node];
    switch (next) {
      case Next::kEnter: {
        if (at.memo != kNone && failures.Has(at.memo)) {
          next = Next::kLeave;
          break;
        }
        ++result.visits;
        if (position == size) {
          if (at.route != kNone) {
            result.route = at.route;
            return result;
          }
          multi = at.multi;
          next = Next::kMulti;
          break;
        }
        const std::uint32_t child = LiteralChild(node, path.At(position));
        if (child != kNone) {
          node = child;
          ++position;
          break;
        }
        [[fallthrough]];
      }
      case Next::kWildcard:
        if (at.wildcard != kNone && path.At(position).FitsWildcard()) {
          node = at.wildcard;
          ++position;
          next = Next::kEnter;
          break;
        }
        multi = at.multi;
        [[fallthrough]];
      case Next::kMulti:
        // The number of segments behind `**` says where they begin.
        while (multi != kNone && nodes_[multi].position > size - position) {
          multi = nodes_[multi].next_multi;
        }
        if (multi != kNone) {
          node = multi;
          position = size - nodes_[multi].position;
          next = Next::kEnter;
          break;
        }
        if (at.memo != kNone) failures.Add(at.memo);
        [[fallthrough]];
      case Next::kLeave:
        if (at.parent == kNone) return result;
        node = at.parent;
        switch (at.edge) {
          case Edge::kLiteral:
            --position;
            next = Next::kWildcard;
            break;
          case Edge::kWildcard:
            --position;
            multi = nodes_[node].multi;
            next = Next::kMulti;
            break;
          case Edge::kMulti:
            position = nodes_[node].position;
            multi = at.next_multi;
            next = Next::kMulti;
            break;
          case Edge::kRoot:
            break;
        }
        break;
    }
  }
}

}  // namespace kratos::route
