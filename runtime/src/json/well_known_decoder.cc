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

bool Decoder::ReadTimestamp(const MessagePlan& plan, Message* message) {
  return ReadTime({ParseTimestamp, FormatTimestamp, "an RFC 3339 timestamp within years 1 to 9999",
                   "the timestamp is outside years 1 to 9999"},
                  plan, message);
}

bool Decoder::ReadDuration(const MessagePlan& plan, Message* message) {
  return ReadTime({ParseDuration, FormatDuration, "a duration like \"1.5s\" within 10000 years",
                   "the duration is longer than 10000 years or mixes signs"},
                  plan, message);
}

bool Decoder::ReadTime(const TimeText& type, const MessagePlan& plan, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  const FieldDescriptor* seconds = plan.fields[0]->field;
  const FieldDescriptor* nanos = plan.fields[1]->field;
  const std::size_t offset = scanner_.Offset();
  if (options_.go_struct_shapes && scanner_.Peek() == Kind::kObject) {
    std::string ignored;
    return ReadMembers(plan, message) &&
           (type.format(reflection.GetInt64(*message, seconds),
                        reflection.GetInt32(*message, nanos), &ignored) ||
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
  reflection.SetInt64(message, seconds, read_seconds);
  reflection.SetInt32(message, nanos, read_nanos);
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

bool Decoder::ReadValue(const MessagePlan& plan, Message* message) {
  // In the order struct.proto declares them.
  enum : std::size_t { kNullValue, kNumberValue, kStringValue, kBoolValue, kStruct, kList };
  std::size_t member = kNullValue;
  switch (scanner_.Peek()) {
    case Kind::kNull:
      message->GetReflection()->SetEnumValue(message, plan.fields[kNullValue]->field, 0);
      return scanner_.ReadNull();
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
  bool dropped = false;
  return ReadSingular(*plan.fields[member], message, &dropped);
}

}  // namespace kratos::json::internal
