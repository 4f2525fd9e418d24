// Numbers, booleans, strings, bytes, enums and map keys.
#include "json/decoder.h"

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = Scanner::Kind;

namespace {

ErrorCode CodeOf(NumberStatus status) {
  return status == NumberStatus::kSyntax ? ErrorCode::kBadValue : ErrorCode::kOutOfRange;
}

std::string MessageOf(NumberStatus status, std::string_view text) {
  const std::string shown = "\"" + Excerpt(text) + "\"";
  switch (status) {
    case NumberStatus::kSyntax:
      return shown + " is not a number";
    case NumberStatus::kNotWhole:
      return shown + " is not a whole number";
    case NumberStatus::kOutOfRange:
    case NumberStatus::kOk:
      break;
  }
  return shown + " is outside the range of the field's type";
}

// Kept apart from int32, which it is read like but not stored like.
struct EnumNumber {
  int number;
};

// Stores a value as a singular field.
struct Setter {
  Message* message;
  const FieldDescriptor* field;

  bool operator()(std::int32_t value) const { return Done(&Reflection::SetInt32, value); }
  bool operator()(std::int64_t value) const { return Done(&Reflection::SetInt64, value); }
  bool operator()(std::uint32_t value) const { return Done(&Reflection::SetUInt32, value); }
  bool operator()(std::uint64_t value) const { return Done(&Reflection::SetUInt64, value); }
  bool operator()(float value) const { return Done(&Reflection::SetFloat, value); }
  bool operator()(double value) const { return Done(&Reflection::SetDouble, value); }
  bool operator()(bool value) const { return Done(&Reflection::SetBool, value); }
  bool operator()(std::string value) const {
    message->GetReflection()->SetString(message, field, std::move(value));
    return true;
  }
  bool operator()(EnumNumber value) const { return Done(&Reflection::SetEnumValue, value.number); }

  template <typename Store, typename Value>
  bool Done(Store store, Value value) const {
    (message->GetReflection()->*store)(message, field, value);
    return true;
  }
};

// Appends a value to a list.
struct Adder {
  Message* message;
  const FieldDescriptor* field;

  bool operator()(std::int32_t value) const { return Done(&Reflection::AddInt32, value); }
  bool operator()(std::int64_t value) const { return Done(&Reflection::AddInt64, value); }
  bool operator()(std::uint32_t value) const { return Done(&Reflection::AddUInt32, value); }
  bool operator()(std::uint64_t value) const { return Done(&Reflection::AddUInt64, value); }
  bool operator()(float value) const { return Done(&Reflection::AddFloat, value); }
  bool operator()(double value) const { return Done(&Reflection::AddDouble, value); }
  bool operator()(bool value) const { return Done(&Reflection::AddBool, value); }
  bool operator()(std::string value) const {
    message->GetReflection()->AddString(message, field, std::move(value));
    return true;
  }
  bool operator()(EnumNumber value) const { return Done(&Reflection::AddEnumValue, value.number); }

  template <typename Store, typename Value>
  bool Done(Store store, Value value) const {
    (message->GetReflection()->*store)(message, field, value);
    return true;
  }
};

}  // namespace

template <typename Number, typename Parse>
bool Decoder::ReadNumber(Parse parse, Number* value) {
  const std::size_t offset = scanner_.Offset();
  std::string_view text;
  switch (scanner_.Peek()) {
    case Kind::kNumber:
      if (!scanner_.ReadNumber(&text)) return false;
      break;
    case Kind::kString:
      if (!scanner_.ReadString(&text)) return false;
      break;
    default:
      return WrongType("a number");
  }
  const NumberStatus status = parse(text, NumberSyntax::kJson, value);
  if (status == NumberStatus::kOk) return true;
  return scanner_.Fail(CodeOf(status), offset, MessageOf(status, text));
}

bool Decoder::ReadBool(bool* value) {
  const Kind kind = scanner_.Peek();
  if (kind != Kind::kTrue && kind != Kind::kFalse) return WrongType("a boolean");
  return scanner_.ReadBool(value);
}

bool Decoder::ReadText(std::string_view* value) {
  if (scanner_.Peek() != Kind::kString) return WrongType("a string");
  return scanner_.ReadString(value);
}

bool Decoder::ReadBytes(std::string* value) {
  const std::size_t offset = scanner_.Offset();
  std::string_view text;
  if (!ReadText(&text)) return false;
  return Base64Decode(text, value) ||
         scanner_.Fail(ErrorCode::kBadValue, offset, "the string is not base64");
}

