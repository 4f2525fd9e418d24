#include "form/scalar_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/common.h>

#include <cstdint>

#include "json/plan.h"
#include "kratos/json/internal/text.h"
#include "kratos/route/percent.h"

namespace kratos::form::internal {

namespace pb = ::google::protobuf;
using json::internal::NumberStatus;
using json::internal::NumberSyntax;

namespace {

std::string Quoted(std::string_view text) { return "\"" + json::internal::Excerpt(text) + "\""; }

Fault NumberFault(NumberStatus status, std::string_view text, std::string_view type) {
  switch (status) {
    case NumberStatus::kOk:
      return std::nullopt;
    case NumberStatus::kSyntax:
      if (text.empty()) return "an empty value is not a number (" + std::string(type) + ")";
      return Quoted(text) + " is not a number (" + std::string(type) + ")";
    case NumberStatus::kOutOfRange:
      return Quoted(text) + " is out of range for " + std::string(type);
    case NumberStatus::kNotWhole:
      return Quoted(text) + " is not a whole number (" + std::string(type) + ")";
  }
  return std::nullopt;
}

std::optional<bool> ParseBool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "True", "TRUE"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "False", "FALSE"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

bool IsClosed(const pb::FieldDescriptor& field) {
#if GOOGLE_PROTOBUF_VERSION >= 4023000
  return field.legacy_enum_field_treated_as_closed();
#else
  return field.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO2;
#endif
}

Fault ParseEnum(const pb::FieldDescriptor& field, std::string_view text, int* number) {
  const pb::EnumDescriptor& type = *field.enum_type();
  if (const auto* value = type.FindValueByName(std::string(text))) {
    *number = value->number();
    return std::nullopt;
  }
  // What Go Kratos's client sends for a NullValue.
  if (text == "null" && type.full_name() == "google.protobuf.NullValue") {
    *number = 0;
    return std::nullopt;
  }
  std::int32_t parsed = 0;
  if (json::internal::ParseInt32(text, NumberSyntax::kText, &parsed) != NumberStatus::kOk ||
      (IsClosed(field) && type.FindValueByNumber(parsed) == nullptr)) {
    return (text.empty() ? std::string("an empty value") : Quoted(text)) + " is no value of enum " +
           std::string(type.full_name());
  }
  *number = parsed;
  return std::nullopt;
}

}  // namespace

bool HasTextForm(const pb::FieldDescriptor& field) {
  return field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE ||
         HasTextForm(*field.message_type());
}

Fault ReadText(const pb::FieldDescriptor& field, std::string_view text, int max_depth,
               pb::Message* message) {
  if (field.type() == pb::FieldDescriptor::TYPE_STRING && !field.is_repeated()) {
    if (!route::IsValidUtf8(text)) return "not valid UTF-8";
    if (std::string* value = json::internal::MutableString(field, message)) {
      value->assign(text);
      return std::nullopt;
    }
  }
  const pb::Reflection& reflection = *message->GetReflection();
  const bool list = field.is_repeated();
  // Parses with `parse`, then stores with `add` or `set`.
  const auto number = [&](auto value, auto parse, auto set, auto add) -> Fault {
    if (Fault fault =
            NumberFault(parse(text, NumberSyntax::kText, &value), text, field.cpp_type_name())) {
      return fault;
    }
    (reflection.*(list ? add : set))(message, &field, value);
    return std::nullopt;
  };
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return number(std::int32_t{}, json::internal::ParseInt32, &pb::Reflection::SetInt32,
                    &pb::Reflection::AddInt32);
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return number(std::int64_t{}, json::internal::ParseInt64, &pb::Reflection::SetInt64,
                    &pb::Reflection::AddInt64);
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return number(std::uint32_t{}, json::internal::ParseUint32, &pb::Reflection::SetUInt32,
                    &pb::Reflection::AddUInt32);
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return number(std::uint64_t{}, json::internal::ParseUint64, &pb::Reflection::SetUInt64,
                    &pb::Reflection::AddUInt64);
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return number(float{}, json::internal::ParseFloat, &pb::Reflection::SetFloat,
                    &pb::Reflection::AddFloat);
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return number(double{}, json::internal::ParseDouble, &pb::Reflection::SetDouble,
                    &pb::Reflection::AddDouble);
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      const auto value = ParseBool(text);
      if (!value) {
        return (text.empty() ? std::string("an empty value") : Quoted(text)) +
               " is neither true nor false";
      }
      list ? reflection.AddBool(message, &field, *value)
           : reflection.SetBool(message, &field, *value);
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      int value = 0;
      if (Fault fault = ParseEnum(field, text, &value)) return fault;
      list ? reflection.AddEnumValue(message, &field, value)
           : reflection.SetEnumValue(message, &field, value);
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      std::string value;
      if (field.type() == pb::FieldDescriptor::TYPE_BYTES) {
        if (!json::internal::Base64Decode(text, &value)) {
          return Quoted(text) + " is not base64";
        }
      } else {
        if (!route::IsValidUtf8(text)) return "not valid UTF-8";
        value = text;
      }
      list ? reflection.AddString(message, &field, std::move(value))
           : reflection.SetString(message, &field, std::move(value));
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE: {
      pb::Message* value = list ? reflection.AddMessage(message, &field)
                                : reflection.MutableMessage(message, &field);
      value->Clear();
      return ReadWellKnown(text, max_depth, value);
    }
  }
  return std::nullopt;
}

