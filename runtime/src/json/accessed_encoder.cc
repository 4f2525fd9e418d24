// Fields of compiled-in messages, through the accessors that generated code has registered. What is
// written is what encoder.cc writes through reflection.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "json/encoder.h"

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::RepeatedField;
using google::protobuf::RepeatedPtrField;

namespace {

// A value where it is stored: in a map.
struct Stored {
  static constexpr bool kCompiledIn = true;
  const void* at;

  std::int32_t Int32() const { return *static_cast<const std::int32_t*>(at); }
  std::int64_t Int64() const { return *static_cast<const std::int64_t*>(at); }
  std::uint32_t Uint32() const { return *static_cast<const std::uint32_t*>(at); }
  std::uint64_t Uint64() const { return *static_cast<const std::uint64_t*>(at); }
  float Float() const { return *static_cast<const float*>(at); }
  double Double() const { return *static_cast<const double*>(at); }
  bool Bool() const { return *static_cast<const bool*>(at); }
  int Enum() const { return *static_cast<const int*>(at); }
  const std::string& String(std::string* /*scratch*/) const {
    return *static_cast<const std::string*>(at);
  }
  const Message& SubMessage() const { return *static_cast<const Message*>(at); }
};

// One field's value.
struct Accessed {
  static constexpr bool kCompiledIn = true;
  const Message& message;
  const FieldAccess::Get& get;

  std::int32_t Int32() const { return Value<std::int32_t>(get.as_int32); }
  std::int64_t Int64() const { return Value<std::int64_t>(get.as_int64); }
  std::uint32_t Uint32() const { return Value<std::uint32_t>(get.as_uint32); }
  std::uint64_t Uint64() const { return Value<std::uint64_t>(get.as_uint64); }
  float Float() const { return Value<float>(get.as_float); }
  double Double() const { return Value<double>(get.as_double); }
  bool Bool() const { return Value<bool>(get.as_bool); }
  int Enum() const { return Int32(); }
  const std::string& String(std::string* /*scratch*/) const {
    return *Value<const std::string*>(get.as_string);
  }
  const Message& SubMessage() const { return *Value<const Message*>(get.as_message); }

  template <typename T>
  T Value(bool (*getter)(const Message&, T*)) const {
    T value{};
    getter(message, &value);
    return value;
  }
};

// Elements of a list of anything but messages.
int ListSize(const FieldAccess& access, const Message& message) {
  const void* list = access.get.list(message);
  switch (access.type) {
    case AccessType::kBool:
      return static_cast<const RepeatedField<bool>*>(list)->size();
    case AccessType::kInt32:
    case AccessType::kEnum:
      return static_cast<const RepeatedField<std::int32_t>*>(list)->size();
    case AccessType::kInt64:
      return static_cast<const RepeatedField<std::int64_t>*>(list)->size();
    case AccessType::kUint32:
      return static_cast<const RepeatedField<std::uint32_t>*>(list)->size();
    case AccessType::kUint64:
      return static_cast<const RepeatedField<std::uint64_t>*>(list)->size();
    case AccessType::kFloat:
      return static_cast<const RepeatedField<float>*>(list)->size();
    case AccessType::kDouble:
      return static_cast<const RepeatedField<double>*>(list)->size();
    case AccessType::kString:
    case AccessType::kMessage:
      break;
  }
  return static_cast<const RepeatedPtrField<std::string>*>(list)->size();
}

}  // namespace

bool Encoder::IsSet(const Message& message, const FieldAccess& access) {
  const auto set = [&message]<typename T>(bool (*get)(const Message&, T*)) {
    T value{};
    return get(message, &value);
  };
  switch (access.type) {
    case AccessType::kBool:
      return set(access.get.as_bool);
    case AccessType::kInt32:
    case AccessType::kEnum:
      return set(access.get.as_int32);
    case AccessType::kInt64:
      return set(access.get.as_int64);
    case AccessType::kUint32:
      return set(access.get.as_uint32);
    case AccessType::kUint64:
      return set(access.get.as_uint64);
    case AccessType::kFloat:
      return set(access.get.as_float);
    case AccessType::kDouble:
      return set(access.get.as_double);
    case AccessType::kString:
      return set(access.get.as_string);
    case AccessType::kMessage:
      break;
  }
  return set(access.get.as_message);
}

bool Encoder::WriteAccessed(const Message& message, const FieldPlan& field) {
  switch (field.access->shape) {
    case AccessShape::kList:
      return WriteAccessedList(message, field);
    case AccessShape::kMap:
      return WriteAccessedMap(message, field);
    case AccessShape::kSingular:
      break;
  }
  return WriteValueOf(field, Accessed{message, field.access->get});
}

