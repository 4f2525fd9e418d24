#include "json/encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

// Messages inside messages. Wire format readers stop at 100, but an Any starts their count afresh
// and code can build anything; this bounds the stack.
constexpr int kMaxNesting = 256;

// One field's value.
struct Singular {
  static constexpr bool kCompiledIn = false;
  const Message& message;
  const Reflection& reflection;
  const FieldDescriptor* field;

  std::int32_t Int32() const { return reflection.GetInt32(message, field); }
  std::int64_t Int64() const { return reflection.GetInt64(message, field); }
  std::uint32_t Uint32() const { return reflection.GetUInt32(message, field); }
  std::uint64_t Uint64() const { return reflection.GetUInt64(message, field); }
  float Float() const { return reflection.GetFloat(message, field); }
  double Double() const { return reflection.GetDouble(message, field); }
  bool Bool() const { return reflection.GetBool(message, field); }
  int Enum() const { return reflection.GetEnumValue(message, field); }
  const std::string& String(std::string* scratch) const {
    return reflection.GetStringReference(message, field, scratch);
  }
  const Message& SubMessage() const { return reflection.GetMessage(message, field); }
};

// One element of a list.
struct Element {
  static constexpr bool kCompiledIn = false;
  const Message& message;
  const Reflection& reflection;
  const FieldDescriptor* field;
  int index;

  std::int32_t Int32() const { return reflection.GetRepeatedInt32(message, field, index); }
  std::int64_t Int64() const { return reflection.GetRepeatedInt64(message, field, index); }
  std::uint32_t Uint32() const { return reflection.GetRepeatedUInt32(message, field, index); }
  std::uint64_t Uint64() const { return reflection.GetRepeatedUInt64(message, field, index); }
  float Float() const { return reflection.GetRepeatedFloat(message, field, index); }
  double Double() const { return reflection.GetRepeatedDouble(message, field, index); }
  bool Bool() const { return reflection.GetRepeatedBool(message, field, index); }
  int Enum() const { return reflection.GetRepeatedEnumValue(message, field, index); }
  const std::string& String(std::string* scratch) const {
    return reflection.GetRepeatedStringReference(message, field, index, scratch);
  }
  const Message& SubMessage() const { return reflection.GetRepeatedMessage(message, field, index); }
};

}  // namespace

