// Typed access to the fields of compiled-in messages: what generated code hands to the JSON codec
// in place of reflection. Plain tables of small functions, constant-initialised; of interest to
// generated code only, and promising nothing to anybody else.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <google/protobuf/map.h>
#include <google/protobuf/message.h>
#include <google/protobuf/repeated_field.h>

namespace kratos::json {

/// The C++ type of a field's value, or of its elements.
enum class AccessType : std::uint8_t {
  kBool,
  kInt32,
  kInt64,
  kUint32,
  kUint64,
  kFloat,
  kDouble,
  kEnum,    ///< passed as int
  kString,  ///< string or bytes
  kMessage
};

enum class AccessShape : std::uint8_t { kSingular, kList, kMap };

/// How the codec gets at one field. Which members of the unions are set follows from shape and
/// type; pointers to void are to the C++ type that protobuf keeps the value in.
struct FieldAccess {
  using Message = google::protobuf::Message;

  /// Receives a map's entries one by one, by address, as the types that AccessType names. That of
  /// an enum (an int) is valid during the call only.
  using Visit = void (*)(void* state, const void* key, const void* value);

  int number;
  AccessShape shape;
  AccessType type;
  AccessType key = AccessType::kBool;  ///< of a map

  /// Those with a value store it, set or not, and tell whether the field is set: by its presence,
  /// or without presence by not being zero or empty.
  union Get {
    bool (*as_bool)(const Message&, bool* value);
    bool (*as_int32)(const Message&, std::int32_t* value);
    bool (*as_int64)(const Message&, std::int64_t* value);
    bool (*as_uint32)(const Message&, std::uint32_t* value);
    bool (*as_uint64)(const Message&, std::uint64_t* value);
    bool (*as_float)(const Message&, float* value);
    bool (*as_double)(const Message&, double* value);
    bool (*as_string)(const Message&, const std::string** value);
    bool (*as_message)(const Message&, const Message** value);
    const void* (*list)(const Message&);  ///< RepeatedField<T>, RepeatedPtrField<std::string>
    const Message& (*element)(const Message&, int);  ///< lists of messages
    void (*entries)(const Message&, Visit, void* state);
  } get{};

  union Set {
    void (*as_bool)(Message*, bool);
    void (*as_int32)(Message*, std::int32_t);
    void (*as_int64)(Message*, std::int64_t);
    void (*as_uint32)(Message*, std::uint32_t);
    void (*as_uint64)(Message*, std::uint64_t);
    void (*as_float)(Message*, float);
    void (*as_double)(Message*, double);
    std::string* (*as_string)(Message*);
    Message* (*as_message)(Message*);
    void* (*list)(Message*);
    Message* (*element)(Message*);  ///< appends
    /// Makes the entry of a key fresh and stores the value (null for messages, which are returned).
    /// `*added` tells whether there was none before.
    Message* (*entry)(Message*, const void* key, const void* value, bool* added);
  } set{};

  /// For singular fields.
  bool presence = false;
  /// For lists of messages and for maps.
  int (*size)(const Message&) = nullptr;
};

/// The fields of one message type.
struct MessageAccess {
  std::string_view full_name;
  std::span<const FieldAccess> fields;
};

/// From its construction on, which may be before main, the codec reads and writes the compiled-in
/// types it names without reflection. Types may be named more than once: any of the tables will do,
/// for the accessors are the same. Must live, with its tables, as long as the process.
class AccessRegistration {
 public:
  explicit AccessRegistration(std::span<const MessageAccess> messages);
  AccessRegistration(const AccessRegistration&) = delete;
  AccessRegistration& operator=(const AccessRegistration&) = delete;

  const AccessRegistration* next() const { return next_; }
  std::span<const MessageAccess> messages() const { return messages_; }

