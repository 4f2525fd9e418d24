// Writes messages as proto3 JSON, straight to the end of a string.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include "json/error.h"
#include "json/format.h"
#include "json/output.h"
#include "json/plan.h"

namespace kratos::json::internal {

class Encoder {
 public:
  Encoder(const EncodeOptions& options, std::string* out);

  const EncodeOptions& options() const { return options_; }
  Error& error() { return error_; }
  Plans& plans() { return plans_; }
  /// Records an error; always false.
  bool Fail(std::string message, ErrorCode code = ErrorCode::kUnencodable);

  // The punctuation of JSON. `first` is true before the first member or element and kept by
  // Separate.
  void Open(char bracket);
  void Separate(bool* first);
  void Close(char bracket, bool empty);
  /// `key` comes quoted and with its colon.
  void Key(std::string_view key);

  bool WriteMessage(const google::protobuf::Message& message);
  bool WriteMessage(const google::protobuf::Message& message, const MessagePlan& plan);
  /// As above for a message that is known to be of the compiled-in class, or known not to be.
  bool WriteMessage(const google::protobuf::Message& message, const MessagePlan& plan,
                    bool compiled_in);
  /// One field's value: list, map, or single value, set or not.
  bool WriteField(const google::protobuf::Message& message, const FieldPlan& field,
                  bool compiled_in);
  /// A value that is not a list or map.
  bool WriteSingular(const google::protobuf::Message& message, const FieldPlan& field);
  /// A valid UTF-8 string in quotes.
  bool WriteString(std::string_view text);

 private:
  class Nesting;

  bool WriteKnown(const google::protobuf::Message& message, const MessagePlan& plan,
                  bool compiled_in);
  bool WriteMembers(const google::protobuf::Message& message, const MessagePlan& plan,
                    bool compiled_in, bool* first);
  bool WriteMember(const google::protobuf::Message& message, const FieldPlan& field, bool* first);
  bool WriteExtensions(const google::protobuf::Message& message, bool* first);
  bool WriteList(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteMap(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteEnum(const FieldPlan& field, int number);
  bool WriteBytes(std::string_view bytes);
  void MemberKey(const FieldPlan& field, bool* first);

  // accessed_encoder.cc: fields with accessors, of compiled-in messages
  bool WriteAccessedMember(const google::protobuf::Message& message, const FieldPlan& field,
                           bool* first);
  bool WriteAccessedSingular(const google::protobuf::Message& message, const FieldPlan& field,
                             bool* first);
  static bool IsSet(const google::protobuf::Message& message, const FieldAccess& access);
  bool WriteAccessed(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteAccessedList(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteAccessedMap(const google::protobuf::Message& message, const FieldPlan& field);
  template <typename List, typename Write>
  bool WriteElements(const List& list, Write write);

  // well_known_encoder.cc
  bool WriteAny(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteTime(const google::protobuf::Message& message, const MessagePlan& plan,
                 bool compiled_in);
  bool WriteFieldMask(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteValue(const google::protobuf::Message& message, const MessagePlan& plan,
                  bool compiled_in);
  std::unique_ptr<google::protobuf::Message> UnpackAny(const google::protobuf::Message& message,
                                                       const MessagePlan& plan,
                                                       const std::string& type_url);

  void Newline();
  template <typename Get>
  bool WriteValueOf(const FieldPlan& field, const Get& get);
  template <typename Value>
  void WriteNumber(char* (*write)(Value, char*), Value value);
  template <typename Value>
  bool WriteWide(char* (*write)(Value, char*), Value value);
  template <typename Value>
  bool WriteFloating(char* (*write)(Value, char*), Value value);

  const EncodeOptions& options_;
  Output out_;
  Plans plans_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory>
      factory_;  // made at the first Any that needs it
  Error error_;
  int indent_;
  int level_ = 0;    // of indentation
  int nesting_ = 0;  // of messages, Any included
  int any_nesting_ = 0;
};

template <typename Value>
void Encoder::WriteNumber(char* (*write)(Value, char*), Value value) {
  out_.Advance(write(value, out_.Room(kLongestNumber)));
}

template <typename Value>
bool Encoder::WriteWide(char* (*write)(Value, char*), Value value) {
  char* to = out_.Room(kLongestNumber + 2);
  if (!options_.int64_numbers) *to++ = '"';
  to = write(value, to);
  if (!options_.int64_numbers) *to++ = '"';
  out_.Advance(to);
  return true;
}

template <typename Value>
bool Encoder::WriteFloating(char* (*write)(Value, char*), Value value) {
  const bool quoted = !std::isfinite(value);
  if (quoted) out_.push_back('"');
  WriteNumber(write, value);
  if (quoted) out_.push_back('"');
  return true;
}

template <typename Get>
bool Encoder::WriteValueOf(const FieldPlan& field, const Get& get) {
  using google::protobuf::FieldDescriptor;
  switch (field.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      WriteNumber<std::int64_t>(WriteInt64, get.Int32());
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      WriteNumber<std::uint64_t>(WriteUint64, get.Uint32());
      return true;
    case FieldDescriptor::CPPTYPE_INT64:
      return WriteWide(WriteInt64, get.Int64());
    case FieldDescriptor::CPPTYPE_UINT64:
      return WriteWide(WriteUint64, get.Uint64());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return WriteFloating(WriteDouble, get.Double());
    case FieldDescriptor::CPPTYPE_FLOAT:
      return WriteFloating(WriteFloat, get.Float());
    case FieldDescriptor::CPPTYPE_BOOL:
      out_.append(get.Bool() ? "true" : "false");
      return true;
    case FieldDescriptor::CPPTYPE_ENUM:
      return WriteEnum(field, get.Enum());
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& text = get.String(&scratch);
      return field.type == FieldDescriptor::TYPE_BYTES ? WriteBytes(text) : WriteString(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const MessagePlan& plan = plans_.Get(field);
      if constexpr (Get::kCompiledIn) {
        return WriteMessage(get.SubMessage(), plan, true);
      } else {
        return WriteMessage(get.SubMessage(), plan);
      }
    }
  }
  return Fail("the field has a type that JSON does not know");
}

}  // namespace kratos::json::internal