class Encoder::Nesting {
 public:
  explicit Nesting(Encoder* encoder) : encoder_(encoder) { ++encoder_->nesting_; }
  ~Nesting() { --encoder_->nesting_; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Encoder* encoder_;
};

Encoder::Encoder(const EncodeOptions& options, std::string* out)
    : options_(options), out_(out), indent_(std::clamp(options.indent, 0, 8)) {}

bool Encoder::Fail(std::string message, ErrorCode code) {
  error_.code = code;
  error_.message = std::move(message);
  return false;
}

void Encoder::Newline() {
  out_.push_back('\n');
  out_.append(static_cast<std::size_t>(level_) * static_cast<std::size_t>(indent_), ' ');
}

void Encoder::Open(char bracket) {
  out_.push_back(bracket);
  ++level_;
}

void Encoder::Separate(bool* first) {
  if (!*first) out_.push_back(',');
  *first = false;
  if (indent_ > 0) Newline();
}

void Encoder::Close(char bracket, bool empty) {
  --level_;
  if (indent_ > 0 && !empty) Newline();
  out_.push_back(bracket);
}

void Encoder::Key(std::string_view key) {
  out_.append(key);
  if (indent_ > 0) out_.push_back(' ');
}

void Encoder::MemberKey(const FieldPlan& field, bool* first) {
  const KeyText& key = options_.proto_names ? field.proto_key : field.json_key;
  if (indent_ > 0) {
    Separate(first);
    return Key(key.text());
  }
  // Whole blocks, past the end of the key too: a copy of fixed size is a few instructions.
  const std::string_view text = *first ? key.text() : key.with_comma();
  *first = false;
  constexpr std::size_t kBlock = KeyText::kPadding;
  char* to = out_.Room(text.size() + kBlock);
  for (std::size_t i = 0; i < text.size(); i += kBlock) {
    std::memcpy(to + i, text.data() + i, kBlock);
  }
  out_.Advance(to + text.size());
}

bool Encoder::WriteString(std::string_view text) {
  char* to = out_.Room(text.size() + 2);
  *to = '"';
  bool ascii = false;
  if (char* end = CopyUnescaped(text, to + 1, &ascii)) {
    if (!ascii && !IsValidUtf8(text)) return Fail("the string is not UTF-8");
    *end = '"';
    out_.Advance(end + 1);
    return true;
  }
  if (!IsValidUtf8(text)) return Fail("the string is not UTF-8");
  out_.push_back('"');
  while (!text.empty()) {
    const std::size_t plain = PlainLength(text.data(), text.data() + text.size(), &ascii);
    out_.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    out_.Advance(WriteEscape(text.front(), out_.Room(kLongestEscape)));
    text.remove_prefix(1);
  }
  out_.push_back('"');
  return true;
}

bool Encoder::WriteBytes(std::string_view bytes) {
  char* to = out_.Room(Base64Size(bytes.size()) + 2);
  *to = '"';
  to = WriteBase64(bytes, to + 1);
  *to = '"';
  out_.Advance(to + 1);
  return true;
}

bool Encoder::WriteMessage(const Message& message) {
  const auto [plan, compiled_in] = plans_.Get(message);
  return WriteMessage(message, *plan, compiled_in);
}

bool Encoder::WriteMessage(const Message& message, const MessagePlan& plan) {
  return WriteMessage(message, plan, plan.IsCompiledIn(message));
}

bool Encoder::WriteMessage(const Message& message, const MessagePlan& plan, bool compiled_in) {
  if (nesting_ >= kMaxNesting) {
    return Fail("messages are nested deeper than " + std::to_string(kMaxNesting) + " levels",
                ErrorCode::kTooDeep);
  }
  const Nesting nesting(this);
  if (plan.kind != WellKnown::kNone) return WriteKnown(message, plan, compiled_in);
  bool first = true;
  Open('{');
  if (!WriteMembers(message, plan, compiled_in, &first)) return false;
  Close('}', first);
  return true;
}

bool Encoder::WriteKnown(const Message& message, const MessagePlan& plan, bool compiled_in) {
  switch (plan.kind) {
    case WellKnown::kAny:
      return WriteAny(message, plan);
    case WellKnown::kTimestamp:
    case WellKnown::kDuration:
      return WriteTime(message, plan, compiled_in);
    case WellKnown::kFieldMask:
      return WriteFieldMask(message, plan);
    case WellKnown::kValue:
      return WriteValue(message, plan, compiled_in);
    case WellKnown::kStruct:     // its one map
    case WellKnown::kListValue:  // its one list
    case WellKnown::kWrapper:    // its one scalar
      return WriteField(message, *plan.fields[0], compiled_in);
    case WellKnown::kEmpty:
    case WellKnown::kNone:
      break;
  }
  bool first = true;
  Open('{');
  if (!WriteMembers(message, plan, compiled_in, &first)) return false;
  Close('}', first);
  return true;
}

bool Encoder::WriteMembers(const Message& message, const MessagePlan& plan, bool compiled_in,
                           bool* first) {
  for (const auto& field : plan.fields) {
    const bool written = compiled_in && field->access != nullptr
                             ? WriteAccessedMember(message, *field, first)
                             : WriteMember(message, *field, first);
    if (!written) {
      PrependField(field->name, &error_);
      return false;
    }
  }
  return plan.descriptor->extension_range_count() == 0 || WriteExtensions(message, first);
}

bool Encoder::WriteMember(const Message& message, const FieldPlan& field, bool* first) {
  const Reflection& reflection = *message.GetReflection();
  const bool single = field.shape == Shape::kSingular;
  const bool set = single ? reflection.HasField(message, field.field)
                          : reflection.FieldSize(message, field.field) > 0;
  bool null = false;
  if (!set) {
    if (!options_.emit_unpopulated || field.in_oneof) return true;
    null = single && field.field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.presence && !null) return true;
  }
  MemberKey(field, first);
  if (null) {
    out_.append("null");
    return true;
  }
  return WriteField(message, field, false);
}

