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

bool Decoder::Read(std::int32_t* value) {
  return scanner_.TryInteger(value) || ReadNumber(ParseInt32, value);
}
bool Decoder::Read(std::int64_t* value) {
  return scanner_.TryInteger(value) || ReadNumber(ParseInt64, value);
}
bool Decoder::Read(std::uint32_t* value) {
  return scanner_.TryInteger(value) || ReadNumber(ParseUint32, value);
}
bool Decoder::Read(std::uint64_t* value) {
  return scanner_.TryInteger(value) || ReadNumber(ParseUint64, value);
}
bool Decoder::Read(float* value) { return ReadNumber(ParseFloat, value); }
bool Decoder::Read(double* value) {
  return scanner_.TryDecimal(value) || ReadNumber(ParseDouble, value);
}

bool Decoder::Read(bool* value) {
  const Kind kind = scanner_.Peek();
  if (kind != Kind::kTrue && kind != Kind::kFalse) return WrongType("a boolean");
  return scanner_.ReadBool(value);
}

bool Decoder::ReadText(std::string_view* value) {
  if (scanner_.TryString(value)) return true;
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
      if (!scanner_.TryString(&name) && !scanner_.ReadString(&name)) return false;
      if (field.enum_plan != nullptr) {
        if (const int* found = field.enum_plan->numbers.Find(name)) {
          *number = *found;
          return true;
        }
      } else if (const auto* value = type.FindValueByName(std::string(name))) {
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
  const auto plain = [this, &store](auto value) { return this->Read(&value) && store(value); };
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return plain(std::int32_t{});
    case FieldDescriptor::CPPTYPE_INT64:
      return plain(std::int64_t{});
    case FieldDescriptor::CPPTYPE_UINT32:
      return plain(std::uint32_t{});
    case FieldDescriptor::CPPTYPE_UINT64:
      return plain(std::uint64_t{});
    case FieldDescriptor::CPPTYPE_FLOAT:
      return plain(float{});
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return plain(double{});
    case FieldDescriptor::CPPTYPE_BOOL:
      return plain(bool{});
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

bool Decoder::ReadMapKey(std::string_view text, FieldDescriptor::CppType type, MapKey* key,
                         std::string* canonical) {
  const std::size_t offset = scanner_.key_offset();
  *canonical = text;
  const auto read = [&](auto parse, auto* value) {
    const NumberStatus status = parse(*canonical, NumberSyntax::kJson, value);
    if (status != NumberStatus::kOk) {
      return scanner_.Fail(CodeOf(status), offset, MessageOf(status, *canonical));
    }
    // "1" and "1.0" are one key.
    *canonical = std::to_string(*value);
    return true;
  };
  switch (type) {
    case FieldDescriptor::CPPTYPE_INT32:
      return read(ParseInt32, &key->as_int32);
    case FieldDescriptor::CPPTYPE_INT64:
      return read(ParseInt64, &key->as_int64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return read(ParseUint32, &key->as_uint32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return read(ParseUint64, &key->as_uint64);
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text != "true" && text != "false") {
        return scanner_.Fail(ErrorCode::kBadValue, offset, "the key is not \"true\" or \"false\"");
      }
      key->as_bool = text == "true";
      return true;
    default:  // strings are the only other keys
      return true;
  }
}

}  // namespace kratos::json::internal