 private:
  std::span<const MessageAccess> messages_;
  const AccessRegistration* next_ = nullptr;
};

// Fields that are deprecated still travel: whoever calls their accessors, it is not the user.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace internal {

using google::protobuf::Message;

template <class Member>
struct MemberOf;
template <class Class, class Result, class... Arguments>
struct MemberOf<Result (Class::*)(Arguments...) const> {
  using Owner = Class;
  using Value = std::remove_cvref_t<Result>;
};

/// int for enums, the type itself otherwise: what travels between accessor and codec.
template <class T>
using Passed = typename std::conditional_t<std::is_enum_v<T>, std::type_identity<int>,
                                           std::type_identity<T>>::type;

template <class T>
constexpr AccessType TypeOf() {
  if constexpr (std::is_same_v<T, bool>) {
    return AccessType::kBool;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return AccessType::kInt32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return AccessType::kInt64;
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    return AccessType::kUint32;
  } else if constexpr (std::is_same_v<T, std::uint64_t>) {
    return AccessType::kUint64;
  } else if constexpr (std::is_same_v<T, float>) {
    return AccessType::kFloat;
  } else if constexpr (std::is_same_v<T, double>) {
    return AccessType::kDouble;
  } else if constexpr (std::is_enum_v<T>) {
    return AccessType::kEnum;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return AccessType::kString;
  } else {
    static_assert(std::derived_from<T, Message>);
    return AccessType::kMessage;
  }
}

/// Whether a value without presence counts as set. -0.0 does.
template <class T>
bool IsFilled(const T& value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<std::uint32_t>(value) != 0;
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(value) != 0;
  } else {
    return value != T();
  }
}

template <auto Getter, auto Has>
bool GetScalar(const Message& message, Passed<typename MemberOf<decltype(Getter)>::Value>* value) {
  const auto& owner = static_cast<const typename MemberOf<decltype(Getter)>::Owner&>(message);
  *value = static_cast<Passed<typename MemberOf<decltype(Getter)>::Value>>((owner.*Getter)());
  if constexpr (std::is_null_pointer_v<decltype(Has)>) {
    return IsFilled(*value);
  } else {
    return (owner.*Has)();
  }
}

template <class Owner, class Value, auto Setter>
void SetScalar(Message* message, Passed<Value> value) {
  (static_cast<Owner*>(message)->*Setter)(static_cast<Value>(value));
}

/// `Result` is the base class that the codec knows, for messages.
template <class Result, auto Getter, auto Has>
bool GetReference(const Message& message, const Result** value) {
  const auto& owner = static_cast<const typename MemberOf<decltype(Getter)>::Owner&>(message);
  *value = &(owner.*Getter)();
  if constexpr (std::is_null_pointer_v<decltype(Has)>) {
    return !(*value)->empty();
  } else {
    return (owner.*Has)();
  }
}

template <class Result, class Owner, auto Mutable>
Result* GetMutable(Message* message) {
  return (static_cast<Owner*>(message)->*Mutable)();
}

template <class T>
using ListOf = std::conditional_t<std::is_arithmetic_v<T>, google::protobuf::RepeatedField<T>,
                                  google::protobuf::RepeatedPtrField<T>>;

}  // namespace internal

