#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <set>

#include "codec/codec_error.h"
#include "codec/xml.h"
#include "codec/xml_parser.h"
#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/json/internal/text.h"

namespace kratos::codec::internal {

namespace pb = ::google::protobuf;
using form::internal::HasTextForm;

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view TrimSpace(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool IsText(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

/// True for types whose white space is content.
bool KeepsSpace(const pb::FieldDescriptor& field) {
  if (field.message_type() != nullptr) {
    const auto type = field.message_type()->well_known_type();
    return type == pb::Descriptor::WELLKNOWNTYPE_STRINGVALUE ||
           type == pb::Descriptor::WELLKNOWNTYPE_VALUE;
  }
  return field.type() == pb::FieldDescriptor::TYPE_STRING;
}

/// A name that the enum does not have: skipped like an unknown field. Numbers are left to the
/// reader of values.
bool IsUnknownName(const pb::FieldDescriptor& field, std::string_view text) {
  return field.enum_type() != nullptr && !text.empty() && text.front() != '-' &&
         text.front() != '+' && (text.front() < '0' || text.front() > '9') && text != "null" &&
         field.enum_type()->FindValueByName(std::string(text)) == nullptr;
}

class Reader {
 public:
  Reader(std::string_view source, const DecodeOptions& options)
      : source_(source), options_(options) {}

  Status Document(const pugi::xml_node& root, const pb::FieldDescriptor* field,
                  pb::Message* message) {
    if (field == nullptr) {
      if (HasTextForm(*message->GetDescriptor())) return WellKnown(root, 1, message);
      Status status = MessageContent(root, 1, message);
      return status.ok() ? CheckRequired(*message) : status;
    }
    if (IsNil(root)) return Status();
    if (field->is_map()) {
      Present(*field);
      return Entries(root, *field, 1, message);
    }
    if (field->is_repeated()) {
      Present(*field);
      std::size_t index = 0;
      for (const pugi::xml_node& item : root.children()) {
        if (item.type() != pugi::node_element) {
          if (Status status = OnlySpace(item); !status.ok()) return status;
          continue;
        }
        Status status = At('[' + std::to_string(index++) + ']',
                           [&] { return Value(item, *field, 2, message); });
        if (!status.ok()) return status;
      }
      return Status();
    }
    // The path begins inside the field, as in a JSON body.
    if (Status status = Value(root, *field, 1, message); !status.ok()) return status;
    return field->message_type() == nullptr
               ? Status()
               : CheckRequired(message->GetReflection()->GetMessage(*message, field));
  }

 private:
  Error Fail(const pugi::xml_node& node, std::string_view what) const {
    std::string text = path_;
    if (!text.empty()) text += ": ";
    text += what;
    const std::ptrdiff_t offset = node.offset_debug();
    if (offset >= 0) text += Describe(PositionAt(source_, static_cast<std::size_t>(offset)));
    return BodyError(text);
  }

  template <class Action>
  Status At(std::string_view step, const Action& action) {
    const std::size_t length = path_.size();
    if (length > 0 && step.front() != '[') path_ += '.';
    path_ += step;
    Status status = action();
    path_.resize(length);
    return status;
  }

  /// Notes the field the path has come to.
  void Present(const pb::FieldDescriptor&) {
    if (options_.present_paths != nullptr && !path_.empty() && in_list_ == 0) {
      options_.present_paths->push_back(path_);
    }
  }

  static bool IsNil(const pugi::xml_node& node) {
    const std::string_view nil = node.attribute("xsi:nil").value();
    return nil == "true" || nil == "1";
  }

  Status OnlySpace(const pugi::xml_node& node) const {
    if (!IsText(node) || TrimSpace(node.value()).empty()) return Status();
    return Fail(node, "text between elements");
  }

  Status Text(const pugi::xml_node& node, std::string* out) const {
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() == pugi::node_element) {
        return Fail(child, "expected text, found the element <" +
                               json::internal::Excerpt(child.name()) + ">");
      }
      if (IsText(child)) *out += child.value();
    }
    return Status();
  }

  const pb::FieldDescriptor* FindField(const pugi::xml_node& element,
                                       const pb::Descriptor& type) const {
    const std::string_view name = element.name();
    if (name == kXmlExtension && element.attribute(kXmlName)) {
      return form::internal::FindField(
          type, '[' + std::string(element.attribute(kXmlName).value()) + ']');
    }
    return form::internal::FindField(type, name);
  }

  Status WellKnown(const pugi::xml_node& node, int depth, pb::Message* message) const {
    std::string text;
    if (Status status = Text(node, &text); !status.ok()) return status;
    if (auto fault = form::internal::ReadWellKnown(text, options_.max_depth - depth, message)) {
      return Fail(node, *fault);
    }
    return Status();
  }

  Status MessageContent(const pugi::xml_node& node, int depth, pb::Message* message) {
    if (depth > options_.max_depth) return Fail(node, "nested too deep");
    const pb::Descriptor& type = *message->GetDescriptor();
    std::map<const pb::FieldDescriptor*, std::size_t> seen;  // and how often
    std::map<const pb::OneofDescriptor*, const pb::FieldDescriptor*> oneofs;
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() != pugi::node_element) {
        if (Status status = OnlySpace(child); !status.ok()) return status;
        continue;
      }
      const pb::FieldDescriptor* field = FindField(child, type);
      if (field == nullptr) {
        if (options_.ignore_unknown) continue;
        return Fail(child, "unknown field \"" + json::internal::Excerpt(child.name()) + "\"");
      }
      const std::size_t index = seen[field]++;
      Status status = At(form::internal::ProtoName(*field), [&]() -> Status {
        if (!field->is_repeated() && index > 0) return Fail(child, "given more than once");
        if (index == 0 && (field->is_repeated() || IsNil(child))) Present(*field);
        if (IsNil(child)) return Status();
        if (const auto* oneof = field->real_containing_oneof()) {
          const auto [member, first] = oneofs.emplace(oneof, field);
          if (!first) {
            return Fail(child, "excludes \"" + form::internal::ProtoName(*member->second) +
                                   "\", which is given as well");
          }
        }
        if (!field->is_repeated()) return Value(child, *field, depth, message);
        if (depth == options_.max_depth) return Fail(child, "nested too deep");
        if (field->is_map()) return Entries(child, *field, depth + 1, message);
        return At('[' + std::to_string(index) + ']', [&] {
          ++in_list_;
          Status read = Value(child, *field, depth + 1, message);
          --in_list_;
          return read;
        });
      });
      if (!status.ok()) return status;
    }
    return Status();
  }

  Status Entries(const pugi::xml_node& node, const pb::FieldDescriptor& map, int depth,
                 pb::Message* message) {
    const auto& key_field = *map.message_type()->FindFieldByNumber(1);
    const auto& value_field = *map.message_type()->FindFieldByNumber(2);
    auto& keys = keys_[{message, &map}];
    for (const pugi::xml_node& child : node.children()) {
      if (child.type() != pugi::node_element) {
        if (Status status = OnlySpace(child); !status.ok()) return status;
        continue;
      }
      const pugi::xml_node key_node = child.child(kXmlKey);
      const pugi::xml_node value_node = child.child(kXmlValue);
      if (std::string_view(child.name()) != kXmlEntry || !key_node || !value_node) {
        return Fail(child, "a map is made of <entry><key/><value/></entry>");
      }
      std::string key;
      if (Status status = Text(key_node, &key); !status.ok()) return status;
      if (key_field.type() != pb::FieldDescriptor::TYPE_STRING) key = TrimSpace(key);
      if (auto fault = form::internal::CanonicalizeKey(key_field, &key)) {
        return Fail(key_node, *fault);
      }
      Status status = At('[' + json::internal::Excerpt(key) + ']', [&]() -> Status {
        if (!keys.insert(key).second) return Fail(child, "given more than once");
        pb::Message* entry = message->GetReflection()->AddMessage(message, &map);
        if (auto fault = form::internal::ReadText(key_field, key, 0, entry)) {
          return Fail(key_node, *fault);
        }
        ++in_list_;
        Status read = Value(value_node, value_field, depth, entry);
        --in_list_;
        return read;
      });
      if (!status.ok()) return status;
    }
    return Status();
  }

  /// Sets a singular field, or appends to a list.
  Status Value(const pugi::xml_node& node, const pb::FieldDescriptor& field, int depth,
               pb::Message* message) {
    const pb::Reflection& reflection = *message->GetReflection();
    if (!HasTextForm(field)) {
      pb::Message* value = field.is_repeated() ? reflection.AddMessage(message, &field)
                                               : reflection.MutableMessage(message, &field);
      return MessageContent(node, depth + 1, value);
    }
    if (!field.is_repeated()) Present(field);
    std::string text;
    if (Status status = Text(node, &text); !status.ok()) return status;
    const std::string_view value = KeepsSpace(field) ? std::string_view(text) : TrimSpace(text);
    if (options_.ignore_unknown && IsUnknownName(field, value)) return Status();
    if (auto fault = form::internal::ReadText(field, value, options_.max_depth - depth, message)) {
      return Fail(node, *fault);
    }
    return Status();
  }

  const std::string_view source_;
  const DecodeOptions& options_;
  std::string path_;
  int in_list_ = 0;
  /// A map may come in several elements; a key only once.
  std::map<std::pair<const pb::Message*, const pb::FieldDescriptor*>, std::set<std::string>> keys_;
};

}  // namespace

Status ReadXml(std::string_view text, const pb::FieldDescriptor* field,
               const DecodeOptions& options, pb::Message* message) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  pugi::xml_document document;
  pugi::xml_node root;
  if (Status status = ParseXml(text, &document, &root); !status.ok()) return status;
  return Reader(text, options).Document(root, field, message);
}

}  // namespace kratos::codec::internal