bool Decoder::ReadEnum(const FieldPlan& field, int* number, bool* dropped) {
  const std::size_t offset = scanner_.Offset();
  const auto& type = *field.field->enum_type();
  switch (scanner_.Peek()) {
    case Kind::kNull:
      if (!field.null_enum) break;
      *number = 0;
      return scanner_.ReadNull();
    case Kind::kString: {
      std::string_view name;
      if (!scanner_.ReadString(&name)) return false;
      if (const auto* value = type.FindValueByName(std::string(name))) {
        *number = value->number();
        return true;
      }
      *dropped = options_.ignore_unknown;
      return *dropped || scanner_.Fail(ErrorCode::kUnknownEnum, offset,
                                       "\"" + Excerpt(name) + "\" is not a value of the enum");
    }
    case Kind::kNumber: {
      std::int32_t value = 0;
      if (!ReadNumber(ParseInt32, &value)) return false;
      *number = value;
      return !field.closed_enum || type.FindValueByNumber(value) != nullptr ||
             scanner_.Fail(ErrorCode::kUnknownEnum, offset,
                           std::to_string(value) + " is not a value of the closed enum");
    }
    default:
      break;
  }
  return WrongType("an enum's name or number");
}

template <typename Store>
bool Decoder::ReadScalar(const FieldPlan& field, bool* dropped, Store store) {
  const auto number = [&store](auto value, auto read) { return read(&value) && store(value); };
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return number(std::int32_t{},
                    [this](auto* value) { return this->ReadNumber(ParseInt32, value); });
    case FieldDescriptor::CPPTYPE_INT64:
      return number(std::int64_t{},
                    [this](auto* value) { return this->ReadNumber(ParseInt64, value); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return number(std::uint32_t{},
                    [this](auto* value) { return this->ReadNumber(ParseUint32, value); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return number(std::uint64_t{},
                    [this](auto* value) { return this->ReadNumber(ParseUint64, value); });
    case FieldDescriptor::CPPTYPE_FLOAT:
      return number(float{}, [this](auto* value) { return this->ReadNumber(ParseFloat, value); });
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return number(double{}, [this](auto* value) { return this->ReadNumber(ParseDouble, value); });
    case FieldDescriptor::CPPTYPE_BOOL:
      return number(bool{}, [this](auto* value) { return this->ReadBool(value); });
    case FieldDescriptor::CPPTYPE_ENUM: {
      int value = 0;
      return ReadEnum(field, &value, dropped) && (*dropped || store(EnumNumber{value}));
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type == FieldDescriptor::TYPE_BYTES) {
        std::string bytes;
        return ReadBytes(&bytes) && store(std::move(bytes));
      }
      std::string_view text;
      return ReadText(&text) && store(std::string(text));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return WrongType("a scalar");
}

bool Decoder::SetScalar(const FieldPlan& field, Message* message, bool* dropped) {
  return ReadScalar(field, dropped, Setter{message, field.field});
}

bool Decoder::AddScalar(const FieldPlan& field, Message* message) {
  bool dropped = false;
  return ReadScalar(field, &dropped, Adder{message, field.field});
}

bool Decoder::ReadMapKey(std::string_view key, const FieldDescriptor& field, Message* entry,
                         std::string* canonical) {
  const Reflection& reflection = *entry->GetReflection();
  const std::size_t offset = scanner_.key_offset();
  *canonical = key;
  const auto read = [&](auto parse, auto value, auto set) {
    const NumberStatus status = parse(*canonical, NumberSyntax::kJson, &value);
    if (status != NumberStatus::kOk) {
      return scanner_.Fail(CodeOf(status), offset, MessageOf(status, *canonical));
    }
    // "1" and "1.0" are one key.
    *canonical = std::to_string(value);
    (reflection.*set)(entry, &field, value);
    return true;
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return read(ParseInt32, std::int32_t{0}, &Reflection::SetInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return read(ParseInt64, std::int64_t{0}, &Reflection::SetInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return read(ParseUint32, std::uint32_t{0}, &Reflection::SetUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return read(ParseUint64, std::uint64_t{0}, &Reflection::SetUInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (key != "true" && key != "false") {
        return scanner_.Fail(ErrorCode::kBadValue, offset, "the key is not \"true\" or \"false\"");
      }
      reflection.SetBool(entry, &field, key == "true");
      return true;
    default:  // strings are the only other keys
      reflection.SetString(entry, &field, *canonical);
      return true;
  }
}

}  // namespace kratos::json::internal
