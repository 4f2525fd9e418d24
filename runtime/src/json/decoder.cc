#include "json/decoder.h"

#include <algorithm>
#include <memory>
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

const std::pair<std::string, std::size_t>* KeySet::Repeated() {
  std::sort(keys_.begin(), keys_.end());
  const auto found = std::adjacent_find(
      keys_.begin(), keys_.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  return found == keys_.end() ? nullptr : &*std::next(found);
}

class Decoder::Seen {
 public:
  bool AddField(const FieldPlan& field) {
    if (!field.field->is_extension()) return fields_.Add(field.index);
    if (!extensions_) extensions_ = std::make_unique<std::unordered_set<const FieldDescriptor*>>();
    return extensions_->insert(field.field).second;
  }
  bool AddOneof(int index) { return oneofs_.Add(static_cast<std::size_t>(index)); }

 private:
  BitSet fields_;
  BitSet oneofs_;
  std::unique_ptr<std::unordered_set<const FieldDescriptor*>> extensions_;
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
  const auto [plan, compiled_in] = plans_.Get(*message);
  return ReadMessage(*plan, compiled_in, message);
}

bool Decoder::ReadMessage(const MessagePlan& plan, Message* message) {
  return ReadMessage(plan, plan.IsCompiledIn(*message), message);
}

bool Decoder::ReadMessage(const MessagePlan& plan, bool compiled_in, Message* message) {
  if (plan.kind == WellKnown::kNone) return ReadMembers(plan, compiled_in, message);
  const Untracked untracked(this);
  return ReadKnown(plan, compiled_in, message);
}

bool Decoder::ReadKnown(const MessagePlan& plan, bool compiled_in, Message* message) {
  switch (plan.kind) {
    case WellKnown::kAny:
      return ReadAny(plan, message);
    case WellKnown::kTimestamp:
      return ReadTimestamp(plan, compiled_in, message);
    case WellKnown::kDuration:
      return ReadDuration(plan, compiled_in, message);
    case WellKnown::kFieldMask:
      return ReadFieldMask(plan, message);
    case WellKnown::kValue:
      return ReadValue(plan, compiled_in, message);
    case WellKnown::kStruct:
    case WellKnown::kListValue:
      if (!scanner_.CheckDepth()) return false;
      [[fallthrough]];
    case WellKnown::kWrapper: {
      const FieldPlan& field = *plan.fields[0];
      if (compiled_in && field.access != nullptr) return ReadAccessed(field, message);
      if (field.shape == Shape::kMap) return ReadMap(field, message);
      if (field.shape == Shape::kList) return ReadList(field, message);
      bool dropped = false;
      return ReadSingular(field, message, &dropped);
    }
    case WellKnown::kEmpty:
      // Written for an Any without a "value", one level deeper than the Any.
      if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
      return scanner_.BeginMap() &&
             ReadMembersFrom(plan, true, TypeKey::kNone, compiled_in, message);
    case WellKnown::kNone:
      break;
  }
  return ReadMembers(plan, compiled_in, message);
}

bool Decoder::ReadMembers(const MessagePlan& plan, bool compiled_in, Message* message) {
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  if (!scanner_.BeginObject()) return false;
  return ReadMembersFrom(plan, true, TypeKey::kNone, compiled_in, message);
}

bool Decoder::ReadMembersFrom(const MessagePlan& plan, bool first, TypeKey type_key,
                              bool compiled_in, Message* message) {
  Seen seen;
  std::string_view key;
  // Most writers keep to the order of declaration: the next field is nearly always the next key.
  std::size_t expected = 0;
  for (;;) {
    const FieldPlan* field = nullptr;
    if (expected < plan.fields.size() && type_key == TypeKey::kNone &&
        plan.fields[expected]->owns_json_key &&
        scanner_.TryKey(&first, plan.fields[expected]->json_key.with_comma())) {
      field = plan.fields[expected].get();
    } else {
      if (!scanner_.NextKey(&first, &key)) return !scanner_.failed();
      if (type_key != TypeKey::kNone && key == "@type") {
        if (type_key == TypeKey::kSeen) {
          return scanner_.Fail(ErrorCode::kDuplicateKey, scanner_.key_offset(),
                               "the key \"@type\" appears twice");
        }
        type_key = TypeKey::kSeen;
        if (!scanner_.Skip()) return false;
        continue;
      }
      field = plan.Find(key);
      if (field == nullptr) {
        bool known = false;
        if (plan.descriptor->extension_range_count() > 0 &&
            !ReadExtension(key, &seen, message, &known)) {
          return false;
        }
        if (!known && !ReadUnknown(key)) return false;
        continue;
      }
    }
    expected = field->index + 1;
    bool read = false;
    if (compiled_in && field->access != nullptr && !tracking_ && field->oneof < 0 &&
        seen.AddField(*field)) {
      // ReadMember for most fields there are, without its questions.
      read = scanner_.Peek() == Kind::kNull && !TakesNull(*field) ? scanner_.ReadNull()
                                                                  : ReadAccessed(*field, message);
    } else {
      read = ReadMember(*field, &seen, compiled_in, message);
    }
    if (!read) {
      PrependField(field->name, &scanner_.error());
      return false;
    }
  }
}

bool Decoder::ReadExtension(std::string_view key, Seen* seen, Message* message, bool* known) {
  if (key.size() <= 2 || key.front() != '[' || key.back() != ']') return true;
  const FieldDescriptor* extension = message->GetReflection()->FindKnownExtensionByName(
      std::string(key.substr(1, key.size() - 2)));
  if (extension == nullptr) return true;
  *known = true;
  // No mask can name an extension.
  const Untracked untracked(this);
  const FieldPlan field(*extension, 0);
  if (ReadMember(field, seen, false, message)) return true;
  PrependField(field.name, &scanner_.error());
  return false;
}

bool Decoder::ReadUnknown(std::string_view key) {
  if (options_.ignore_unknown) return scanner_.Skip();
  return scanner_.Fail(ErrorCode::kUnknownField, scanner_.key_offset(),
                       "no field is called \"" + Excerpt(key) + "\"");
}

bool Decoder::ReadMember(const FieldPlan& field, Seen* seen, bool compiled_in, Message* message) {
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
  return tracking_ ? ReadTracked(field, compiled_in, message)
                   : ReadField(field, compiled_in, message);
}

bool Decoder::ReadTracked(const FieldPlan& field, bool compiled_in, Message* message) {
  const std::size_t before = prefix_.size();
  const std::size_t count = options_.present_paths->size();
  prefix_ += field.name;
  prefix_ += '.';
  const bool read = ReadField(field, compiled_in, message);
  prefix_.resize(before + field.name.size());
  // Nothing deeper was recorded: this is the end of the path.
  if (options_.present_paths->size() == count) options_.present_paths->push_back(prefix_);
  prefix_.resize(before);
  return read;
}

bool Decoder::ReadField(const FieldPlan& field, bool compiled_in, Message* message) {
  if (scanner_.Peek() == Kind::kNull && !TakesNull(field)) return scanner_.ReadNull();
  if (compiled_in && field.access != nullptr) return ReadAccessed(field, message);
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

namespace {

// Always true.
bool SetMapKey(const MapKey& key, const std::string& text, const FieldDescriptor& field,
               Message* entry) {
  const Reflection& reflection = *entry->GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(entry, &field, key.as_int32);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection.SetInt64(entry, &field, key.as_int64);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      reflection.SetUInt32(entry, &field, key.as_uint32);
      break;
    case FieldDescriptor::CPPTYPE_UINT64:
      reflection.SetUInt64(entry, &field, key.as_uint64);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection.SetBool(entry, &field, key.as_bool);
      break;
    default:  // strings are the only other keys
      reflection.SetString(entry, &field, text);
      break;
  }
  return true;
}

}  // namespace

bool Decoder::ReadMap(const FieldPlan& field, Message* message) {
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  if (!scanner_.BeginMap()) return false;
  const Untracked untracked(this);
  const Reflection& reflection = *message->GetReflection();
  KeySet keys;
  bool first = true;
  std::string_view text;
  while (scanner_.NextKey(&first, &text)) {
    const std::size_t offset = scanner_.key_offset();
    Message* entry = reflection.AddMessage(message, field.field);
    std::string canonical;
    MapKey key{};
    bool dropped = false;
    if (!ReadMapKey(text, field.map_key->cpp_type(), &key, &canonical) ||
        !SetMapKey(key, canonical, *field.map_key, entry) ||
        !ReadSingular(*field.map_value, entry, &dropped)) {
      PrependKey(canonical, &scanner_.error());
      return false;
    }
    if (dropped) reflection.RemoveLast(message, field.field);
    keys.Add(std::move(canonical), offset);
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
