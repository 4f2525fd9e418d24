// What the codec needs to know of a message type, worked out once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <unordered_map>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "json/name_index.h"
#include "kratos/json/access.h"

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

/// A member's key as it is written.
class KeyText {
 public:
  explicit KeyText(std::string_view name);

  /// `"userId":`.
  std::string_view text() const { return {text_.data() + 1, size_ - 1}; }
  /// `,"userId":`, behind which kPadding more bytes may be read.
  std::string_view with_comma() const { return {text_.data(), size_}; }
  static constexpr std::size_t kPadding = 16;

 private:
  std::string text_;
  std::size_t size_;
};

/// The values of an enum type.
struct EnumPlan {
  /// By number, in quotes: the first name of each.
  std::unordered_map<int, std::string> quoted;
  NameIndex<int> numbers;
  /// `quoted` for the small numbers that nearly all enums have; empty where there is no value.
  std::vector<std::string_view> small;

  /// Empty when the number is not defined.
  std::string_view Quoted(int number) const {
    if (number >= 0 && static_cast<std::size_t>(number) < small.size()) {
      return small[static_cast<std::size_t>(number)];
    }
    const auto found = quoted.find(number);
    return found == quoted.end() ? std::string_view() : std::string_view(found->second);
  }
};

struct FieldPlan {
  FieldPlan(const google::protobuf::FieldDescriptor& descriptor, std::size_t position);

  const google::protobuf::FieldDescriptor* field;
  std::size_t index;  // in MessagePlan::fields
  KeyText json_key;
  KeyText proto_key;
  std::string name;  // in error and mask paths
  Shape shape;
  google::protobuf::FieldDescriptor::Type type;
  bool presence;
  bool in_oneof;       // a member of any oneof, the synthetic one of `optional` included
  int oneof;           // index of the real oneof, or -1
  bool value_message;  // google.protobuf.Value: null is a value
  bool null_enum;      // google.protobuf.NullValue: likewise
  bool closed_enum;
  bool default_when_unset;  // not a message, and neither in a oneof nor `optional`
  const google::protobuf::FieldDescriptor* map_key = nullptr;
  std::unique_ptr<FieldPlan> map_value;

  /// No other field's proto name is this one's JSON name.
  bool owns_json_key = false;

  /// How to get at the field in the compiled-in class without reflection; null where only that
  /// will do.
  const FieldAccess* access = nullptr;
  /// For enums with access.
  const EnumPlan* enum_plan = nullptr;

  /// The plan of the field's message type. Filled in at first use, since types contain one another.
  mutable std::atomic<const MessagePlan*> message{nullptr};
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor;
  WellKnown kind;
  std::vector<std::unique_ptr<FieldPlan>> fields;  // in order of declaration
  /// By proto name and JSON name; where they clash the proto name wins. The keys point into the
  /// descriptor.
  NameIndex<const FieldPlan*> by_name;
  /// For types of the generated pool: what compiled-in messages reflect with; a dynamic message of
  /// such a type has another one, and no accessor of the compiled-in class may touch it.
  const google::protobuf::Reflection* generated_reflection = nullptr;
  /// The compiled-in class.
  const std::type_info* generated_class = nullptr;

  const FieldPlan* Find(std::string_view name) const {
    const FieldPlan* const* found = by_name.Find(name);
    return found == nullptr ? nullptr : *found;
  }

  /// Whether `message` is of the compiled-in class, and typed access serves it therefore.
  bool IsCompiledIn(const google::protobuf::Message& message) const {
    return generated_reflection != nullptr && message.GetReflection() == generated_reflection;
  }
};

/// Typed access to the well-known types, which need no generated code.
std::span<const MessageAccess> WellKnownAccess();

/// Plans by descriptor, for the length of one call. Those of the generated pool live as long as the
/// process and are shared; those of other pools live as long as this object, because such a pool
/// may be destroyed after the call and another descriptor take the address.
class Plans {
 public:
  const MessagePlan& Get(const google::protobuf::Descriptor* descriptor);
  /// The plan of a message's type, and whether it is of the compiled-in class.
  std::pair<const MessagePlan*, bool> Get(const google::protobuf::Message& message);
  /// The plan of a message field's type.
  const MessagePlan& Get(const FieldPlan& field);

 private:
  using Local =
      std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<MessagePlan>>;
  std::unique_ptr<Local> local_;  // Null until one is met: most calls see none.
};

/// What a singular string or bytes field of a compiled-in message is stored in, the field set by
/// it; null where only reflection serves.
std::string* MutableString(const google::protobuf::FieldDescriptor& field,
                           google::protobuf::Message* message);

}  // namespace kratos::json::internal
