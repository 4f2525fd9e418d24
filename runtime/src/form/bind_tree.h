// What a query says about one message, collected before anything is set: so that a fault, a field
// given twice or elements out of order are seen whatever the order of the pairs.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "form/resolve_key.h"

namespace google::protobuf {
class OneofDescriptor;
}  // namespace google::protobuf

namespace kratos::form::internal {

struct MessageNode;

/// One value: its text, or what is said about its fields.
struct ValueNode {
  ValueNode();
  ~ValueNode();
  ValueNode(ValueNode&&) noexcept;
  ValueNode& operator=(ValueNode&&) noexcept;

  const std::string* text = nullptr;
  std::unique_ptr<MessageNode> message;
};

/// What is said about one field.
struct FieldNode {
  const google::protobuf::FieldDescriptor* field = nullptr;
  ValueNode only;                                         // singular
  std::vector<const std::string*> appended;               // list: `f`, `f[]`
  std::map<std::size_t, std::vector<ValueNode>> indexed;  // list: `f[3]`
  std::map<std::string, ValueNode> entries;               // map, by the key's canonical text
};

struct MessageNode {
  std::map<int, FieldNode> fields;  // by number: the order they are set in
  /// Which member of each oneof is named.
  std::map<const google::protobuf::OneofDescriptor*, const google::protobuf::FieldDescriptor*>
      oneofs;
};

/// Adds one pair. `text` must outlive the tree. Fails with 400 CODEC for what contradicts earlier
/// pairs.
Status Insert(std::vector<Step> steps, const std::string& text, MessageNode* root);

/// Sets what the tree says: lists are replaced, entries of maps set, everything not named left
/// alone.
Status Apply(const MessageNode& root, google::protobuf::Message* message);

}  // namespace kratos::form::internal
