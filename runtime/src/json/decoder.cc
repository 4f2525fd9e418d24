#include "json/decoder.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Kind = Scanner::Kind;

namespace {

// A set of small numbers; without allocation below 64.
class BitSet {
 public:
  // False when it was in the set already.
  bool Add(std::size_t bit) {
    std::uint64_t& word = bit < 64 ? first_ : More(bit / 64 - 1);
    const std::uint64_t mask = std::uint64_t{1} << bit % 64;
    const bool added = (word & mask) == 0;
    word |= mask;
    return added;
  }

 private:
  std::uint64_t& More(std::size_t word) {
    if (word >= more_.size()) more_.resize(word + 1);
    return more_[word];
  }

  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> more_;
};

// The keys of one map, to find one that it has twice: sorted once at the end, since hashing could
// be attacked.
class KeySet {
 public:
  void Add(std::string key, std::size_t offset) { keys_.emplace_back(std::move(key), offset); }

  // A repeated key with the offset of its second appearance, or null.
  const std::pair<std::string, std::size_t>* Repeated() {
    std::sort(keys_.begin(), keys_.end());
    const auto found =
        std::adjacent_find(keys_.begin(), keys_.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    return found == keys_.end() ? nullptr : &*std::next(found);
  }

 private:
  std::vector<std::pair<std::string, std::size_t>> keys_;
};

std::string_view Describe(Kind kind) {
  switch (kind) {
    case Kind::kObject:
      return "an object";
    case Kind::kArray:
      return "an array";
    case Kind::kString:
      return "a string";
    case Kind::kNumber:
      return "a number";
    case Kind::kTrue:
    case Kind::kFalse:
      return "a boolean";
    case Kind::kNull:
      return "null";
    case Kind::kNone:
      break;
  }
  return "no value";
}

}  // namespace

class Decoder::Seen {
 public:
  bool AddField(const FieldPlan& field) {
    return field.field->is_extension() ? extensions_.insert(field.field).second
                                       : fields_.Add(field.index);
  }
  bool AddOneof(int index) { return oneofs_.Add(static_cast<std::size_t>(index)); }