bool Encoder::WriteAccessedMember(const Message& message, const FieldPlan& field, bool* first) {
  const FieldAccess& access = *field.access;
  if (access.shape == AccessShape::kSingular) return WriteAccessedSingular(message, field, first);
  if (!options_.emit_unpopulated) {
    const int size = access.size != nullptr ? access.size(message) : ListSize(access, message);
    if (size == 0) return true;
  }
  MemberKey(field, first);
  return WriteAccessed(message, field);
}

bool Encoder::WriteAccessedSingular(const Message& message, const FieldPlan& field, bool* first) {
  const FieldAccess& access = *field.access;
  // Gets the value, and writes the key if it is to be written.
  const auto shows = [&]<typename T>(bool (*get)(const Message&, T*), T* value) {
    const bool set = get(message, value);
    if (!set && !(options_.emit_unpopulated && field.default_when_unset)) return false;
    MemberKey(field, first);
    return true;
  };
  const FieldAccess::Get& get = access.get;
  switch (access.type) {
    case AccessType::kBool: {
      bool value = false;
      if (shows(get.as_bool, &value)) out_.append(value ? "true" : "false");
      return true;
    }
    case AccessType::kInt32: {
      std::int32_t value = 0;
      if (shows(get.as_int32, &value)) WriteNumber<std::int64_t>(WriteInt64, value);
      return true;
    }
    case AccessType::kUint32: {
      std::uint32_t value = 0;
      if (shows(get.as_uint32, &value)) WriteNumber<std::uint64_t>(WriteUint64, value);
      return true;
    }
    case AccessType::kInt64: {
      std::int64_t value = 0;
      return !shows(get.as_int64, &value) || WriteWide(WriteInt64, value);
    }
    case AccessType::kUint64: {
      std::uint64_t value = 0;
      return !shows(get.as_uint64, &value) || WriteWide(WriteUint64, value);
    }
    case AccessType::kFloat: {
      float value = 0;
      return !shows(get.as_float, &value) || WriteFloating(WriteFloat, value);
    }
    case AccessType::kDouble: {
      double value = 0;
      return !shows(get.as_double, &value) || WriteFloating(WriteDouble, value);
    }
    case AccessType::kEnum: {
      std::int32_t value = 0;
      return !shows(get.as_int32, &value) || WriteEnum(field, value);
    }
    case AccessType::kString: {
      const std::string* value = nullptr;
      if (!shows(get.as_string, &value)) return true;
      return field.type == FieldDescriptor::TYPE_BYTES ? WriteBytes(*value) : WriteString(*value);
    }
    case AccessType::kMessage:
      break;
  }
  const Message* value = nullptr;
  if (get.as_message(message, &value)) {
    MemberKey(field, first);
    return WriteMessage(*value, plans_.Get(field), true);
  }
  if (options_.emit_unpopulated && !field.in_oneof) {
    MemberKey(field, first);
    out_.append("null");
  }
  return true;
}

template <typename List, typename Write>
bool Encoder::WriteElements(const List& list, Write write) {
  bool first = true;
  Open('[');
  for (int i = 0; i < list.size(); ++i) {
    Separate(&first);
    if (!write(list[i])) {
      PrependIndex(static_cast<std::size_t>(i), &error_);
      return false;
    }
  }
  Close(']', first);
  return true;
}

