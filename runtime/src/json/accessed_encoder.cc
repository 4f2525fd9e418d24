// Fields of compiled-in messages, through the accessors that generated code has registered. What is
// written is what encoder.cc writes through reflection.
#include <algorithm>
#include <bit>
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

  std::int32_t Int32() const { return get.as_int32(message); }
  std::int64_t Int64() const { return get.as_int64(message); }
  std::uint32_t Uint32() const { return get.as_uint32(message); }
  std::uint64_t Uint64() const { return get.as_uint64(message); }
  float Float() const { return get.as_float(message); }
  double Double() const { return get.as_double(message); }
  bool Bool() const { return get.as_bool(message); }
  int Enum() const { return get.as_int32(message); }
  const std::string& String(std::string* /*scratch*/) const { return get.as_string(message); }
  const Message& SubMessage() const { return get.as_message(message); }
};

}  // namespace

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
  if (!options_.emit_unpopulated && access.size(message) == 0) return true;
  MemberKey(field, first);
  return WriteAccessed(message, field);
}

bool Encoder::WriteAccessedSingular(const Message& message, const FieldPlan& field, bool* first) {
  const FieldAccess& access = *field.access;
  // Whether the field is written; `filled` tells of fields without presence.
  const auto shows = [&](bool filled) {
    const bool set = access.has == nullptr ? filled : access.has(message);
    if (!set && !(options_.emit_unpopulated && field.default_when_unset)) return false;
    MemberKey(field, first);
    return true;
  };
  switch (access.type) {
    case AccessType::kBool: {
      const bool value = access.get.as_bool(message);
      if (shows(value)) out_.append(value ? "true" : "false");
      return true;
    }
    case AccessType::kInt32: {
      const std::int32_t value = access.get.as_int32(message);
      if (shows(value != 0)) WriteNumber<std::int64_t>(WriteInt64, value);
      return true;
    }
    case AccessType::kUint32: {
      const std::uint32_t value = access.get.as_uint32(message);
      if (shows(value != 0)) WriteNumber<std::uint64_t>(WriteUint64, value);
      return true;
    }
    case AccessType::kInt64: {
      const std::int64_t value = access.get.as_int64(message);
      return !shows(value != 0) || WriteWide(WriteInt64, value);
    }
    case AccessType::kUint64: {
      const std::uint64_t value = access.get.as_uint64(message);
      return !shows(value != 0) || WriteWide(WriteUint64, value);
    }
    case AccessType::kFloat: {
      // -0 is not the default.
      const float value = access.get.as_float(message);
      return !shows(std::bit_cast<std::uint32_t>(value) != 0) || WriteFloating(WriteFloat, value);
    }
    case AccessType::kDouble: {
      const double value = access.get.as_double(message);
      return !shows(std::bit_cast<std::uint64_t>(value) != 0) || WriteFloating(WriteDouble, value);
    }
    case AccessType::kEnum: {
      const int value = access.get.as_int32(message);
      return !shows(value != 0) || WriteEnum(field, value);
    }
    case AccessType::kString: {
      const std::string& value = access.get.as_string(message);
      if (!shows(!value.empty())) return true;
      return field.type == FieldDescriptor::TYPE_BYTES ? WriteBytes(value) : WriteString(value);
    }
    case AccessType::kMessage:
      break;
  }
  if (access.has(message)) {
    MemberKey(field, first);
    return WriteMessage(access.get.as_message(message), plans_.Get(field), true);
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
