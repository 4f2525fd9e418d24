// Collects the patterns of one HTTP method and verb and freezes them into a RouteTree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "route/pattern.h"
#include "route/route_tree.h"

namespace kratos::route {

class RouteTreeBuilder {
 public:
  using Node = RouteTree::Node;
  static constexpr std::uint32_t kNone = RouteTree::kNone;

  RouteTreeBuilder() : nodes_(1), literal_children_(1) {}

  /// Adds a route. Returns the route of an earlier pattern that takes the same paths, which keeps
  /// its place; else `route` itself.
  RouteId Add(const Pattern& pattern, RouteId route);

  RouteTree Build() &&;

  // What FindCrossings walks over.
  const Node& node(std::uint32_t index) const { return nodes_[index]; }
  const std::vector<std::uint32_t>& literal_children(std::uint32_t index) const {
    return literal_children_[index];
  }
  /// The child of `index` for a literal, kNone when there is none.
  std::uint32_t LiteralChild(std::uint32_t index, const std::string& literal) const;
  const std::string& Literal(std::uint32_t index) const {
    return texts_[nodes_[index].text_offset];
  }

 private:
  using Edge = RouteTree::Edge;

  struct ChildKey {
    std::uint32_t parent;
    std::uint32_t text;
    bool operator==(const ChildKey&) const = default;
  };
  struct ChildKeyHash {
    std::size_t operator()(const ChildKey& key) const {
      return std::hash<std::uint64_t>()(std::uint64_t{key.parent} << 32 | key.text);
    }
  };

  std::uint32_t NewNode(std::uint32_t parent, Edge edge, std::uint32_t position);
  std::uint32_t Child(std::uint32_t parent, const Element& element, std::uint32_t position);
  std::uint32_t MultiChild(std::uint32_t parent, std::uint32_t suffix_size);
  std::uint32_t Intern(const std::string& text);
  void AssignMemos(RouteTree* tree) const;
  void FillLiterals(RouteTree* tree) const;

  // While building, text_offset is an index into texts_.
  std::vector<Node> nodes_;
  std::vector<std::vector<std::uint32_t>> literal_children_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint32_t> text_ids_;
  std::unordered_map<ChildKey, std::uint32_t, ChildKeyHash> children_;
};

}  // namespace kratos::route
