#include "form/field_path.h"

#include <google/protobuf/descriptor.h>

#include "kratos/errors/errors.h"
#include "kratos/json/internal/text.h"

namespace kratos::form {
namespace internal {

namespace pb = ::google::protobuf;

const pb::FieldDescriptor* FindField(const pb::Descriptor& descriptor, std::string_view name) {
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    const std::string extension(name.substr(1, name.size() - 2));
    return descriptor.file()->pool()->FindExtensionByPrintableName(&descriptor, extension);
  }
  if (const auto* field = descriptor.FindFieldByName(std::string(name))) return field;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    if (descriptor.field(i)->json_name() == name) return descriptor.field(i);
  }
  return nullptr;
}

std::string ProtoName(const pb::FieldDescriptor& field) {
  if (field.is_extension()) return "[" + std::string(field.PrintableNameForExtension()) + "]";
  return std::string(field.name());
}

std::string KeyName(const pb::FieldDescriptor& field) {
  if (field.is_extension()) return ProtoName(field);
  std::string json_name(field.json_name());
  // A json_name option may hold anything: what the key grammar uses, or another field's name.
  if (json_name.empty() || json_name.find_first_of(".[]") != std::string::npos ||
      FindField(*field.containing_type(), json_name) != &field) {
    return ProtoName(field);
  }
  return json_name;
}

std::string DottedPath(const FieldPath& path) {
  std::string out;
  for (const auto* field : path) {
    if (!out.empty()) out += '.';
    out += ProtoName(*field);
  }
  return out;
}

Error FieldError(std::string_view path, std::string_view what) {
  std::string message(path);
  message += ": ";
  message += what;
  return BadRequest(kReasonCodec, std::move(message));
}

}  // namespace internal

Result<FieldPath> ResolveFieldPath(const google::protobuf::Descriptor& descriptor,
                                   std::string_view dotted) {
  using internal::FieldError;
  const auto given = [&] { return json::internal::Excerpt(dotted); };
  FieldPath path;
  const google::protobuf::Descriptor* message = &descriptor;
  std::string_view rest = dotted;
  while (true) {
    // An extension's name has dots of its own.
    const bool extension = !rest.empty() && rest.front() == '[';
    const std::size_t from = extension ? rest.find(']') : 0;
    const std::size_t dot = from == std::string_view::npos ? from : rest.find('.', from);
    const std::string_view name = rest.substr(0, dot);
    if (message == nullptr) {
      return FieldError(given(), "\"" + internal::ProtoName(*path.back()) +
                                     "\" is not a singular message, it has no fields");
    }
    const auto* field = internal::FindField(*message, name);
    if (field == nullptr) {
      return FieldError(given(), std::string(message->full_name()) + " has no field \"" +
                                     json::internal::Excerpt(name) + "\"");
    }
    path.push_back(field);
    if (dot == std::string_view::npos) return path;
    message = field->is_repeated() ? nullptr : field->message_type();
    rest.remove_prefix(dot + 1);
  }
}

}  // namespace kratos::form
