#include "json/plan.h"

#include <map>
#include <mutex>
#include <shared_mutex>

#include "kratos/json/internal/text.h"

namespace kratos::json::internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MessageFactory;

struct KnownType {
  WellKnown kind;
  std::vector<FieldDescriptor::Type> fields;
};

// A pool can hold anything under these names: the codec reaches for the fields by position, so a
// type counts as well-known only when they are what they should be.
WellKnown KindOf(const Descriptor& descriptor) {
  using F = FieldDescriptor;
  static const auto& known = *new std::unordered_map<std::string_view, KnownType>{
      {"google.protobuf.Any", {WellKnown::kAny, {F::TYPE_STRING, F::TYPE_BYTES}}},
      {"google.protobuf.Timestamp", {WellKnown::kTimestamp, {F::TYPE_INT64, F::TYPE_INT32}}},
      {"google.protobuf.Duration", {WellKnown::kDuration, {F::TYPE_INT64, F::TYPE_INT32}}},
      {"google.protobuf.FieldMask", {WellKnown::kFieldMask, {F::TYPE_STRING}}},
      {"google.protobuf.Struct", {WellKnown::kStruct, {F::TYPE_MESSAGE}}},
      {"google.protobuf.Value",
       {WellKnown::kValue,
        {F::TYPE_ENUM, F::TYPE_DOUBLE, F::TYPE_STRING, F::TYPE_BOOL, F::TYPE_MESSAGE,
         F::TYPE_MESSAGE}}},
      {"google.protobuf.ListValue", {WellKnown::kListValue, {F::TYPE_MESSAGE}}},
      {"google.protobuf.Empty", {WellKnown::kEmpty, {}}},
      {"google.protobuf.DoubleValue", {WellKnown::kWrapper, {F::TYPE_DOUBLE}}},
      {"google.protobuf.FloatValue", {WellKnown::kWrapper, {F::TYPE_FLOAT}}},
      {"google.protobuf.Int64Value", {WellKnown::kWrapper, {F::TYPE_INT64}}},
      {"google.protobuf.UInt64Value", {WellKnown::kWrapper, {F::TYPE_UINT64}}},
      {"google.protobuf.Int32Value", {WellKnown::kWrapper, {F::TYPE_INT32}}},
      {"google.protobuf.UInt32Value", {WellKnown::kWrapper, {F::TYPE_UINT32}}},
      {"google.protobuf.BoolValue", {WellKnown::kWrapper, {F::TYPE_BOOL}}},
      {"google.protobuf.StringValue", {WellKnown::kWrapper, {F::TYPE_STRING}}},
      {"google.protobuf.BytesValue", {WellKnown::kWrapper, {F::TYPE_BYTES}}},
  };
  const auto found = known.find(descriptor.full_name());
  if (found == known.end()) return WellKnown::kNone;
  const KnownType& type = found->second;
  if (descriptor.field_count() != static_cast<int>(type.fields.size())) return WellKnown::kNone;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    const bool map = type.kind == WellKnown::kStruct;
    const bool list =
        map || type.kind == WellKnown::kListValue || type.kind == WellKnown::kFieldMask;
    if (field.type() != type.fields[static_cast<std::size_t>(i)] || field.is_map() != map ||
        field.is_repeated() != list) {
      return WellKnown::kNone;
    }
  }
  if (type.kind == WellKnown::kValue && descriptor.real_oneof_decl_count() != 1) {
    return WellKnown::kNone;
  }
  return type.kind;
}

// As C++ sees it: what an enum field does with a number its type does not define.
bool IsClosed(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return false;
#if GOOGLE_PROTOBUF_VERSION >= 4022000
  return field.legacy_enum_field_treated_as_closed();
#else
  return field.file()->syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO2;
#endif
}

std::string Key(std::string_view name) {
  std::string key;
  AppendQuoted(name, &key);
  key.push_back(':');
  return key;
}

Shape ShapeOf(const FieldDescriptor& field) {
  if (field.is_map()) return Shape::kMap;
  return field.is_repeated() ? Shape::kList : Shape::kSingular;
}

std::string NameOf(const FieldDescriptor& field) {
  if (field.is_extension()) return "[" + std::string(field.full_name()) + "]";
  return std::string(field.name());
}