 private:
  BitSet fields_;
  BitSet oneofs_;
  std::unordered_set<const FieldDescriptor*> extensions_;
};

class Decoder::Untracked {
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

Decoder::Decoder(std::string_view text, const DecodeOptions& options)
    : options_(options),
      scanner_(text, options.max_depth),
      tracking_(options.present_paths != nullptr) {}

bool Decoder::WrongType(std::string_view expected) {
  const Kind kind = scanner_.Peek();
  if (kind == Kind::kNone) return scanner_.Skip();  // not JSON at all: it says so
  std::string message = "expected ";
  message += expected;
  message += ", found ";
  message += Describe(kind);
  return scanner_.Fail(ErrorCode::kWrongType, scanner_.Offset(), std::move(message));
}

bool Decoder::CheckInitialized(const Message& message, std::size_t offset) {
  if (message.IsInitialized()) return true;
  std::vector<std::string> missing;
  message.FindInitializationErrors(&missing);
  scanner_.Fail(ErrorCode::kMissingRequired, offset, "a required field is missing");
  if (!missing.empty()) PrependField(missing.front(), &scanner_.error());
  return false;
}

bool Decoder::ReadMessage(Message* message) {
  return ReadMessage(plans_.Get(message->GetDescriptor()), message);
}

bool Decoder::ReadMessage(const MessagePlan& plan, Message* message) {
  if (const MessageCodec* codec = plan.CodecFor(*message)) return codec->decode(*this, message);
  if (plan.kind == WellKnown::kNone) return ReadMembers(plan, message);
  const Untracked untracked(this);
  return ReadKnown(plan, message);
}

bool Decoder::ReadKnown(const MessagePlan& plan, Message* message) {
  switch (plan.kind) {
    case WellKnown::kAny:
      return ReadAny(plan, message);
    case WellKnown::kTimestamp:
      return ReadTimestamp(plan, message);
    case WellKnown::kDuration:
      return ReadDuration(plan, message);
    case WellKnown::kFieldMask:
      return ReadFieldMask(plan, message);
    case WellKnown::kValue:
      return ReadValue(plan, message);
    case WellKnown::kStruct:
      return ReadMap(*plan.fields[0], message);
    case WellKnown::kListValue:
      return ReadList(*plan.fields[0], message);
    case WellKnown::kWrapper: {
      bool dropped = false;
      return ReadSingular(*plan.fields[0], message, &dropped);
    }
    case WellKnown::kEmpty:
    case WellKnown::kNone:
      break;
  }
  return ReadMembers(plan, message);
}

bool Decoder::ReadMembers(const MessagePlan& plan, Message* message) {
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  if (!scanner_.BeginObject()) return false;
  return ReadMembersFrom(plan, true, TypeKey::kNone, message);
}

bool Decoder::ReadMembersFrom(const MessagePlan& plan, bool first, TypeKey type_key,
                              Message* message) {
  Seen seen;
  std::string_view key;
  while (scanner_.NextKey(&first, &key)) {
    if (type_key != TypeKey::kNone && key == "@type") {
      if (type_key == TypeKey::kSeen) {
        return scanner_.Fail(ErrorCode::kDuplicateKey, scanner_.key_offset(),
                             "the key \"@type\" appears twice");
      }
      type_key = TypeKey::kSeen;
      if (!scanner_.Skip()) return false;
    } else if (!ReadMember(plan, key, &seen, message)) {
      return false;
    }
  }
  return !scanner_.failed();
}

bool Decoder::ReadMember(const MessagePlan& plan, std::string_view key, Seen* seen,
                         Message* message) {
  if (const FieldPlan* field = plan.Find(key)) {
    if (ReadMemberValue(*field, seen, message)) return true;
    PrependField(field->name, &scanner_.error());
    return false;
  }
  if (plan.descriptor->extension_range_count() > 0 && key.size() > 2 && key.front() == '[' &&
      key.back() == ']') {
    const FieldDescriptor* extension = message->GetReflection()->FindKnownExtensionByName(
        std::string(key.substr(1, key.size() - 2)));
    if (extension != nullptr) {
      // No mask can name an extension.
      const Untracked untracked(this);
      const FieldPlan field(*extension, 0);
      if (ReadMemberValue(field, seen, message)) return true;
      PrependField(field.name, &scanner_.error());
      return false;
    }
  }
  return ReadUnknown(key);
}

bool Decoder::ReadUnknown(std::string_view key) {
  if (options_.ignore_unknown) return scanner_.Skip();
  return scanner_.Fail(ErrorCode::kUnknownField, scanner_.key_offset(),
                       "no field is called \"" + Excerpt(key) + "\"");
}

bool Decoder::ReadMemberValue(const FieldPlan& field, Seen* seen, Message* message) {
  const std::size_t key_offset = scanner_.key_offset();
  if (!seen->AddField(field)) {
    return scanner_.Fail(ErrorCode::kDuplicateKey, key_offset, "the field appears twice");
  }
  const bool absent = scanner_.Peek() == Kind::kNull && !TakesNull(field);
  if (!absent && field.oneof >= 0 && !seen->AddOneof(field.oneof)) {
    return scanner_.Fail(ErrorCode::kDuplicateOneof, key_offset,
                         "another member of the oneof \"" +
                             std::string(field.field->containing_oneof()->name()) +
                             "\" is present");
  }
  return tracking_ ? ReadTracked(field, message) : ReadField(field, message);
}

bool Decoder::ReadTracked(const FieldPlan& field, Message* message) {
  const std::size_t before = prefix_.size();
  const std::size_t count = options_.present_paths->size();
  prefix_ += field.name;
  prefix_ += '.';
  const bool read = ReadField(field, message);
  prefix_.resize(before + field.name.size());
  // Nothing deeper was recorded: this is the end of the path.
  if (options_.present_paths->size() == count) options_.present_paths->push_back(prefix_);
  prefix_.resize(before);
  return read;
}

bool Decoder::ReadField(const FieldPlan& field, Message* message) {
  if (scanner_.Peek() == Kind::kNull && !TakesNull(field)) return scanner_.ReadNull();
  switch (field.shape) {
    case Shape::kList:
      return ReadList(field, message);
    case Shape::kMap:
      return ReadMap(field, message);
    case Shape::kSingular:
      break;
  }
  bool dropped = false;
  return ReadSingular(field, message, &dropped);
}

bool Decoder::ReadSingular(const FieldPlan& field, Message* message, bool* dropped) {
  if (field.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetScalar(field, message, dropped);
  }
  return ReadMessage(plans_.Get(field),
                     message->GetReflection()->MutableMessage(message, field.field));
}

bool Decoder::ReadList(const FieldPlan& field, Message* message) {
  if (scanner_.Peek() != Kind::kArray) return WrongType("an array");
  if (!scanner_.BeginArray()) return false;
  const Untracked untracked(this);
  bool first = true;
  for (std::size_t i = 0; scanner_.NextElement(&first); ++i) {
    if (!ReadElement(field, message)) {
      PrependIndex(i, &scanner_.error());
      return false;
    }
  }
  return !scanner_.failed();
}

bool Decoder::ReadElement(const FieldPlan& field, Message* message) {
  if (field.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return AddScalar(field, message);
  return ReadMessage(plans_.Get(field), message->GetReflection()->AddMessage(message, field.field));
}

bool Decoder::ReadMap(const FieldPlan& field, Message* message) {
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  if (!scanner_.BeginObject()) return false;
  const Untracked untracked(this);
  const Reflection& reflection = *message->GetReflection();
  KeySet keys;
  bool first = true;
  std::string_view text;
  while (scanner_.NextKey(&first, &text)) {
    const std::size_t offset = scanner_.key_offset();
    Message* entry = reflection.AddMessage(message, field.field);
    std::string key;
    bool dropped = false;
    if (!ReadMapKey(text, *field.map_key, entry, &key) ||
        !ReadSingular(*field.map_value, entry, &dropped)) {
      PrependKey(key, &scanner_.error());
      return false;
    }
    if (dropped) reflection.RemoveLast(message, field.field);
    keys.Add(std::move(key), offset);
  }
  if (scanner_.failed()) return false;
  if (const auto* repeated = keys.Repeated()) {
    scanner_.Fail(ErrorCode::kDuplicateKey, repeated->second, "the key appears twice");
    PrependKey(repeated->first, &scanner_.error());
    return false;
  }
  return true;
}

}  // namespace kratos::json::internal
