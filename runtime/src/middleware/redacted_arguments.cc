#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/json/json.h"
#include "kratos/middleware/logging.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kMask[] = "***";

// Takes out of a message what must not be seen.
class Redactor {
 public:
  explicit Redactor(const std::vector<std::string>& hidden) : hidden_(hidden) {}

  void Redact(Message* message) const {
    const Descriptor* type = message->GetDescriptor();
    if (type->full_name() == "google.protobuf.Any") {
      message->Clear();
      return;
    }
    if (auto* object = dynamic_cast<google::protobuf::Struct*>(message); object != nullptr) {
      for (auto& [key, value] : *object->mutable_fields()) {
        if (IsHidden(key)) value.set_string_value(kMask);
      }
    }
    const Reflection* reflection = message->GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(*message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (IsHidden(std::string(field->name())) || IsMarked(field)) {
        Mask(message, field);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        if (!field->is_repeated()) {
          Redact(reflection->MutableMessage(message, field));
          continue;
        }
        const int count = reflection->FieldSize(*message, field);
        for (int i = 0; i < count; ++i)
          Redact(reflection->MutableRepeatedMessage(message, field, i));
      }
    }
  }

 private:
  bool IsHidden(std::string_view name) const {
    return std::find(hidden_.begin(), hidden_.end(), name) != hidden_.end();
  }

  // The option is younger than the oldest protobuf supported, so it is asked for by name.
  static bool IsMarked(const FieldDescriptor* field) {
    const Message& options = field->options();
    const FieldDescriptor* mark = options.GetDescriptor()->FindFieldByName("debug_redact");
    return mark != nullptr && options.GetReflection()->GetBool(options, mark);
  }

  static void Mask(Message* message, const FieldDescriptor* field) {
    const Reflection* reflection = message->GetReflection();
    if (field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated()) {
      reflection->SetString(message, field, kMask);
    } else {
      reflection->ClearField(message, field);
    }
  }

  const std::vector<std::string>& hidden_;
};

// At most `size` bytes, ending between two characters.
void Cut(std::size_t size, std::string* text) {
  if (text->size() <= size) return;
  while (size > 0 && (static_cast<unsigned char>((*text)[size]) & 0xC0) == 0x80) --size;
  text->resize(size);
  text->append("...");
}

}  // namespace

std::function<std::string(const Message&)> RedactedArguments(std::vector<std::string> hidden,
                                                             std::size_t max_bytes) {
  return [hidden = std::move(hidden), max_bytes](const Message& request) -> std::string {
    const std::unique_ptr<Message> copy(request.New());
    copy->CopyFrom(request);
    Redactor(hidden).Redact(copy.get());
    std::string text;
    if (json::Encode(*copy, {.emit_unpopulated = false}, &text))
      return std::string(request.GetTypeName());
    Cut(max_bytes, &text);
    return text;
  };
}

}  // namespace kratos::middleware
