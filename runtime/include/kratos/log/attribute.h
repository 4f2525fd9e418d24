// A key and a typed value: what a record consists of, beside its message.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kratos::log {

struct Attribute;

/// Text, number, truth value, point in time, or a group of attributes. A value type that owns what
/// it holds. JSON keeps the kinds apart; text does not.
class Value {
 public:
  using Time = std::chrono::system_clock::time_point;
  using Group = std::vector<Attribute>;
  using Variant = std::variant<std::string, std::int64_t, std::uint64_t, double, bool, Time, Group>;

  // Implicit, so that attributes can be written {{"key", value}, ...}.
  template <class T>
    requires std::integral<T> || std::floating_point<T>
  Value(T value);  // NOLINT(google-explicit-constructor)
  Value(const char* text);
  Value(std::string_view text);
  Value(std::string text);
  Value(Time time);
  /// An empty group is not written.
  Value(Group group);
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  const Variant& variant() const { return value_; }
  Variant& variant() { return value_; }
  /// The text, or null for other kinds.
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  std::string* text() { return std::get_if<std::string>(&value_); }
  /// The group, or null for other kinds.
  const Group* group() const { return std::get_if<Group>(&value_); }
  Group* group() { return std::get_if<Group>(&value_); }

 private:
  Variant value_;
};

struct Attribute {
  std::string key;
  Value value;
};

template <class T>
  requires std::integral<T> || std::floating_point<T>
Value::Value(T value) {
  if constexpr (std::same_as<T, bool>) {
    value_ = value;
  } else if constexpr (std::floating_point<T>) {
    value_ = static_cast<double>(value);
  } else if constexpr (std::unsigned_integral<T>) {
    value_ = static_cast<std::uint64_t>(value);
  } else {
    value_ = static_cast<std::int64_t>(value);
  }
}

}  // namespace kratos::log
