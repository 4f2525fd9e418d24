// google.protobuf.Any: the type of an object is one of its own keys, and need not come first.
#include "json/decoder.h"

namespace kratos::json::internal {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using Kind = Scanner::Kind;

bool Decoder::ReadTypeUrl(std::string* type_url) {
  std::string_view text;
  if (!ReadText(&text)) {
    PrependField("@type", &scanner_.error());
    return false;
  }
  *type_url = text;
  return true;
}

bool Decoder::ReadAny(const MessagePlan& plan, Message* message) {
  if (scanner_.Peek() != Kind::kObject) return WrongType("an object");
  const std::size_t begin = scanner_.Offset();
  if (!scanner_.BeginObject()) return false;
  const Scanner::Mark inside = scanner_.Save();

  bool first = true;
  std::string_view key;
  if (!scanner_.NextKey(&first, &key))
    return !scanner_.failed();  // {} is an Any that holds nothing
  std::string type_url;
  TypeKey type_key = TypeKey::kSeen;
  std::size_t offset = begin;
  if (key == "@type") {
    offset = scanner_.Offset();
    if (!ReadTypeUrl(&type_url)) return false;
  } else {
    if (!LookUpType(begin, inside, &type_url)) return false;
    first = true;
    type_key = TypeKey::kPending;
  }

  const std::unique_ptr<Message> content = NewContent(plan, type_url, offset);
  if (!content) return false;
  const MessagePlan& inner = plans_.Get(content->GetDescriptor());
  const bool read =
      inner.kind == WellKnown::kNone
          ? ReadMembersFrom(inner, first, type_key, inner.IsCompiledIn(*content), content.get())
          : ReadAnyValue(inner, first, type_key, content.get());
  if (!read || !CheckInitialized(*content, begin)) return false;
  const auto& reflection = *message->GetReflection();
  reflection.SetString(message, plan.fields[0]->field, std::move(type_url));
  reflection.SetString(message, plan.fields[1]->field, content->SerializePartialAsString());
  return true;
}

bool Decoder::LookUpType(std::size_t begin, Scanner::Mark inside, std::string* type_url) {
  if (begin >= indexed_to_) {
    scanner_.Return({begin, inside.depth - 1});
    if (!IndexTypes()) return false;
    indexed_to_ = scanner_.Save().at;
  }
  scanner_.Return(inside);
  const auto found = types_.find(begin);
  if (found == types_.end()) {
    return scanner_.Fail(ErrorCode::kBadValue, begin, "an Any needs the key \"@type\"");
  }
  *type_url = std::move(found->second);
  types_.erase(found);
  return true;
}

// Passes one value by, noting the types of the objects in it. Recursive, but never deeper than
// max_depth.
bool Decoder::IndexTypes() {
  bool first = true;
  std::string_view key;
  switch (scanner_.Peek()) {
    case Kind::kObject: {
      const std::size_t begin = scanner_.Offset();
      if (!scanner_.BeginMap()) return false;
      while (scanner_.NextKey(&first, &key)) {
        if (key == "@type" && scanner_.Peek() == Kind::kString) {
          std::string_view type_url;
          if (!scanner_.ReadString(&type_url)) return false;
          types_.try_emplace(begin, type_url);
        } else if (!IndexTypes()) {
          return false;
        }
      }
      return !scanner_.failed();
    }
    case Kind::kArray:
      if (!scanner_.BeginArray()) return false;
      while (scanner_.NextElement(&first)) {
        if (!IndexTypes()) return false;
      }
      return !scanner_.failed();
    default:
      return scanner_.Skip();
  }
}

std::unique_ptr<Message> Decoder::NewContent(const MessagePlan& plan, const std::string& type_url,
                                             std::size_t offset) {
  const std::size_t slash = type_url.rfind('/');
  const std::string name = slash == std::string::npos ? "" : type_url.substr(slash + 1);
  const DescriptorPool* pool = plan.descriptor->file()->pool();
  const Descriptor* type = name.empty() ? nullptr : pool->FindMessageTypeByName(name);
  if (type == nullptr) {
    scanner_.Fail(ErrorCode::kBadValue, offset,
                  "the type \"" + Excerpt(type_url) + "\" is not known");
    PrependField("@type", &scanner_.error());
    return nullptr;
  }
  MessageFactory* factory = MessageFactory::generated_factory();
  if (type->file()->pool() != DescriptorPool::generated_pool()) {
    if (!factory_) factory_ = std::make_unique<google::protobuf::DynamicMessageFactory>();
    factory = factory_.get();
  }
  return std::unique_ptr<Message>(factory->GetPrototype(type)->New());
}

bool Decoder::ReadAnyValue(const MessagePlan& plan, bool first, TypeKey type_key,
                           Message* content) {
  bool value_seen = false;
  std::string_view key;
  while (scanner_.NextKey(&first, &key)) {
    if (key == "@type") {
      if (type_key == TypeKey::kSeen) {
        return scanner_.Fail(ErrorCode::kDuplicateKey, scanner_.key_offset(),
                             "the key \"@type\" appears twice");
      }
      type_key = TypeKey::kSeen;
      if (!scanner_.Skip()) return false;
    } else if (key == "value") {
      if (value_seen) {
        return scanner_.Fail(ErrorCode::kDuplicateKey, scanner_.key_offset(),
                             "the key \"value\" appears twice");
      }
      value_seen = true;
      if (!ReadMessage(plan, content)) {
        PrependField("value", &scanner_.error());
        return false;
      }
    } else if (!ReadUnknown(key)) {
      return false;
    }
  }
  if (scanner_.failed()) return false;
  // Other writers leave the value of an Empty out.
  return value_seen || plan.kind == WellKnown::kEmpty ||
         scanner_.Fail(ErrorCode::kBadValue, scanner_.Offset(),
                       "an Any of a well-known type needs the key \"value\"");
}

}  // namespace kratos::json::internal
