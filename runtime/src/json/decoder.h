// Reads proto3 JSON straight into messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>

#include "json/plan.h"
#include "json/scanner.h"

namespace kratos::json::internal {

/// A map's key, as the type that is asked for. Strings are not kept here.
union MapKey {
  bool as_bool;
  std::int32_t as_int32;
  std::int64_t as_int64;
  std::uint32_t as_uint32;
  std::uint64_t as_uint64;
};

/// The keys of one map, to find one that it has twice: sorted once at the end, since hashing could
/// be attacked.
class KeySet {
 public:
  void Add(std::string key, std::size_t offset) { keys_.emplace_back(std::move(key), offset); }

  /// A repeated key with the offset of its second appearance, or null.
  const std::pair<std::string, std::size_t>* Repeated();

 private:
  std::vector<std::pair<std::string, std::size_t>> keys_;
};

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
  /// As above for a message that is known to be of the compiled-in class, or known not to be.
  bool ReadMessage(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);
  /// One value that is a whole field: message, scalar, list or map; null leaves it unset, except
  /// Value.
  bool ReadField(const FieldPlan& field, bool compiled_in, google::protobuf::Message* message);
  /// Whether null is a value of the field rather than its absence.
  static bool TakesNull(const FieldPlan& field) {
    return field.shape == Shape::kSingular && (field.value_message || field.null_enum);
  }

  /// Every required field in and below `message` is there; else an error at `offset`.
  bool CheckInitialized(const google::protobuf::Message& message, std::size_t offset);

 private:
  class Seen;  // which fields one object has named
  // No present paths are recorded while one lives.
  class Untracked {
   public:
    explicit Untracked(Decoder* decoder)
        : decoder_(decoder), before_(std::exchange(decoder->tracking_, false)) {}
    ~Untracked() { decoder_->tracking_ = before_; }
    Untracked(const Untracked&) = delete;
    Untracked& operator=(const Untracked&) = delete;

   private:
    Decoder* decoder_;
    bool before_;
  };
  // How the "@type" key of an Any is met among the fields of its content.
  enum class TypeKey : unsigned char { kNone, kPending, kSeen };

  bool ReadKnown(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);
  bool ReadMembers(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);
  bool ReadMembersFrom(const MessagePlan& plan, bool first, TypeKey type_key, bool compiled_in,
                       google::protobuf::Message* message);
  bool ReadExtension(std::string_view key, Seen* seen, google::protobuf::Message* message,
                     bool* known);
  bool ReadMember(const FieldPlan& field, Seen* seen, bool compiled_in,
                  google::protobuf::Message* message);
  bool ReadTracked(const FieldPlan& field, bool compiled_in, google::protobuf::Message* message);
  bool ReadUnknown(std::string_view key);
  bool ReadSingular(const FieldPlan& field, google::protobuf::Message* message, bool* dropped);
  bool ReadList(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadElement(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadMap(const FieldPlan& field, google::protobuf::Message* message);
  bool WrongType(std::string_view expected);

  // accessed_decoder.cc: fields with accessors, of compiled-in messages
  bool ReadAccessed(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadAccessedList(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadAccessedMap(const FieldPlan& field, google::protobuf::Message* message);
  bool ReadAccessedEntry(const FieldPlan& field, const void* key,
                         google::protobuf::Message* message, bool* repeated);
  bool FindRepeatedKey(const FieldPlan& field, Scanner::Mark inside);

  // scalar_decoder.cc
  template <typename Number, typename Parse>
  bool ReadNumber(Parse parse, Number* value);
  template <typename Store>
  bool ReadScalar(const FieldPlan& field, bool* dropped, Store store);
  bool Read(std::int32_t* value);
  bool Read(std::int64_t* value);
  bool Read(std::uint32_t* value);
  bool Read(std::uint64_t* value);
  bool Read(float* value);
  bool Read(double* value);
  bool Read(bool* value);
  bool ReadText(std::string_view* value);
  bool ReadBytes(std::string* value);
  bool ReadEnum(const FieldPlan& field, int* number, bool* dropped);
  bool SetScalar(const FieldPlan& field, google::protobuf::Message* message, bool* dropped);
  bool AddScalar(const FieldPlan& field, google::protobuf::Message* message);
  /// `text` as a map's key of `type`; `*canonical` becomes the text that equal keys share.
  bool ReadMapKey(std::string_view text, google::protobuf::FieldDescriptor::CppType type,
                  MapKey* key, std::string* canonical);

  // well_known_decoder.cc
  struct TimeText;
  bool ReadTime(const TimeText& type, const MessagePlan& plan, bool compiled_in,
                google::protobuf::Message* message);
  bool ReadTimestamp(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);
  bool ReadDuration(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);
  bool ReadFieldMask(const MessagePlan& plan, google::protobuf::Message* message);
  bool ReadValue(const MessagePlan& plan, bool compiled_in, google::protobuf::Message* message);

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
