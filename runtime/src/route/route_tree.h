// The routes of one HTTP method and one verb as a tree of segments: immutable, read without locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/route/matcher.h"
#include "route/split_path.h"

namespace kratos::route {

/// Edges of a node are tried in the order literal, `*`, end of the path, `**`; of several `**` with
/// different numbers of segments behind them, the longest first. The first route found is thereby
/// the most specific one.
///
/// Going back after a dead end could cost a visit per node of the tree when literals and `*` are
/// mixed on many levels. Hence nodes whose subtrees have the same shape (the same paths, whatever
/// the routes) at the same place share a number, and a shape that has failed once in a lookup is
/// not tried again: a lookup visits each shape at most once.
class RouteTree {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Result {
    RouteId route = kNone;
    /// Nodes entered; for tests of the bound.
    std::uint32_t visits = 0;

    bool found() const { return route != kNone; }
  };

  /// `path` must keep as many segments at its ends as the templates have before and behind their
  /// `**`.
  Result Find(SplitPath& path) const;

 private:
  friend class RouteTreeBuilder;

  /// How a node is reached from its parent.
  enum class Edge : std::uint8_t { kRoot, kLiteral, kWildcard, kMulti };

  /// Most shapes that a lookup remembers, in favour of those with large subtrees: 512 bytes of
  /// stack.
  static constexpr std::uint32_t kMaxRemembered = 4096;

  struct Node {
    std::uint32_t parent = kNone;
    std::uint32_t wildcard = kNone;
    /// The first node behind `**`; further ones follow by `next_multi`.
    std::uint32_t multi = kNone;
    std::uint32_t next_multi = kNone;
    std::uint32_t literal_count = 0;
    /// The literal child, when there is exactly one; more are found in `literals_`.
    std::uint32_t literal = kNone;
    RouteId route = kNone;
    /// Segments from the front; for a node behind `**` those that are still to come.
    std::uint32_t position = 0;
    /// Bit to remember a failure with, or kNone when no other node has this shape.
    std::uint32_t memo = kNone;
    /// Text of the literal that leads here, in `text_`.
    std::uint32_t text_offset = 0;
    std::uint32_t text_size = 0;
    Edge edge = Edge::kRoot;
  };

  struct LiteralSlot {
    std::uint32_t parent = kNone;
    std::uint32_t hash = 0;
    std::uint32_t child = kNone;
  };

  std::string_view Text(const Node& node) const {
    return std::string_view(text_).substr(node.text_offset, node.text_size);
  }
  static std::uint32_t SlotHash(std::uint32_t parent, std::uint32_t hash) {
    return (parent * 0x9E3779B1u ^ hash) * 0x85EBCA6Bu >> 7;
  }
  std::uint32_t LiteralChild(std::uint32_t node, PathSegment& segment) const;

  std::vector<Node> nodes_;
  std::string text_;
  /// Open addressing; a power of two in size, at most half full.
  std::vector<LiteralSlot> literals_;
  std::uint32_t memo_count_ = 0;
};

}  // namespace kratos::route
