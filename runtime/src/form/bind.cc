#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstddef>
#include <memory_resource>

#include "form/bind_tree.h"
#include "form/field_path.h"
#include "form/resolve_key.h"
#include "kratos/form/form.h"
#include "kratos/json/internal/text.h"
#include "kratos/route/percent.h"

namespace kratos::form {
namespace {

namespace pb = ::google::protobuf;
using internal::FieldError;
using internal::ResolvedKey;
using internal::Step;

/// True when setting the value would clear `bound`, another member of its oneof that path or body
/// have set.
bool WouldClear(const FieldPath& bound, const internal::Steps& steps, const pb::Message& message) {
  const std::size_t parents = bound.size() - 1;
  if (steps.size() <= parents) return false;
  const pb::Message* parent = &message;
  for (std::size_t i = 0; i < parents; ++i) {
    if (steps[i].field != bound[i] || steps[i].which != Step::Which::kOnly) return false;
    parent = &parent->GetReflection()->GetMessage(*parent, bound[i]);
  }
  const auto* oneof = bound.back()->real_containing_oneof();
  return oneof != nullptr && steps[parents].field != bound.back() &&
         steps[parents].field->real_containing_oneof() == oneof &&
         parent->GetReflection()->HasField(*parent, bound.back());
}

}  // namespace

Status Bind(const std::vector<Pair>& pairs, const BindOptions& options, pb::Message* message) {
  if (pairs.empty()) return {};
  std::byte buffer[4096];  // Enough for most queries; the rest comes from the heap.
  std::pmr::monotonic_buffer_resource memory(buffer, sizeof buffer);
  internal::MessageNode root(&memory);
  for (const auto& [name, value] : pairs) {
    if (!route::IsValidUtf8(name)) {
      return FieldError("parameter name", "not valid UTF-8");
    }
    auto key = internal::ResolveKey(*message->GetDescriptor(), name, options, &memory);
    if (!key.ok()) return key.status();
    if (key->meaning == ResolvedKey::Meaning::kValue && options.bound_elsewhere != nullptr &&
        std::any_of(
            options.bound_elsewhere->begin(), options.bound_elsewhere->end(),
            [&](const FieldPath& bound) { return WouldClear(bound, key->steps, *message); })) {
      key->meaning = ResolvedKey::Meaning::kBoundElsewhere;
    }
    switch (key->meaning) {
      case ResolvedKey::Meaning::kValue:
        if (Status status = Insert(std::move(key->steps), value, &root); !status.ok()) {
          return status;
        }
        break;
      case ResolvedKey::Meaning::kUnknown:
        if (options.strict) return FieldError(json::internal::Excerpt(name), "unknown parameter");
        break;
      case ResolvedKey::Meaning::kBoundElsewhere:
        if (options.strict) {
          return FieldError(json::internal::Excerpt(name), "already given by the path or the body");
        }
        break;
    }
  }
  return internal::Apply(root, message);
}

}  // namespace kratos::form
