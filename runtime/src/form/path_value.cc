#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/form/form.h"

namespace kratos::form {

namespace pb = ::google::protobuf;
using internal::DottedPath;
using internal::FieldError;

namespace {

Status CheckLeaf(const FieldPath& path) {
  const pb::FieldDescriptor& leaf = *path.back();
  if (leaf.is_repeated()) {
    return FieldError(DottedPath(path), "is a list or a map, not one value");
  }
  if (!internal::HasTextForm(leaf)) {
    return FieldError(DottedPath(path), "is a message, not a value");
  }
  return Status();
}

}  // namespace

Status BindValue(const FieldPath& path, std::string_view text, pb::Message* message) {
  if (Status status = CheckLeaf(path); !status.ok()) return status;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, path[i]);
  }
  const int depth = static_cast<int>(path.size());
  if (auto fault = internal::ReadText(*path.back(), text, internal::kMaxDepth - depth, message)) {
    return FieldError(DottedPath(path), *fault);
  }
  return Status();
}

Result<std::string> FormatValue(const FieldPath& path, const pb::Message& message) {
  if (Status status = CheckLeaf(path); !status.ok()) return status;
  const pb::Message* parent = &message;
  std::string text;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (!parent->GetReflection()->HasField(*parent, path[i])) return text;
    parent = &parent->GetReflection()->GetMessage(*parent, path[i]);
  }
  const pb::FieldDescriptor& leaf = *path.back();
  // A field without presence cannot be unset: its zero is a value like any other.
  if (leaf.has_presence() && !parent->GetReflection()->HasField(*parent, &leaf)) return text;
  if (auto fault = internal::WriteText(leaf, *parent, 0, &text)) {
    return FieldError(DottedPath(path), *fault);
  }
  return text;
}

}  // namespace kratos::form
