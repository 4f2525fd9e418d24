// What the codec needs to know of a message type, worked out once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "kratos/json/internal/codec.h"

namespace kratos::json::internal {

/// Types with a JSON form of their own.
enum class WellKnown : std::uint8_t {
  kNone,
  kAny,
  kTimestamp,
  kDuration,
  kFieldMask,
  kStruct,
  kValue,
  kListValue,
  kWrapper,
  kEmpty,  // an object like any other, but an Any holds it under "value"
};

struct MessagePlan;

enum class Shape : std::uint8_t { kSingular, kList, kMap };

struct FieldPlan {
  FieldPlan(const google::protobuf::FieldDescriptor& descriptor, std::size_t position);

  const google::protobuf::FieldDescriptor* field;
  std::size_t index;      // in MessagePlan::fields
  std::string json_key;   // "userId": with quotes and colon
  std::string proto_key;  // "user_id":
  std::string name;       // in error and mask paths
  Shape shape;
  google::protobuf::FieldDescriptor::Type type;
  bool presence;
  bool in_oneof;       // a member of any oneof, the synthetic one of `optional` included
  int oneof;           // index of the real oneof, or -1
  bool value_message;  // google.protobuf.Value: null is a value
  bool null_enum;      // google.protobuf.NullValue: likewise
  bool closed_enum;
  const google::protobuf::FieldDescriptor* map_key = nullptr;
  std::unique_ptr<FieldPlan> map_value;

  /// The plan of the field's message type. Filled in at first use, since types contain one another.
  mutable std::atomic<const MessagePlan*> message{nullptr};
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor;
  WellKnown kind;
  std::vector<std::unique_ptr<FieldPlan>> fields;  // in order of declaration
  /// By proto name and JSON name; where they clash the proto name wins. The keys point into the
  /// descriptor.
  std::unordered_map<std::string_view, const FieldPlan*> by_name;
  /// For types of the generated pool: what compiled-in messages reflect with; a dynamic message of
  /// such a type has another one, and no code generated for the compiled-in class may touch it.
  const google::protobuf::Reflection* generated_reflection = nullptr;
  /// A codec registered for the type, or null.
  std::atomic<const MessageCodec*> codec{nullptr};

  const FieldPlan* Find(std::string_view name) const {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : found->second;
  }

  const MessageCodec* CodecFor(const google::protobuf::Message& message) const {
    const MessageCodec* registered = codec.load(std::memory_order_acquire);
    return registered != nullptr && message.GetReflection() == generated_reflection ? registered
                                                                                    : nullptr;
  }
};

/// Plans by descriptor, for the length of one call. Those of the generated pool live as long as the
/// process and are shared; those of other pools live as long as this object, because such a pool
/// may be destroyed after the call and another descriptor take the address.
class Plans {
 public:
  const MessagePlan& Get(const google::protobuf::Descriptor* descriptor);
  /// The plan of a message field's type.
  const MessagePlan& Get(const FieldPlan& field);

 private:
  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>> local_;
};

}  // namespace kratos::json::internal
