// What a query says about one message, collected before anything is set: so that a fault, a field
// given twice or elements out of order are seen whatever the order of the pairs.
#pragma once

#include <cstddef>
#include <map>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#include "form/resolve_key.h"

namespace google::protobuf {
class OneofDescriptor;
}  // namespace google::protobuf

namespace kratos::form::internal {

// A tree lives in one memory resource and goes with it: nobody destroys its nodes.

struct MessageNode;

/// One value: its text, or what is said about its fields.
struct ValueNode {
  const std::string* text = nullptr;
  MessageNode* message = nullptr;
};

/// What is said about one field.
struct FieldNode {
  using allocator_type = std::pmr::polymorphic_allocator<>;
  explicit FieldNode(allocator_type memory) : appended(memory), indexed(memory), entries(memory) {}

  const google::protobuf::FieldDescriptor* field = nullptr;
  ValueNode only{};                                                 // singular
  std::pmr::vector<const std::string*> appended;                    // list: `f`, `f[]`
  std::pmr::map<std::size_t, std::pmr::vector<ValueNode>> indexed;  // list: `f[3]`
  std::pmr::map<std::pmr::string, ValueNode> entries;  // map, by the key's canonical text
};

struct MessageNode {
  using allocator_type = std::pmr::polymorphic_allocator<>;
  explicit MessageNode(allocator_type memory) : fields(memory), oneofs(memory) {}

  std::pmr::map<int, FieldNode> fields;  // by number: the order they are set in
  /// Which member of each oneof is named.
  std::pmr::map<const google::protobuf::OneofDescriptor*, const google::protobuf::FieldDescriptor*>
      oneofs;
};

/// Adds one pair. `text` must outlive the tree. Fails with 400 CODEC for what contradicts earlier
/// pairs.
Status Insert(Steps steps, const std::string& text, MessageNode* root);

/// Sets what the tree says: lists are replaced, entries of maps set, everything not named left
/// alone.
Status Apply(const MessageNode& root, google::protobuf::Message* message);

}  // namespace kratos::form::internal