Fault CanonicalizeKey(const pb::FieldDescriptor& key_field, std::string* key) {
  std::string canonical;
  const auto number = [&](auto value, auto parse, auto format) -> Fault {
    if (Fault fault = NumberFault(parse(*key, NumberSyntax::kText, &value), *key,
                                  key_field.cpp_type_name())) {
      return "key " + *fault;
    }
    format(value, &canonical);
    *key = std::move(canonical);
    return std::nullopt;
  };
  switch (key_field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return number(std::int32_t{}, json::internal::ParseInt32, json::internal::FormatInt64);
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return number(std::int64_t{}, json::internal::ParseInt64, json::internal::FormatInt64);
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return number(std::uint32_t{}, json::internal::ParseUint32, json::internal::FormatUint64);
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return number(std::uint64_t{}, json::internal::ParseUint64, json::internal::FormatUint64);
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      const auto value = ParseBool(*key);
      if (!value) return "key " + Quoted(*key) + " is neither true nor false";
      *key = *value ? "true" : "false";
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_STRING:
      if (!route::IsValidUtf8(*key)) return "a key that is not valid UTF-8";
      return std::nullopt;
    default:  // no other type can be a key
      return std::nullopt;
  }
}

Fault WriteText(const pb::FieldDescriptor& field, const pb::Message& message, int index,
                std::string* out) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool list = field.is_repeated();
  const auto get = [&](auto singular, auto repeated) {
    return list ? (reflection.*repeated)(message, &field, index)
                : (reflection.*singular)(message, &field);
  };
  using R = pb::Reflection;
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      json::internal::FormatInt64(get(&R::GetInt32, &R::GetRepeatedInt32), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      json::internal::FormatInt64(get(&R::GetInt64, &R::GetRepeatedInt64), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      json::internal::FormatUint64(get(&R::GetUInt32, &R::GetRepeatedUInt32), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      json::internal::FormatUint64(get(&R::GetUInt64, &R::GetRepeatedUInt64), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      json::internal::FormatFloat(get(&R::GetFloat, &R::GetRepeatedFloat), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      json::internal::FormatDouble(get(&R::GetDouble, &R::GetRepeatedDouble), out);
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      *out += get(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false";
      return std::nullopt;
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const int number = get(&R::GetEnumValue, &R::GetRepeatedEnumValue);
      if (const auto* value = field.enum_type()->FindValueByNumber(number)) {
        *out += value->name();
      } else {
        json::internal::FormatInt64(number, out);
      }
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& value =
          list ? reflection.GetRepeatedStringReference(message, &field, index, &scratch)
               : reflection.GetStringReference(message, &field, &scratch);
      if (field.type() == pb::FieldDescriptor::TYPE_BYTES) {
        json::internal::Base64Encode(value, out);
        return std::nullopt;
      }
      if (!route::IsValidUtf8(value)) return "not valid UTF-8";
      *out += value;
      return std::nullopt;
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteWellKnown(list ? reflection.GetRepeatedMessage(message, &field, index)
                                 : reflection.GetMessage(message, &field),
                            out);
  }
  return std::nullopt;
}

}  // namespace kratos::form::internal
