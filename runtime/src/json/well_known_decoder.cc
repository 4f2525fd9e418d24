// The types whose JSON is not an object of their fields; Any has a file of its own.
#include "json/decoder.h"

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = Scanner::Kind;

struct Decoder::TimeText {
  bool (*parse)(std::string_view, std::int64_t*, std::int32_t*);
  bool (*format)(std::int64_t, std::int32_t, std::string*);
  std::string_view expected;
  std::string_view out_of_range;
};

bool Decoder::ReadTimestamp(const MessagePlan& plan, bool compiled_in, Message* message) {
  return ReadTime({ParseTimestamp, FormatTimestamp, "an RFC 3339 timestamp within years 1 to 9999",
                   "the timestamp is outside years 1 to 9999"},
                  plan, compiled_in, message);
}

bool Decoder::ReadDuration(const MessagePlan& plan, bool compiled_in, Message* message) {
  return ReadTime({ParseDuration, FormatDuration, "a duration like \"1.5s\" within 10000 years",
                   "the duration is longer than 10000 years or mixes signs"},
                  plan, compiled_in, message);
}

bool Decoder::ReadTime(const TimeText& type, const MessagePlan& plan, bool compiled_in,
                       Message* message) {
  const std::size_t offset = scanner_.Offset();
  if (options_.go_struct_shapes && scanner_.Peek() == Kind::kObject) {
    const Reflection& reflection = *message->GetReflection();
    std::string ignored;
    return ReadMembers(plan, compiled_in, message) &&
           (type.format(reflection.GetInt64(*message, plan.fields[0]->field),
                        reflection.GetInt32(*message, plan.fields[1]->field), &ignored) ||
            scanner_.Fail(ErrorCode::kOutOfRange, offset, std::string(type.out_of_range)));
  }
  std::string_view text;
  if (!ReadText(&text)) return false;
  std::int64_t read_seconds = 0;
  std::int32_t read_nanos = 0;
  if (!type.parse(text, &read_seconds, &read_nanos)) {
    return scanner_.Fail(ErrorCode::kBadValue, offset,
                         "\"" + Excerpt(text) + "\" is not " + std::string(type.expected));
  }
  const FieldAccess* to_seconds = compiled_in ? plan.fields[0]->access : nullptr;
  const FieldAccess* to_nanos = compiled_in ? plan.fields[1]->access : nullptr;
  if (to_seconds != nullptr && to_nanos != nullptr) {
    to_seconds->set.as_int64(message, read_seconds);
    to_nanos->set.as_int32(message, read_nanos);
    return true;
  }
  const Reflection& reflection = *message->GetReflection();
  reflection.SetInt64(message, plan.fields[0]->field, read_seconds);
  reflection.SetInt32(message, plan.fields[1]->field, read_nanos);
  return true;
}

bool Decoder::ReadFieldMask(const MessagePlan& plan, Message* message) {
  const std::size_t offset = scanner_.Offset();
  std::string_view text;
  if (!ReadText(&text)) return false;
  std::vector<std::string> paths;
  if (!ParseFieldMask(text, MaskSpelling::kCamelOnly, &paths)) {
    return scanner_.Fail(ErrorCode::kBadValue, offset,
                         "\"" + Excerpt(text) + "\" is not a list of camelCase field paths");
  }
  for (std::string& path : paths) {
    message->GetReflection()->AddString(message, plan.fields[0]->field, std::move(path));
  }
  return true;
}

bool Decoder::ReadValue(const MessagePlan& plan, bool compiled_in, Message* message) {
  // In the order struct.proto declares them.
  enum : std::size_t { kNullValue, kNumberValue, kStringValue, kBoolValue, kStruct, kList };
  std::size_t member = kNullValue;
  switch (scanner_.Peek()) {
    case Kind::kNull:
      member = kNullValue;
      break;
    case Kind::kNumber:
      member = kNumberValue;
      break;
    case Kind::kString:
      member = kStringValue;
      break;
    case Kind::kTrue:
    case Kind::kFalse:
      member = kBoolValue;
      break;
    case Kind::kObject:
      member = kStruct;
      break;
    case Kind::kArray:
      member = kList;
      break;
    case Kind::kNone:
      return WrongType("a value");
  }
  const FieldPlan& field = *plan.fields[member];
  if (compiled_in && field.access != nullptr) return ReadAccessed(field, message);
  bool dropped = false;
  return ReadSingular(field, message, &dropped);
}

}  // namespace kratos::json::internal
