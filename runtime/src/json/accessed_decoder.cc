// Fields of compiled-in messages, through the accessors that generated code has registered. What is
// read and refused is what decoder.cc reads and refuses through reflection.
#include "json/decoder.h"

namespace kratos::json::internal {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::RepeatedField;
using google::protobuf::RepeatedPtrField;
using Kind = Scanner::Kind;

bool Decoder::ReadAccessed(const FieldPlan& field, Message* message) {
  const FieldAccess& access = *field.access;
  if (access.shape == AccessShape::kList) return ReadAccessedList(field, message);
  if (access.shape == AccessShape::kMap) return ReadAccessedMap(field, message);
  const auto plain = [&](auto value, auto set) {
    if (!this->Read(&value)) return false;
    set(message, value);
    return true;
  };
  switch (access.type) {
    case AccessType::kBool:
      return plain(bool{}, access.set.as_bool);
    case AccessType::kInt32:
      return plain(std::int32_t{}, access.set.as_int32);
    case AccessType::kInt64:
      return plain(std::int64_t{}, access.set.as_int64);
    case AccessType::kUint32:
      return plain(std::uint32_t{}, access.set.as_uint32);
    case AccessType::kUint64:
      return plain(std::uint64_t{}, access.set.as_uint64);
    case AccessType::kFloat:
      return plain(float{}, access.set.as_float);
    case AccessType::kDouble:
      return plain(double{}, access.set.as_double);
    case AccessType::kEnum: {
      int number = 0;
      bool dropped = false;
      if (!ReadEnum(field, &number, &dropped)) return false;
      if (!dropped) access.set.as_int32(message, number);
      return true;
    }
    case AccessType::kString: {
      if (field.type == FieldDescriptor::TYPE_BYTES) {
        std::string bytes;
        if (!ReadBytes(&bytes)) return false;
        *access.set.as_string(message) = std::move(bytes);
        return true;
      }
      std::string_view text;
      if (!scanner_.TryString(&text) && !ReadText(&text)) return false;
      // A string without presence that stays empty needs no memory.
      const std::string* before = nullptr;
      if (text.empty() && !access.presence && !access.get.as_string(*message, &before)) {
        return true;
      }
      access.set.as_string(message)->assign(text);
      return true;
    }
    case AccessType::kMessage:
      break;
  }
  return ReadMessage(plans_.Get(field), true, access.set.as_message(message));
}

bool Decoder::ReadAccessedList(const FieldPlan& field, Message* message) {
  if (scanner_.Peek() != Kind::kArray) return WrongType("an array");
  if (!scanner_.BeginArray()) return false;
  const Untracked untracked(this);
  const FieldAccess& access = *field.access;
  const auto each = [this](auto read) {
    bool first = true;
    for (std::size_t i = 0; scanner_.NextElement(&first); ++i) {
      if (!read()) {
        PrependIndex(i, &scanner_.error());
        return false;
      }
    }
    return !scanner_.failed();
  };
  const auto plain = [&]<typename T>(T value) {
    auto* list = static_cast<RepeatedField<T>*>(access.set.list(message));
    return each([&] {
      if (!this->Read(&value)) return false;
      list->Add(value);
      return true;
    });
  };
  switch (access.type) {
    case AccessType::kBool:
      return plain(bool{});
    case AccessType::kInt32:
    case AccessType::kEnum: {
      if (field.field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return plain(std::int32_t{});
      auto* list = static_cast<RepeatedField<std::int32_t>*>(access.set.list(message));
      return each([&] {
        int number = 0;
        bool dropped = false;
        if (!ReadEnum(field, &number, &dropped)) return false;
        if (!dropped) list->Add(number);
        return true;
      });
    }
    case AccessType::kInt64:
      return plain(std::int64_t{});
    case AccessType::kUint32:
      return plain(std::uint32_t{});
    case AccessType::kUint64:
      return plain(std::uint64_t{});
    case AccessType::kFloat:
      return plain(float{});
    case AccessType::kDouble:
      return plain(double{});
    case AccessType::kString: {
      auto* list = static_cast<RepeatedPtrField<std::string>*>(access.set.list(message));
      if (field.type == FieldDescriptor::TYPE_BYTES) {
        return each([&] {
          std::string bytes;
          if (!ReadBytes(&bytes)) return false;
          *list->Add() = std::move(bytes);
          return true;
        });
      }
      return each([&] {
        std::string_view text;
        if (!ReadText(&text)) return false;
        list->Add()->assign(text);
        return true;
      });
    }
    case AccessType::kMessage:
      break;
  }
  const MessagePlan& plan = plans_.Get(field);
  return each([&] { return ReadMessage(plan, true, access.set.element(message)); });
}

bool Decoder::ReadAccessedMap(const FieldPlan& field, Message* message) {
  const FieldAccess& access = *field.access;
  // A key that is there already may have been there before, or twice in the text.
  if (access.size(*message) > 0) return ReadMap(field, message);
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  if (!scanner_.BeginMap()) return false;
  const Untracked untracked(this);
  const Scanner::Mark inside = scanner_.Save();
  bool repeated = false;
  bool first = true;
  std::string_view text;
  while (scanner_.NextKey(&first, &text)) {
    MapKey number{};
    std::string canonical;
    const bool read = ReadMapKey(text, field.map_key->cpp_type(), &number, &canonical);
    const void* key = &number;
    if (access.key == AccessType::kString) key = &canonical;
    if (!read || !ReadAccessedEntry(field, key, message, &repeated)) {
      PrependKey(canonical, &scanner_.error());
      return false;
    }
  }
  return !scanner_.failed() && (!repeated || FindRepeatedKey(field, inside));
}

// `*repeated` becomes true when the text may hold the key twice.
bool Decoder::ReadAccessedEntry(const FieldPlan& field, const void* key, Message* message,
                                bool* repeated) {
  const FieldAccess& access = *field.access;
  const FieldPlan& value_field = *field.map_value;
  const auto store = [&](const void* value) {
    bool added = false;
    Message* slot = access.set.entry(message, key, value, &added);
    *repeated = *repeated || !added;
    return slot;
  };
  const auto plain = [&](auto value) {
    if (!this->Read(&value)) return false;
    store(&value);
    return true;
  };
  switch (access.type) {
    case AccessType::kBool:
      return plain(bool{});
    case AccessType::kInt32:
      return plain(std::int32_t{});
    case AccessType::kInt64:
      return plain(std::int64_t{});
    case AccessType::kUint32:
      return plain(std::uint32_t{});
    case AccessType::kUint64:
      return plain(std::uint64_t{});
    case AccessType::kFloat:
      return plain(float{});
    case AccessType::kDouble:
      return plain(double{});
    case AccessType::kEnum: {
      int number = 0;
      bool dropped = false;
      if (!ReadEnum(value_field, &number, &dropped)) return false;
      if (dropped) {
        *repeated = true;
      } else {
        store(&number);
      }
      return true;
    }
    case AccessType::kString: {
      std::string value;
      if (value_field.type == FieldDescriptor::TYPE_BYTES) {
        if (!ReadBytes(&value)) return false;
      } else {
        std::string_view text;
        if (!ReadText(&text)) return false;
        value = text;
      }
      store(&value);
      return true;
    }
    case AccessType::kMessage:
      break;
  }
  return ReadMessage(plans_.Get(value_field), true, store(nullptr));
}

// Goes once more over a map that has been read, to report the key that it has twice, if any.
bool Decoder::FindRepeatedKey(const FieldPlan& field, Scanner::Mark inside) {
  scanner_.Return(inside);
  KeySet keys;
  bool first = true;
  std::string_view text;
  while (scanner_.NextKey(&first, &text)) {
    const std::size_t offset = scanner_.key_offset();
    MapKey number{};
    std::string canonical;
    if (!ReadMapKey(text, field.map_key->cpp_type(), &number, &canonical) || !scanner_.Skip()) {
      return false;
    }
    keys.Add(std::move(canonical), offset);
  }
  if (scanner_.failed()) return false;
  const auto* twice = keys.Repeated();
  if (twice == nullptr) return true;
  scanner_.Fail(ErrorCode::kDuplicateKey, twice->second, "the key appears twice");
  PrependKey(twice->first, &scanner_.error());
  return false;
}

}  // namespace kratos::json::internal
