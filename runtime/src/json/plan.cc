#include "json/plan.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>
#include <span>

#include "kratos/json/internal/text.h"

namespace kratos::json {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::EnumDescriptor;
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
  std::vector<NameIndex<const FieldPlan*>::Entry> names;
  for (const auto& field : plan->fields) names.push_back({field->field->name(), field.get()});
  for (const auto& field : plan->fields) names.push_back({field->field->json_name(), field.get()});
  plan->by_name = NameIndex<const FieldPlan*>(names);
  for (const auto& field : plan->fields) {
    field->owns_json_key = plan->Find(field->field->json_name()) == field.get();
  }
  return plan;
}

// Plans of the generated pool and what they are made of. Never destroyed: messages may still be
// written while static objects are torn down.
struct Shared {
  std::shared_mutex mutex;
  std::unordered_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans;
  std::unordered_map<const EnumDescriptor*, std::unique_ptr<EnumPlan>> enums;
  std::unordered_map<std::string_view, std::span<const FieldAccess>> access;
};

Shared& GetShared() {
  static Shared& shared = []() -> Shared& {
    auto& made = *new Shared;
    for (const MessageAccess& message : WellKnownAccess()) {
      made.access.emplace(message.full_name, message.fields);
    }
    return made;
  }();
  return shared;
}

// Tables that nobody has asked for yet, newest first: registering is a push, and costs a program
// that never speaks JSON nothing else.
constinit std::atomic<const AccessRegistration*> pending{nullptr};

// With the mutex held.
void TakePending(Shared& shared) {
  const AccessRegistration* registration = pending.exchange(nullptr, std::memory_order_acquire);
  for (; registration != nullptr; registration = registration->next()) {
    for (const MessageAccess& message : registration->messages()) {
      shared.access.try_emplace(message.full_name, message.fields);
    }
  }
}

std::unique_ptr<EnumPlan> BuildEnum(const EnumDescriptor& type) {
  auto plan = std::make_unique<EnumPlan>();
  std::vector<NameIndex<int>::Entry> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    names.push_back({value.name(), value.number()});
    std::string quoted = "\"";
    quoted += type.FindValueByNumber(value.number())->name();
    quoted += '"';
    plan->quoted.try_emplace(value.number(), std::move(quoted));
  }
  plan->numbers = NameIndex<int>(names);
  constexpr int kMostSmall = 64;
  for (int number = 0; number < kMostSmall && number <= type.value_count() * 2; ++number) {
    const auto found = plan->quoted.find(number);
    plan->small.push_back(found == plan->quoted.end() ? std::string_view()
                                                      : std::string_view(found->second));
  }
  return plan;
}

const EnumPlan* GetEnum(const EnumDescriptor* type, Shared& shared) {
  std::unique_ptr<EnumPlan>& plan = shared.enums[type];
  if (!plan) plan = BuildEnum(*type);
  return plan.get();
}

bool Agrees(AccessType access, FieldDescriptor::CppType type, bool list) {
  switch (access) {
    case AccessType::kBool:
      return type == FieldDescriptor::CPPTYPE_BOOL;
    case AccessType::kInt32:  // lists of enums are kept as such
      return type == FieldDescriptor::CPPTYPE_INT32 ||
             (list && type == FieldDescriptor::CPPTYPE_ENUM);
    case AccessType::kInt64:
      return type == FieldDescriptor::CPPTYPE_INT64;
    case AccessType::kUint32:
      return type == FieldDescriptor::CPPTYPE_UINT32;
    case AccessType::kUint64:
      return type == FieldDescriptor::CPPTYPE_UINT64;
    case AccessType::kFloat:
      return type == FieldDescriptor::CPPTYPE_FLOAT;
    case AccessType::kDouble:
      return type == FieldDescriptor::CPPTYPE_DOUBLE;
    case AccessType::kEnum:
      return type == FieldDescriptor::CPPTYPE_ENUM;
    case AccessType::kString:
      return type == FieldDescriptor::CPPTYPE_STRING;
    case AccessType::kMessage:
      return type == FieldDescriptor::CPPTYPE_MESSAGE;
  }
  return false;
}

// Whether the accessors were made for the field as its descriptor has it now.
bool Fits(const FieldAccess& access, const FieldPlan& plan) {
  const FieldDescriptor& field = *plan.field;
  switch (plan.shape) {
    case Shape::kSingular:
      return access.shape == AccessShape::kSingular && access.presence == plan.presence &&
             Agrees(access.type, field.cpp_type(), false);
    case Shape::kList:
      return access.shape == AccessShape::kList && Agrees(access.type, field.cpp_type(), true);
    case Shape::kMap:
      return access.shape == AccessShape::kMap &&
             Agrees(access.key, plan.map_key->cpp_type(), false) &&
             Agrees(access.type, plan.map_value->field->cpp_type(), false);
  }
  return false;
}