bool Encoder::WriteAccessedList(const Message& message, const FieldPlan& field) {
  const FieldAccess& access = *field.access;
  const auto each = [&]<typename T>(std::type_identity<T>, auto write) {
    return WriteElements(*static_cast<const RepeatedField<T>*>(access.get.list(message)), write);
  };
  switch (access.type) {
    case AccessType::kBool:
      return each(std::type_identity<bool>(), [this](bool value) {
        out_.append(value ? "true" : "false");
        return true;
      });
    case AccessType::kInt32:
    case AccessType::kEnum: {
      const bool enums = field.field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
      return each(std::type_identity<std::int32_t>(), [&](std::int32_t value) {
        if (enums) return WriteEnum(field, value);
        WriteNumber<std::int64_t>(WriteInt64, value);
        return true;
      });
    }
    case AccessType::kUint32:
      return each(std::type_identity<std::uint32_t>(), [this](std::uint32_t value) {
        WriteNumber<std::uint64_t>(WriteUint64, value);
        return true;
      });
    case AccessType::kInt64:
      return each(std::type_identity<std::int64_t>(),
                  [this](std::int64_t value) { return WriteWide(WriteInt64, value); });
    case AccessType::kUint64:
      return each(std::type_identity<std::uint64_t>(),
                  [this](std::uint64_t value) { return WriteWide(WriteUint64, value); });
    case AccessType::kFloat:
      return each(std::type_identity<float>(),
                  [this](float value) { return WriteFloating(WriteFloat, value); });
    case AccessType::kDouble:
      return each(std::type_identity<double>(),
                  [this](double value) { return WriteFloating(WriteDouble, value); });
    case AccessType::kString: {
      const bool bytes = field.type == FieldDescriptor::TYPE_BYTES;
      return WriteElements(
          *static_cast<const RepeatedPtrField<std::string>*>(access.get.list(message)),
          [&](const std::string& value) { return bytes ? WriteBytes(value) : WriteString(value); });
    }
    case AccessType::kMessage:
      break;
  }
  struct Elements {
    const Message& message;
    const FieldAccess& access;
    int size() const { return access.size(message); }
    const Message& operator[](int i) const { return access.get.element(message, i); }
  };
  const MessagePlan& plan = plans_.Get(field);
  return WriteElements(Elements{message, access},
                       [&](const Message& element) { return WriteMessage(element, plan, true); });
}

namespace {

// A map entry; numbers are ordered by value, not by text.
struct StoredEntry {
  std::string_view text;  // of string keys
  std::int64_t order = 0;
  const void* value = nullptr;
  int number = 0;  // of an enum, in place of `value`
};

// A key of `type` as text; `buffer` holds numbers.
std::string_view KeyOf(const StoredEntry& entry, AccessType type, char* buffer) {
  switch (type) {
    case AccessType::kString:
      return entry.text;
    case AccessType::kBool:
      return entry.order != 0 ? "true" : "false";
    case AccessType::kUint64: {
      const auto value = static_cast<std::uint64_t>(entry.order) ^ (std::uint64_t{1} << 63);
      return {buffer, static_cast<std::size_t>(WriteUint64(value, buffer) - buffer)};
    }
    default:
      return {buffer, static_cast<std::size_t>(WriteInt64(entry.order, buffer) - buffer)};
  }
}

}  // namespace

bool Encoder::WriteAccessedMap(const Message& message, const FieldPlan& field) {
  const FieldAccess& access = *field.access;
  struct State {
    const FieldAccess& access;
    std::vector<StoredEntry> entries;
  } state{access, {}};
  state.entries.reserve(static_cast<std::size_t>(access.size(message)));
  access.get.entries(
      message,
      [](void* to, const void* key, const void* value) {
        auto& [of, entries] = *static_cast<State*>(to);
        StoredEntry& entry = entries.emplace_back();
        if (of.type == AccessType::kEnum) {
          entry.number = *static_cast<const int*>(value);
        } else {
          entry.value = value;
        }
        switch (of.key) {
          case AccessType::kString:
            entry.text = *static_cast<const std::string*>(key);
            break;
          case AccessType::kBool:
            entry.order = *static_cast<const bool*>(key) ? 1 : 0;
            break;
          case AccessType::kInt32:
            entry.order = *static_cast<const std::int32_t*>(key);
            break;
          case AccessType::kUint32:
            entry.order = *static_cast<const std::uint32_t*>(key);
            break;
          case AccessType::kInt64:
            entry.order = *static_cast<const std::int64_t*>(key);
            break;
          default:  // uint64: shifted into the signed range to keep its order
            entry.order = static_cast<std::int64_t>(*static_cast<const std::uint64_t*>(key) ^
                                                    (std::uint64_t{1} << 63));
            break;
        }
      },
      &state);
  // A map has no order of its own: equal messages should still give equal text.
  std::sort(state.entries.begin(), state.entries.end(),
            [](const StoredEntry& a, const StoredEntry& b) {
              return a.order != b.order ? a.order < b.order : a.text < b.text;
            });
  bool first = true;
  Open('{');
  for (const StoredEntry& entry : state.entries) {
    char buffer[kLongestNumber];
    const std::string_view key = KeyOf(entry, access.key, buffer);
    Separate(&first);
    bool written = WriteString(key);
    if (written) {
      Key(":");
      written = WriteValueOf(*field.map_value,
                             Stored{entry.value != nullptr ? entry.value : &entry.number});
    }
    if (!written) {
      PrependKey(key, &error_);
      return false;
    }
  }
  Close('}', first);
  return true;
}

}  // namespace kratos::json::internal