bool Encoder::WriteExtensions(const Message& message, bool* first) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const FieldDescriptor* descriptor : set) {
    if (!descriptor->is_extension()) continue;
    const FieldPlan field(*descriptor, 0);
    if (!WriteMember(message, field, first)) {
      PrependField(field.name, &error_);
      return false;
    }
  }
  return true;
}

bool Encoder::WriteField(const Message& message, const FieldPlan& field, bool compiled_in) {
  if (compiled_in && field.access != nullptr) return WriteAccessed(message, field);
  switch (field.shape) {
    case Shape::kMap:
      return WriteMap(message, field);
    case Shape::kList:
      return WriteList(message, field);
    case Shape::kSingular:
      break;
  }
  return WriteSingular(message, field);
}

bool Encoder::WriteEnum(const FieldPlan& field, int number) {
  if (field.null_enum) {
    out_.append("null");
    return true;
  }
  if (!options_.enum_numbers) {
    if (field.enum_plan != nullptr) {
      const std::string_view quoted = field.enum_plan->Quoted(number);
      if (!quoted.empty()) {
        out_.append(quoted);
        return true;
      }
    } else if (const auto* value = field.field->enum_type()->FindValueByNumber(number)) {
      out_.push_back('"');
      out_.append(value->name());
      out_.push_back('"');
      return true;
    }
  }
  WriteNumber<std::int64_t>(WriteInt64, number);
  return true;
}

bool Encoder::WriteSingular(const Message& message, const FieldPlan& field) {
  return WriteValueOf(field, Singular{message, *message.GetReflection(), field.field});
}

bool Encoder::WriteList(const Message& message, const FieldPlan& field) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, field.field);
  bool first = true;
  Open('[');
  for (int i = 0; i < size; ++i) {
    Separate(&first);
    if (!WriteValueOf(field, Element{message, reflection, field.field, i})) {
      PrependIndex(static_cast<std::size_t>(i), &error_);
      return false;
    }
  }
  Close(']', first);
  return true;
}

namespace {

// A map entry and its key as text; numbers are ordered by value, not by text.
struct Entry {
  const Message* entry;
  std::string key;
  std::int64_t order = 0;
};

Entry MakeEntry(const Message& entry, const FieldDescriptor* key) {
  const Reflection& reflection = *entry.GetReflection();
  Entry made{&entry, {}, 0};
  switch (key->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      made.key = reflection.GetString(entry, key);
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      made.order = reflection.GetBool(entry, key) ? 1 : 0;
      made.key = made.order == 1 ? "true" : "false";
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      made.order = reflection.GetInt32(entry, key);
      FormatInt64(made.order, &made.key);
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      made.order = reflection.GetInt64(entry, key);
      FormatInt64(made.order, &made.key);
      break;
    case FieldDescriptor::CPPTYPE_UINT32:
      made.order = reflection.GetUInt32(entry, key);
      FormatInt64(made.order, &made.key);
      break;
    default: {  // uint64, the last type a key can have: shifted into the signed range to keep its
                // order
      const std::uint64_t value = reflection.GetUInt64(entry, key);
      made.order = static_cast<std::int64_t>(value ^ (std::uint64_t{1} << 63));
      FormatUint64(value, &made.key);
      break;
    }
  }
  return made;
}

}  // namespace

bool Encoder::WriteMap(const Message& message, const FieldPlan& field) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, field.field);
  std::vector<Entry> entries;
  entries.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) {
    entries.push_back(
        MakeEntry(reflection.GetRepeatedMessage(message, field.field, i), field.map_key));
  }
  // A map has no order of its own: equal messages should still give equal text. One filled through
  // reflection may hold a key more than once until protobuf next looks it up; the last entry is the
  // one that counts then, and here.
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.order != b.order ? a.order < b.order : a.key < b.key;
  });
  bool first = true;
  Open('{');
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (i + 1 < entries.size() && entries[i + 1].key == entry.key) continue;
    Separate(&first);
    bool written = WriteString(entry.key);
    if (written) {
      Key(":");
      written = WriteSingular(*entry.entry, *field.map_value);
    }
    if (!written) {
      PrependKey(entry.key, &error_);
      return false;
    }
  }
  Close('}', first);
  return true;
}

}  // namespace kratos::json::internal