std::unique_ptr<MessagePlan> Build(const Descriptor& descriptor) {
  auto plan = std::make_unique<MessagePlan>();
  plan->descriptor = &descriptor;
  plan->kind = KindOf(descriptor);
  const auto count = static_cast<std::size_t>(descriptor.field_count());
  plan->fields.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    plan->fields.push_back(std::make_unique<FieldPlan>(*descriptor.field(static_cast<int>(i)), i));
  }
  for (const auto& field : plan->fields) plan->by_name.emplace(field->field->name(), field.get());
  for (const auto& field : plan->fields) {
    plan->by_name.emplace(field->field->json_name(), field.get());
  }
  return plan;
}

// Plans of the generated pool and the codecs registered for its types. Never destroyed: messages
// may still be written while static objects are torn down.
struct Shared {
  std::shared_mutex mutex;
  std::unordered_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans;
  std::map<std::string, const MessageCodec*, std::less<>> codecs;
};

Shared& GetShared() {
  static Shared& shared = *new Shared;
  return shared;
}

const MessagePlan& GetGenerated(const Descriptor* descriptor) {
  Shared& shared = GetShared();
  {
    const std::shared_lock lock(shared.mutex);
    const auto found = shared.plans.find(descriptor);
    if (found != shared.plans.end()) return *found->second;
  }
  // Built outside the lock: asking for the prototype may run protobuf's own lazy initialisation.
  auto plan = Build(*descriptor);
  const google::protobuf::Message* prototype =
      MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype != nullptr) plan->generated_reflection = prototype->GetReflection();
  const std::unique_lock lock(shared.mutex);
  const auto [slot, inserted] = shared.plans.emplace(descriptor, nullptr);
  if (inserted) {
    const auto codec = shared.codecs.find(std::string_view(descriptor->full_name()));
    if (codec != shared.codecs.end()) plan->codec.store(codec->second, std::memory_order_release);
    slot->second = std::move(plan);
  }
  return *slot->second;
}

}  // namespace

FieldPlan::FieldPlan(const FieldDescriptor& descriptor, std::size_t position)
    : field(&descriptor),
      index(position),
      json_key(Key(descriptor.is_extension() ? NameOf(descriptor)
                                             : std::string(descriptor.json_name()))),
      proto_key(Key(NameOf(descriptor))),
      name(NameOf(descriptor)),
      shape(ShapeOf(descriptor)),
      type(descriptor.type()),
      presence(descriptor.has_presence()),
      in_oneof(descriptor.containing_oneof() != nullptr),
      oneof(descriptor.real_containing_oneof() == nullptr
                ? -1
                : descriptor.real_containing_oneof()->index()),
      value_message(descriptor.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                    descriptor.message_type()->full_name() == "google.protobuf.Value"),
      null_enum(descriptor.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
                descriptor.enum_type()->full_name() == "google.protobuf.NullValue"),
      closed_enum(IsClosed(descriptor)) {
  if (shape == Shape::kMap) {
    map_key = descriptor.message_type()->map_key();
    map_value = std::make_unique<FieldPlan>(*descriptor.message_type()->map_value(), 0);
  }
}

const MessagePlan& Plans::Get(const Descriptor* descriptor) {
  if (descriptor->file()->pool() == DescriptorPool::generated_pool()) {
    return GetGenerated(descriptor);
  }
  std::unique_ptr<MessagePlan>& plan = local_[descriptor];
  if (!plan) plan = Build(*descriptor);
  return *plan;
}

const MessagePlan& Plans::Get(const FieldPlan& field) {
  const MessagePlan* plan = field.message.load(std::memory_order_acquire);
  if (plan == nullptr) {
    plan = &Get(field.field->message_type());
    field.message.store(plan, std::memory_order_release);
  }
  return *plan;
}

void RegisterMessageCodec(std::string_view full_name, const MessageCodec* codec) {
  Shared& shared = GetShared();
  const std::unique_lock lock(shared.mutex);
  shared.codecs.insert_or_assign(std::string(full_name), codec);
  for (const auto& [descriptor, plan] : shared.plans) {
    if (descriptor->full_name() == full_name) plan->codec.store(codec, std::memory_order_release);
  }
}

}  // namespace kratos::json::internal
