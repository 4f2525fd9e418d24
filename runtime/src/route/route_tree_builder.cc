#include "route/route_tree_builder.h"

#include <algorithm>
#include <bit>

namespace kratos::route {

RouteId RouteTreeBuilder::Add(const Pattern& pattern, RouteId route) {
  std::uint32_t node = 0;
  std::uint32_t position = 0;
  for (const Element& element : pattern.prefix) node = Child(node, element, ++position);
  if (pattern.multi) {
    position = static_cast<std::uint32_t>(pattern.suffix.size());
    node = MultiChild(node, position);
    for (const Element& element : pattern.suffix) node = Child(node, element, --position);
  }
  if (nodes_[node].route == kNone) nodes_[node].route = route;
  return nodes_[node].route;
}

std::uint32_t RouteTreeBuilder::NewNode(std::uint32_t parent, Edge edge, std::uint32_t position) {
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  Node& node = nodes_.emplace_back();
  node.parent = parent;
  node.edge = edge;
  node.position = position;
  literal_children_.emplace_back();
  return index;
}

std::uint32_t RouteTreeBuilder::Intern(const std::string& text) {
  const auto [it, added] = text_ids_.emplace(text, static_cast<std::uint32_t>(texts_.size()));
  if (added) texts_.push_back(text);
  return it->second;
}

std::uint32_t RouteTreeBuilder::Child(std::uint32_t parent, const Element& element,
                                      std::uint32_t position) {
  if (element.wildcard()) {
    if (nodes_[parent].wildcard == kNone) {
      const std::uint32_t child = NewNode(parent, Edge::kWildcard, position);
      nodes_[parent].wildcard = child;
    }
    return nodes_[parent].wildcard;
  }
  const std::uint32_t text = Intern(element.literal);
  const auto [it, added] = children_.emplace(ChildKey{parent, text}, kNone);
  if (added) {
    it->second = NewNode(parent, Edge::kLiteral, position);
    nodes_[it->second].text_offset = text;
    literal_children_[parent].push_back(it->second);
  }
  return it->second;
}

std::uint32_t RouteTreeBuilder::MultiChild(std::uint32_t parent, std::uint32_t suffix_size) {
  // The list is kept longest first.
  std::uint32_t before = kNone;
  std::uint32_t at = nodes_[parent].multi;
  while (at != kNone && nodes_[at].position > suffix_size) {
    before = at;
    at = nodes_[at].next_multi;
  }
  if (at != kNone && nodes_[at].position == suffix_size) return at;
  const std::uint32_t child = NewNode(parent, Edge::kMulti, suffix_size);
  nodes_[child].next_multi = at;
  (before == kNone ? nodes_[parent].multi : nodes_[before].next_multi) = child;
  return child;
}

std::uint32_t RouteTreeBuilder::LiteralChild(std::uint32_t index,
                                             const std::string& literal) const {
  const auto text = text_ids_.find(literal);
  if (text == text_ids_.end()) return kNone;
  const auto child = children_.find({index, text->second});
  return child == children_.end() ? kNone : child->second;
}

RouteTree RouteTreeBuilder::Build() && {
  RouteTree tree;
  tree.nodes_ = nodes_;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    Node& node = tree.nodes_[i];
    node.literal_count = static_cast<std::uint32_t>(literal_children_[i].size());
    if (node.literal_count == 1) node.literal = literal_children_[i].front();
  }
  FillLiterals(&tree);
  AssignMemos(&tree);
  return tree;
}

void RouteTreeBuilder::FillLiterals(RouteTree* tree) const {
  std::vector<std::uint32_t> offsets;
  for (const std::string& text : texts_) {
    offsets.push_back(static_cast<std::uint32_t>(tree->text_.size()));
    tree->text_ += text;
  }
  tree->literals_.resize(std::bit_ceil(2 * children_.size() + 1));
  const std::size_t mask = tree->literals_.size() - 1;
  for (std::uint32_t child = 0; child < nodes_.size(); ++child) {
    const Node& node = nodes_[child];
    if (node.edge != Edge::kLiteral) continue;
    tree->nodes_[child].text_offset = offsets[node.text_offset];
    tree->nodes_[child].text_size = static_cast<std::uint32_t>(texts_[node.text_offset].size());
    const std::uint32_t hash = LiteralHash::Of(texts_[node.text_offset]);
    std::size_t i = RouteTree::SlotHash(node.parent, hash) & mask;
    while (tree->literals_[i].child != kNone) i = (i + 1) & mask;
    tree->literals_[i] = {node.parent, hash, child};
  }
}

void RouteTreeBuilder::AssignMemos(RouteTree* tree) const {
  struct Shape {
    std::uint32_t nodes = 0;         // how many have it
    std::uint32_t subtree_size = 0;  // nodes below and including one of them
    std::uint32_t memo = kNone;
  };
  std::vector<Shape> shapes;
  std::vector<std::uint32_t> shape_of(nodes_.size(), kNone);
  std::unordered_map<std::string, std::uint32_t> ids;
  std::vector<bool> behind_multi(nodes_.size(), false);
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    behind_multi[i] = nodes_[i].edge == Edge::kMulti || behind_multi[nodes_[i].parent];
  }
  // Children have higher numbers than their parents, so from the back each finds its children's
  // shapes ready.
  for (std::uint32_t i = static_cast<std::uint32_t>(nodes_.size()); i-- > 0;) {
    const Node& node = nodes_[i];
    std::vector<std::uint32_t> key = {behind_multi[i] ? 1u : 0u, node.position,
                                      node.route != kNone ? 1u : 0u};
    std::uint32_t subtree_size = 1;
    const auto add_child = [&](std::uint32_t child) {
      key.push_back(shape_of[child]);
      subtree_size += shapes[shape_of[child]].subtree_size;
    };
    if (node.wildcard != kNone) add_child(node.wildcard);
    key.push_back(kNone);  // divides the children by kind
    for (std::uint32_t multi = node.multi; multi != kNone; multi = nodes_[multi].next_multi) {
      add_child(multi);
    }
    key.push_back(kNone);
    std::vector<std::uint32_t> literals = literal_children_[i];
    std::sort(literals.begin(), literals.end(), [&](std::uint32_t a, std::uint32_t b) {
      return nodes_[a].text_offset < nodes_[b].text_offset;
    });
    for (const std::uint32_t child : literals) {
      key.push_back(nodes_[child].text_offset);
      add_child(child);
    }
    std::string bytes(reinterpret_cast<const char*>(key.data()), key.size() * sizeof(key[0]));
    const auto [it, added] =
        ids.emplace(std::move(bytes), static_cast<std::uint32_t>(shapes.size()));
    if (added) shapes.push_back({0, subtree_size, kNone});
    ++shapes[it->second].nodes;
    shape_of[i] = it->second;
  }
  // Leaves cost no more to visit than to look up.
  std::vector<std::uint32_t> shared;
  for (std::uint32_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].nodes > 1 && shapes[i].subtree_size > 1) shared.push_back(i);
  }
  std::stable_sort(shared.begin(), shared.end(), [&](std::uint32_t a, std::uint32_t b) {
    return shapes[a].subtree_size > shapes[b].subtree_size;
  });
  if (shared.size() > RouteTree::kMaxRemembered) shared.resize(RouteTree::kMaxRemembered);
  for (std::uint32_t i = 0; i < shared.size(); ++i) shapes[shared[i]].memo = i;
  tree->memo_count_ = static_cast<std::uint32_t>(shared.size());
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    tree->nodes_[i].memo = shapes[shape_of[i]].memo;
  }
}

}  // namespace kratos::route
