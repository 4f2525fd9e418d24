#include "http/message_overlay.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <vector>

namespace kratos::http {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void OverlayMessage(const Message& from, Message* onto) {
  std::vector<const FieldDescriptor*> set;
  from.GetReflection()->ListFields(from, &set);
  for (const FieldDescriptor* field : set) {
    const bool nested =
        !field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (nested) {
      OverlayMessage(from.GetReflection()->GetMessage(from, field),
                     onto->GetReflection()->MutableMessage(onto, field));
    } else {
      onto->GetReflection()->ClearField(onto, field);
    }
  }
  // What is left to copy are the cleared fields; sub-messages are equal where they are set.
  const std::unique_ptr<Message> scalars(from.New());
  scalars->CopyFrom(from);
  for (const FieldDescriptor* field : set) {
    if (!field->is_repeated() && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
      scalars->GetReflection()->ClearField(scalars.get(), field);
  }
  onto->MergeFrom(*scalars);
}

}  // namespace kratos::http
