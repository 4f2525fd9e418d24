// Writes messages as proto3 JSON, straight to the end of a string.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include "json/error.h"
#include "json/plan.h"

namespace kratos::json::internal {

class Encoder {
 public:
  Encoder(const EncodeOptions& options, std::string* out);

  const EncodeOptions& options() const { return options_; }
  Error& error() { return error_; }
  std::string& out() { return *out_; }
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
  /// One field's value: list, map, or single value, set or not.
  bool WriteField(const google::protobuf::Message& message, const FieldPlan& field);
  /// A value that is not a list or map.
  bool WriteSingular(const google::protobuf::Message& message, const FieldPlan& field);
  /// A valid UTF-8 string in quotes.
  bool WriteString(std::string_view text);

 private:
  class Nesting;

  bool WriteKnown(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteMembers(const google::protobuf::Message& message, const MessagePlan& plan, bool* first);
  bool WriteMember(const google::protobuf::Message& message, const FieldPlan& field, bool* first);
  bool WriteExtensions(const google::protobuf::Message& message, bool* first);
  bool WriteList(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteMap(const google::protobuf::Message& message, const FieldPlan& field);
  bool WriteEnum(const FieldPlan& field, int number);

  // well_known_encoder.cc
  bool WriteAny(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteTimestamp(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteDuration(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteFieldMask(const google::protobuf::Message& message, const MessagePlan& plan);
  bool WriteValue(const google::protobuf::Message& message, const MessagePlan& plan);
  std::unique_ptr<google::protobuf::Message> UnpackAny(const google::protobuf::Message& message,
                                                       const MessagePlan& plan,
                                                       const std::string& type_url);

  void Newline();
  template <typename Get>
  bool WriteValueOf(const FieldPlan& field, const Get& get);
  template <typename Int>
  bool WriteWide(Int value);
  template <typename Float>
  bool WriteFloating(Float value);

  const EncodeOptions& options_;
  std::string* out_;
  Plans plans_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory>
      factory_;  // made at the first Any that needs it
  Error error_;
  int indent_;
  int level_ = 0;    // of indentation
  int nesting_ = 0;  // of messages, Any included
  int any_nesting_ = 0;
};

}  // namespace kratos::json::internal
