// Which fields of a message have accessors that are theirs alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// The accessors that the C++ class of one message has.
class Accessors {
 public:
  explicit Accessors(const google::protobuf::Descriptor& message);
  Accessors(const Accessors&) = delete;
  Accessors& operator=(const Accessors&) = delete;

  /// True when no second field or oneof makes an accessor called as the getter of field `index`, or
  /// that with has_, set_ or mutable_ in front: a pointer to a member function must not be
  /// ambiguous.
  bool IsUnambiguous(int index) const;

 private:
  /// How many names make an accessor called `accessor`.
  std::size_t CountMakers(std::string_view accessor) const;

  /// What the accessors are made from: a name for each field, in order, and for each oneof.
  std::vector<std::string> names_;
  std::vector<std::string_view> sorted_;  // the same names
  /// False where the names alone rule out that two make the same accessor, as most messages' do.
  bool may_clash_ = false;
};

}  // namespace kratos::plugin
