#include "model/json_types.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <set>
#include <utility>

#include "model/accessors.h"
#include "model/build_model.h"

namespace kratos::plugin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldOptions;
using google::protobuf::FileDescriptor;
using google::protobuf::FileOptions;

bool IsWellKnown(const Descriptor& message) {
  return message.file()->package() == "google.protobuf";
}

// A template, so that the branch is compiled only against a protobuf that knows of views.
template <class Field>
bool IsStdString(const Field& field) {
  if constexpr (requires { field.cpp_string_type() == Field::CppStringType::kString; }) {
    return field.cpp_string_type() == Field::CppStringType::kString;
  } else {
    return field.options().ctype() == FieldOptions::STRING;
  }
}

MessageType BuildEnumType(const EnumDescriptor& type) {
  MessageType out;
  out.full_name = type.full_name();
  out.package = type.file()->package();
  out.file = type.file()->name();
  out.deprecated = type.options().deprecated() || type.file()->options().deprecated();
  out.nesting.emplace_back(type.name());
  for (const Descriptor* m = type.containing_type(); m != nullptr; m = m->containing_type()) {
    out.nesting.emplace_back(m->name());
  }
  std::reverse(out.nesting.begin(), out.nesting.end());
  return out;
}

JsonType BuildType(const FieldDescriptor& field) {
  JsonType out;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      out.kind = JsonType::Kind::kInt32;
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      out.kind = JsonType::Kind::kInt64;
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      out.kind = JsonType::Kind::kUint32;
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      out.kind = JsonType::Kind::kUint64;
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      out.kind = JsonType::Kind::kDouble;
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      out.kind = JsonType::Kind::kFloat;
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      out.kind = JsonType::Kind::kBool;
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      out.kind = JsonType::Kind::kString;
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      out.kind = JsonType::Kind::kEnum;
      out.type = BuildEnumType(*field.enum_type());
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      out.kind = JsonType::Kind::kMessage;
      out.type = BuildMessageType(*field.message_type());
      break;
  }
  return out;
}

bool HasPlainAccessors(const FieldDescriptor& field, const Accessors& accessors) {
  const FieldDescriptor& value = field.is_map() ? *field.message_type()->map_value() : field;
  if (field.type() == FieldDescriptor::TYPE_GROUP) return false;
  if (value.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !IsStdString(value)) return false;
  if (value.message_type() != nullptr &&
      value.message_type()->file()->options().optimize_for() == FileOptions::LITE_RUNTIME) {
    return false;
  }
  return accessors.IsUnambiguous(field.index());
}

JsonMessage BuildJsonMessage(const Descriptor& message) {
  JsonMessage out;
  out.type = BuildMessageType(message);
  const Accessors accessors(message);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!HasPlainAccessors(field, accessors)) continue;
    JsonField& made = out.fields.emplace_back();
    made.name = field.name();
    made.number = field.number();
    made.deprecated = field.options().deprecated();
    if (field.is_map()) {
      made.shape = JsonField::Shape::kMap;
      made.key = BuildType(*field.message_type()->map_key()).kind;
      made.value = BuildType(*field.message_type()->map_value());
    } else {
      made.shape = field.is_repeated() ? JsonField::Shape::kList : JsonField::Shape::kSingular;
      made.value = BuildType(field);
      made.presence = !field.is_repeated() && field.has_presence();
    }
  }
  return out;
}

class Collector {
 public:
  void Add(const Descriptor* message) {
    if (!IsWellKnown(*message) && seen_.insert(message).second) queue_.push_back(message);
  }

  std::vector<JsonMessage> Collect() {
    std::vector<JsonMessage> out;
    for (std::size_t next = 0; next < queue_.size(); ++next) {
      const Descriptor& message = *queue_[next];
      for (int i = 0; i < message.field_count(); ++i) {
        const FieldDescriptor* field = message.field(i);
        if (field->is_map()) field = field->message_type()->map_value();
        if (field->message_type() != nullptr) Add(field->message_type());
      }
      if (message.file()->options().optimize_for() == FileOptions::LITE_RUNTIME) continue;
      JsonMessage made = BuildJsonMessage(message);
      if (!made.fields.empty()) out.push_back(std::move(made));
    }
    return out;
  }

 private:
  std::vector<const Descriptor*> queue_;
  std::set<const Descriptor*> seen_;
};

}  // namespace

std::vector<JsonMessage> FindJsonMessages(const FileDescriptor& file,
                                          const std::vector<Service>& services) {
  Collector collector;
  for (std::size_t s = 0; s < services.size(); ++s) {
    for (std::size_t m = 0; m < services[s].methods.size(); ++m) {
      const Method& method = services[s].methods[m];
      if (!method.HasHttp()) continue;
      const auto& descriptor = *file.service(static_cast<int>(s))->method(static_cast<int>(m));
      // As a whole message an HttpBody is raw bytes.
      if (!method.request.IsHttpBody()) collector.Add(descriptor.input_type());
      if (!method.reply.IsHttpBody()) collector.Add(descriptor.output_type());
    }
  }
  return collector.Collect();
}

}  // namespace kratos::plugin