/// A singular field: its getter, and its setter (numbers, enums) or mutable accessor (strings,
/// messages); with the `has` accessor where it has presence.
template <auto Getter, auto Setter, auto Has = nullptr>
constexpr FieldAccess Field(int number) {
  using Member = internal::MemberOf<decltype(Getter)>;
  using Owner = typename Member::Owner;
  using Value = typename Member::Value;
  constexpr AccessType kType = internal::TypeOf<Value>();
  FieldAccess access{number, AccessShape::kSingular, kType};
  if constexpr (kType == AccessType::kMessage) {
    access.get.as_message = internal::GetReference<google::protobuf::Message, Getter, Has>;
    access.set.as_message = internal::GetMutable<google::protobuf::Message, Owner, Setter>;
  } else if constexpr (kType == AccessType::kString) {
    access.get.as_string = internal::GetReference<std::string, Getter, Has>;
    access.set.as_string = internal::GetMutable<std::string, Owner, Setter>;
  } else {
    constexpr auto kGet = internal::GetScalar<Getter, Has>;
    constexpr auto kSet = internal::SetScalar<Owner, Value, Setter>;
    if constexpr (kType == AccessType::kBool) {
      access.get.as_bool = kGet;
      access.set.as_bool = kSet;
    } else if constexpr (kType == AccessType::kInt32 || kType == AccessType::kEnum) {
      access.get.as_int32 = kGet;
      access.set.as_int32 = kSet;
    } else if constexpr (kType == AccessType::kInt64) {
      access.get.as_int64 = kGet;
      access.set.as_int64 = kSet;
    } else if constexpr (kType == AccessType::kUint32) {
      access.get.as_uint32 = kGet;
      access.set.as_uint32 = kSet;
    } else if constexpr (kType == AccessType::kUint64) {
      access.get.as_uint64 = kGet;
      access.set.as_uint64 = kSet;
    } else if constexpr (kType == AccessType::kFloat) {
      access.get.as_float = kGet;
      access.set.as_float = kSet;
    } else {
      access.get.as_double = kGet;
      access.set.as_double = kSet;
    }
  }
  access.presence = !std::is_null_pointer_v<decltype(Has)>;
  return access;
}

/// A list, by its two accessors of the whole list. Elements of enums are int.
template <class Owner, class T, const internal::ListOf<T>& (Owner::*Getter)() const,
          internal::ListOf<T>* (Owner::*Mutable)()>
constexpr FieldAccess List(int number) {
  using google::protobuf::Message;
  constexpr AccessType kType = internal::TypeOf<T>();
  FieldAccess access{number, AccessShape::kList, kType};
  if constexpr (kType == AccessType::kMessage) {
    access.size = [](const Message& message) {
      return (static_cast<const Owner&>(message).*Getter)().size();
    };
    access.get.element = [](const Message& message, int index) -> const Message& {
      return (static_cast<const Owner&>(message).*Getter)()[index];
    };
    access.set.element = [](Message* message) -> Message* {
      return (static_cast<Owner*>(message)->*Mutable)()->Add();
    };
  } else {
    access.get.list = [](const Message& message) -> const void* {
      return &(static_cast<const Owner&>(message).*Getter)();
    };
    access.set.list = [](Message* message) -> void* {
      return (static_cast<Owner*>(message)->*Mutable)();
    };
  }
  return access;
}

/// A map, by its two accessors of the whole map.
template <class Owner, class K, class V,
          const google::protobuf::Map<K, V>& (Owner::*Getter)() const,
          google::protobuf::Map<K, V>* (Owner::*Mutable)()>
constexpr FieldAccess Map(int number) {
  using google::protobuf::Message;
  constexpr AccessType kType = internal::TypeOf<V>();
  FieldAccess access{number, AccessShape::kMap, kType, internal::TypeOf<K>()};
  access.size = [](const Message& message) {
    return static_cast<int>((static_cast<const Owner&>(message).*Getter)().size());
  };
  access.get.entries = [](const Message& message, FieldAccess::Visit visit, void* state) {
    for (const auto& [key, value] : (static_cast<const Owner&>(message).*Getter)()) {
      if constexpr (kType == AccessType::kMessage) {
        visit(state, &key, static_cast<const Message*>(&value));
      } else if constexpr (kType == AccessType::kEnum) {
        const int number_of_value = static_cast<int>(value);
        visit(state, &key, &number_of_value);
      } else {
        visit(state, &key, &value);
      }
    }
  };
  access.set.entry = [](Message* message, const void* key, const void* value,
                        bool* added) -> Message* {
    auto& map = *(static_cast<Owner*>(message)->*Mutable)();
    const std::size_t before = map.size();
    V& slot = map[*static_cast<const K*>(key)];
    *added = map.size() != before;
    if constexpr (kType == AccessType::kMessage) {
      static_cast<void>(value);
      if (!*added) slot.Clear();
      return &slot;
    } else {
      slot = static_cast<V>(*static_cast<const internal::Passed<V>*>(value));
      return nullptr;
    }
  };
  return access;
}

#pragma GCC diagnostic pop

}  // namespace kratos::json
