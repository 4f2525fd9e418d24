// Requests are judged before anybody works on them.
#pragma once

#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/middleware/middleware.h"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace kratos::middleware {

/// Judges a request: OK, or an error whose message is fit for the peer.
using Validator =
    std::function<Status(const Context& ctx, const google::protobuf::Message& request)>;

/// A validator made of rules for single message types, found by type. Not to be changed once it is
/// in use.
class ValidatorSet {
 public:
  /// Messages of type T have to pass `rule`, a `Status(const T&)`. A type may have several, which
  /// are asked in order until one says no.
  template <class T, class Rule>
  void Add(Rule rule) {
    rules_[T::descriptor()].push_back(
        [rule = std::move(rule)](const google::protobuf::Message& message) -> Status {
          const auto* typed = dynamic_cast<const T*>(&message);
          return typed == nullptr ? Status() : rule(*typed);
        });
  }

  /// OK for a message of a type without rules.
  Status operator()(const Context& ctx, const google::protobuf::Message& request) const;

 private:
  std::unordered_map<const google::protobuf::Descriptor*,
                     std::vector<std::function<Status(const google::protobuf::Message&)>>>
      rules_;
};

/// For server and client. Asks the validators in order; the first that says no makes the answer:
/// 400 VALIDATOR with its message and metadata, and itself as the cause. A request that could not
/// be bound, and the messages of a stream, are not judged.
Middleware Validate(std::vector<Validator> validators);

}  // namespace kratos::middleware
