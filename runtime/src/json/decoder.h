// Reads proto3 JSON straight into messages.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include "json/plan.h"
#include "json/scanner.h"

namespace kratos::json::internal {

class Decoder {
 public:
  Decoder(std::string_view text, const DecodeOptions& options);

  Scanner& scanner() { return scanner_; }
  const DecodeOptions& options() const { return options_; }
  Plans& plans() { return plans_; }
  Error& error() { return scanner_.error(); }

  /// One value that is a whole message.
  bool ReadMessage(google::protobuf::Message* message);
  bool ReadMessage(const MessagePlan& plan, google::protobuf::Message* message);
  /// One value that is a whole field: message, scalar, list or map; null leaves it unset, except
  /// Value.
  bool ReadField(const FieldPlan& field, google::protobuf::Message* message);
  /// Whether null is a value of the field rather than its absence.
  static bool TakesNull(const FieldPlan& field) {
    return field.shape == Shape::kSingular && (field.value_message || field.null_enum);
  }

  /// Every required field in and below `message` is there; else an error at `offset`.
  bool CheckInitialized(const google::protobuf::Message& message, std::size_t offset);

 private:
  class Seen;       // which fields one object has named
  class Untracked;  // no present paths are recorded while one lives
  // How the "@type" key of an Any is met among the fields of its content.
  enum class TypeKey : unsigned char { kNone, kPending, kSeen };

  bool ReadKnown(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadMembers(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadMembersFrom(const MessagePlan& plan, bool first, TypeKey type_key,
                       google::protobuf::Message* message);
  bool ReadMember(const MessagePlan& plan, std::string_view key, Seen* seen,
                  google::protobuf::Message* message);
  bool ReadMemberValue(const FieldPlan& field, Seen* seen, google::protobuf::Message* message);
  bool ReadTracked(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadUnknown(std::string_view key);
  bool ReadSingular(const FieldPlan& field, google::protobuf::Message* message, bool* dropped);
  bool ReadList(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadElement(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadMap(const FieldPlan& field, google::protobuf::Message* message);
  bool WrongType(std::string_view expected);

  // scalar_decoder.cc
  template <typename Number, typename Parse>
  bool ReadNumber(Parse parse, Number* value);
  template <typename Store>
  bool ReadScalar(const FieldPlan& field, bool* dropped, Store store);
  bool ReadBool(bool* value);
  bool ReadText(std::string_view* value);
  bool ReadBytes(std::string* value);
  bool ReadEnum(const FieldPlan& field, int* number, bool* dropped);
  bool SetScalar(const FieldPlan& field, google::protobuf::Message* message, bool* dropped);
  bool AddScalar(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadMapKey(std::string_view key, const google::protobuf::FieldDescriptor& field,
                  google::protobuf::Message* entry, std::string* canonical);

  // well_known_decoder.cc
  struct TimeText;
  bool ReadTime(const TimeText& type, const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadTimestamp(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadDuration(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadFieldMask(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadValue(const MessagePlan& plan, google::protobuf::Message* message);

  // any_decoder.cc
  bool ReadAny(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadTypeUrl(std::string* type_url);
  bool LookUpType(std::size_t begin, Scanner::Mark inside, std::string* type_url);
  bool IndexTypes();
  bool ReadAnyValue(const MessagePlan& plan, bool first, TypeKey type_key,
                    google::protobuf::Message* content);
  std::unique_ptr<google::protobuf::Message> NewContent(const MessagePlan& plan,
                                                        const std::string& type_url,
                                                        std::size_t offset);

  const DecodeOptions& options_;
  Scanner scanner_;
  Plans plans_;
  std::unique_ptr<google::protobuf::DynamicMessageFactory>
      factory_;         // made at the first Any that needs it
  bool tracking_;       // the way here leads through singular messages only
  std::string prefix_;  // of present paths
  /// The "@type" of objects that have one, by the offset of their brace, for all objects before
  /// `indexed_to_` that lie inside an Any whose type is not its first key. Each byte is indexed
  /// once, however deep Any lies in Any.
  std::unordered_map<std::size_t, std::string> types_;
  std::size_t indexed_to_ = 0;
};

}  // namespace kratos::json::internal
