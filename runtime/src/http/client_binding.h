// A binding worked out against its messages: template parsed, field names resolved. Made once, used
// by every call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kratos/codec/codec.h"
#include "kratos/errors/status.h"
#include "kratos/form/form.h"
#include "kratos/http/binding.h"
#include "kratos/route/path_template.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace kratos::http {

/// Where a message or one of its fields travels as the body.
struct BodyRule {
  enum class Kind : std::uint8_t { kNone, kWhole, kField };
  Kind kind = Kind::kNone;
  /// Not null for kField.
  const google::protobuf::FieldDescriptor* field = nullptr;
  /// The body is a google.api.HttpBody: raw bytes.
  bool raw = false;
};

struct BindingPlan {
  const google::protobuf::Descriptor* request = nullptr;
  const google::protobuf::Descriptor* reply = nullptr;
  std::optional<route::PathTemplate> path_template;
  /// For each variable of the template.
  std::vector<form::FieldPath> variables;
  /// Fields that the query leaves out: those of the path and the body.
  std::vector<form::FieldPath> not_in_query;
  BodyRule body;
  BodyRule response_body;
  /// The rpc has no rule: besides the body the query carries the request, because Go Kratos servers
  /// read that alone.
  bool without_rule = false;
};

/// 400 CODEC naming what does not fit together.
Result<std::shared_ptr<const BindingPlan>> MakePlan(const Binding& binding,
                                                    const google::protobuf::Descriptor& request,
                                                    const google::protobuf::Descriptor& reply);

/// Path and query for `message`. 400 CODEC naming the variable or field that has no text form.
Result<std::string> BuildTarget(const BindingPlan& plan, const google::protobuf::Message& message);

/// The path alone. 400 CODEC as BuildTarget.
Result<std::string> BuildPath(const BindingPlan& plan, const google::protobuf::Message& message);

/// Appends the body for `message`. A message, `optional` field or oneof member that is not set
/// gives an empty body, so that the server leaves it unset as well.
Status BuildBody(const BodyRule& rule, const google::protobuf::Message& message,
                 const codec::Codec& codec, const codec::EncodeOptions& options, std::string* out);

/// The content type a raw body brings along; empty when it names none.
std::string RawContentType(const BodyRule& rule, const google::protobuf::Message& message);

/// Moves `data` into the HttpBody that `rule` names in `message`.
void SetRawBody(const BodyRule& rule, std::string data, std::string_view content_type,
                google::protobuf::Message* message);

/// Plans by what they were made from. Thread-safe.
class BindingPlans {
 public:
  Result<std::shared_ptr<const BindingPlan>> Find(const Binding& binding,
                                                  const google::protobuf::Descriptor& request,
                                                  const google::protobuf::Descriptor& reply);

 private:
  struct KeyView {
    std::string_view path;
    std::string_view body;
    std::string_view response_body;
    const google::protobuf::Descriptor* request = nullptr;
    const google::protobuf::Descriptor* reply = nullptr;
    bool operator==(const KeyView&) const = default;
  };
  struct Key {
    std::string path;
    std::string body;
    std::string response_body;
    const google::protobuf::Descriptor* request = nullptr;
    const google::protobuf::Descriptor* reply = nullptr;
    operator KeyView() const { return {path, body, response_body, request, reply}; }  // NOLINT
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const KeyView& key) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a == b; }
  };

  std::shared_mutex mutex_;
  std::unordered_map<Key, std::shared_ptr<const BindingPlan>, Hash, Equal> plans_;
};

}  // namespace kratos::http
