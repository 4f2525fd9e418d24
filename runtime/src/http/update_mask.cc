#include "http/update_mask.h"

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/message.h>

namespace kratos::http {

using google::protobuf::FieldDescriptor;

const FieldDescriptor* FindUpdateMask(const google::protobuf::Descriptor& request) {
  const FieldDescriptor* only = nullptr;
  int count = 0;
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    if (field->is_repeated() || field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        field->message_type()->full_name() != "google.protobuf.FieldMask") {
      continue;
    }
    if (field->name() == "update_mask") return field;
    only = field;
    ++count;
  }
  return count == 1 ? only : nullptr;
}

bool NamesField(const std::vector<form::Pair>& query, const FieldDescriptor& field) {
  for (const auto& [name, value] : query) {
    const std::string_view first = std::string_view(name).substr(0, name.find_first_of(".["));
    if (first == field.name() || first == field.json_name()) return true;
  }
  return false;
}

void SetMask(const std::vector<std::string>& paths, const FieldDescriptor& field,
             google::protobuf::Message* message) {
  auto* mask = message->GetReflection()->MutableMessage(message, &field);
  // By reflection: the mask of a dynamic message is not a google::protobuf::FieldMask object.
  const auto* field_paths = mask->GetDescriptor()->FindFieldByName("paths");
  mask->GetReflection()->ClearField(mask, field_paths);
  for (const std::string& path : paths) mask->GetReflection()->AddString(mask, field_paths, path);
}

}  // namespace kratos::http