// Gives each field of `plan` its accessors, as far as there are any. With the mutex held.
void Bind(MessagePlan* plan, Shared& shared) {
  const auto table = shared.access.find(std::string_view(plan->descriptor->full_name()));
  if (table == shared.access.end()) return;
  for (const FieldAccess& access : table->second) {
    const FieldDescriptor* field = plan->descriptor->FindFieldByNumber(access.number);
    if (field == nullptr) continue;
    FieldPlan& of_field = *plan->fields[static_cast<std::size_t>(field->index())];
    if (!Fits(access, of_field)) continue;
    of_field.access = &access;
    FieldPlan& value = of_field.map_value ? *of_field.map_value : of_field;
    if (value.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      value.enum_plan = GetEnum(value.field->enum_type(), shared);
    }
  }
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
  if (prototype != nullptr) {
    plan->generated_reflection = prototype->GetReflection();
    plan->generated_class = &typeid(*prototype);
  }
  const std::unique_lock lock(shared.mutex);
  const auto [slot, inserted] = shared.plans.emplace(descriptor, nullptr);
  if (inserted) {
    TakePending(shared);
    Bind(plan.get(), shared);
    slot->second = std::move(plan);
  }
  return *slot->second;
}

}  // namespace

KeyText::KeyText(std::string_view name) : text_(",") {
  AppendQuoted(name, &text_);
  text_ += ':';
  size_ = text_.size();
  text_.append(kPadding, '\0');
}

FieldPlan::FieldPlan(const FieldDescriptor& descriptor, std::size_t position)
    : field(&descriptor),
      index(position),
      json_key(descriptor.is_extension() ? NameOf(descriptor)
                                         : std::string(descriptor.json_name())),
      proto_key(NameOf(descriptor)),
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
      closed_enum(IsClosed(descriptor)),
      default_when_unset(!in_oneof && !presence) {
  if (shape == Shape::kMap) {
    map_key = descriptor.message_type()->map_key();
    map_value = std::make_unique<FieldPlan>(*descriptor.message_type()->map_value(), 0);
  }
}

const MessagePlan& Plans::Get(const Descriptor* descriptor) {
  if (descriptor->file()->pool() == DescriptorPool::generated_pool()) {
    return GetGenerated(descriptor);
  }
  if (!local_) local_ = std::make_unique<Local>();
  std::unique_ptr<MessagePlan>& plan = (*local_)[descriptor];
  if (!plan) plan = Build(*descriptor);
  return *plan;
}

std::pair<const MessagePlan*, bool> Plans::Get(const google::protobuf::Message& message) {
  // By class: asking a message for its descriptor costs as much as writing a small one. Two classes
  // that share a place take turns.
  static std::array<std::atomic<const MessagePlan*>, 256> recent;
  const std::type_info* type = &typeid(message);
  auto& place = recent[reinterpret_cast<std::uintptr_t>(type) / alignof(std::type_info) % 256];
  const MessagePlan* plan = place.load(std::memory_order_acquire);
  // Code built without RTTI has no type to show.
  if (plan != nullptr && type != nullptr && plan->generated_class == type) return {plan, true};
  plan = &Get(message.GetDescriptor());
  const bool compiled_in = plan->IsCompiledIn(message);
  if (compiled_in && plan->generated_class == type) place.store(plan, std::memory_order_release);
  return {plan, compiled_in};
}

std::string* MutableString(const FieldDescriptor& field, google::protobuf::Message* message) {
  Plans plans;
  const auto [plan, compiled_in] = plans.Get(*message);
  if (!compiled_in || field.is_extension() || plan->descriptor != field.containing_type())
    return nullptr;
  const FieldAccess* access = plan->fields[static_cast<std::size_t>(field.index())]->access;
  const bool serves = access != nullptr && access->shape == AccessShape::kSingular &&
                      access->type == AccessType::kString;
  return serves ? access->set.as_string(message) : nullptr;
}

const MessagePlan& Plans::Get(const FieldPlan& field) {
  const MessagePlan* plan = field.message.load(std::memory_order_acquire);
  if (plan == nullptr) {
    plan = &Get(field.field->message_type());
    field.message.store(plan, std::memory_order_release);
  }
  return *plan;
}

}  // namespace internal

AccessRegistration::AccessRegistration(std::span<const MessageAccess> messages)
    : messages_(messages), next_(internal::pending.load(std::memory_order_relaxed)) {
  while (!internal::pending.compare_exchange_weak(next_, this, std::memory_order_release,
                                                  std::memory_order_relaxed)) {
  }
}

}  // namespace kratos::json
