#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <vector>

#include "codec/xml.h"
#include "form/field_path.h"
#include "form/scalar_text.h"
#include "kratos/json/internal/text.h"

namespace kratos::codec::internal {

namespace pb = ::google::protobuf;
using form::internal::HasTextForm;

namespace {

using Fault = std::optional<std::string>;

/// The part of XML's names that protobuf's names and nearly all json_name options lie in.
bool IsXmlName(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

class Writer {
 public:
  Writer(const EncodeOptions& options, std::string* out) : options_(options), out_(*out) {}

  Fault Document(const pb::Message& message, const pb::FieldDescriptor* field) {
    out_ += R"(<?xml version="1.0" encoding="UTF-8"?>)";
    if (options_.indent <= 0) out_ += '\n';
    if (field == nullptr) {
      return Element(std::string(message.GetDescriptor()->name()),
                     [&] { return MessageContent(message); });
    }
    const std::string name = form::internal::ProtoName(*field);
    const pb::Reflection& reflection = *message.GetReflection();
    if (field->is_map()) {
      return Element(name, [&] { return Entries(*field, message); });
    }
    if (field->is_repeated()) {
      return Element(name, [&]() -> Fault {
        for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
          if (Fault fault = Value(kXmlItem, *field, message, i)) return fault;
        }
        return std::nullopt;
      });
    }
    if (field->message_type() == nullptr && field->has_presence() &&
        !reflection.HasField(message, field)) {
      NewLine(0);
      out_ +=
          '<' + name + R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>)";
      return std::nullopt;
    }
    return Value(name, *field, message, 0);
  }

 private:
  /// `<name attributes>`, what `content` writes, `</name>`.
  template <class Content>
  Fault Element(std::string_view name, const Content& content, std::string_view attributes = {}) {
    NewLine(depth_++);
    out_ += '<';
    out_ += name;
    out_ += attributes;
    out_ += '>';
    const std::size_t start = out_.size();
    has_children_ = false;
    if (Fault fault = content()) return fault;
    --depth_;
    if (out_.size() == start) {
      out_.back() = '/';
      out_ += '>';
    } else {
      if (has_children_) NewLine(depth_);
      out_ += "</";
      out_ += name;
      out_ += '>';
    }
    has_children_ = true;  // for the element around this one
    return std::nullopt;
  }

  /// Writes a message, list or map: the levels that readers count, whatever their elements.
  template <class Content>
  Fault OneDeeper(const Content& content) {
    if (level_ >= form::internal::kMaxDepth) return "nested too deep";
    ++level_;
    Fault fault = content();
    --level_;
    return fault;
  }

  void NewLine(int depth) {
    if (options_.indent <= 0) return;
    out_ += '\n';
    out_.append(static_cast<std::size_t>(depth) * static_cast<std::size_t>(options_.indent), ' ');
  }

  Fault MessageContent(const pb::Message& message) {
    const pb::Descriptor& type = *message.GetDescriptor();
    if (HasTextForm(type)) {
      std::string text;
      if (Fault fault = form::internal::WriteWellKnown(message, &text)) return fault;
      return Text(text);
    }
    const pb::Reflection& reflection = *message.GetReflection();
    std::vector<const pb::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    if (options_.emit_unpopulated) {
      // Zeros have a form here; an empty list or map and an unset message do not.
      for (int i = 0; i < type.field_count(); ++i) {
        const auto* field = type.field(i);
        if (!field->is_repeated() && !field->has_presence() &&
            !reflection.HasField(message, field)) {
          fields.push_back(field);
        }
      }
      std::sort(fields.begin(), fields.end(),
                [](const auto* a, const auto* b) { return a->number() < b->number(); });
    }
    return OneDeeper([&]() -> Fault {
      for (const auto* field : fields) {
        if (Fault fault = Field(*field, message)) return fault;
      }
      return std::nullopt;
    });
  }

  Fault Field(const pb::FieldDescriptor& field, const pb::Message& message) {
    std::string attributes;
    std::string name =
        options_.proto_names ? std::string(field.name()) : form::internal::KeyName(field);
    if (field.is_extension()) {
      name = kXmlExtension;
      attributes = std::string(" name=\"") + std::string(field.PrintableNameForExtension()) + '"';
    } else if (!IsXmlName(name)) {
      name = field.name();
    }
    if (!field.is_repeated()) return Value(name, field, message, 0, attributes);
    return OneDeeper([&]() -> Fault {
      if (field.is_map()) {
        return Element(
            name, [&] { return Entries(field, message); }, attributes);
      }
      for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
        if (Fault fault = Value(name, field, message, i, attributes)) return fault;
      }
      return std::nullopt;
    });
  }

  Fault Entries(const pb::FieldDescriptor& map, const pb::Message& message) {
    const pb::Reflection& reflection = *message.GetReflection();
    const auto* key = map.message_type()->FindFieldByNumber(1);
    const auto* value = map.message_type()->FindFieldByNumber(2);
    std::vector<std::pair<std::string, const pb::Message*>> entries;
    for (int i = 0; i < reflection.FieldSize(message, &map); ++i) {
      const pb::Message& entry = reflection.GetRepeatedMessage(message, &map, i);
      std::string text;
      if (Fault fault = form::internal::WriteText(*key, entry, 0, &text)) return fault;
      entries.emplace_back(std::move(text), &entry);
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [text, entry] : entries) {
      Fault fault = Element(kXmlEntry, [&, &entry_text = text, &entry_message = *entry]() -> Fault {
        if (Fault inner = Element(kXmlKey, [&] { return Text(entry_text); })) return inner;
        return Value(kXmlValue, *value, entry_message, 0);
      });
      if (fault) return fault;
    }
    return std::nullopt;
  }

  Fault Value(std::string_view name, const pb::FieldDescriptor& field, const pb::Message& message,
              int index, std::string_view attributes = {}) {
    const auto content = [&]() -> Fault {
      const pb::Reflection& reflection = *message.GetReflection();
      if (field.message_type() != nullptr) {
        return MessageContent(field.is_repeated()
                                  ? reflection.GetRepeatedMessage(message, &field, index)
                                  : reflection.GetMessage(message, &field));
      }
      std::string text;
      if (options_.enum_numbers && field.enum_type() != nullptr) {
        json::internal::FormatInt64(field.is_repeated()
                                        ? reflection.GetRepeatedEnumValue(message, &field, index)
                                        : reflection.GetEnumValue(message, &field),
                                    &text);
      } else if (Fault fault = form::internal::WriteText(field, message, index, &text)) {
        return fault;
      }
      return Text(text);
    };
    Fault fault = Element(name, content, attributes);
    if (fault) return std::string(field.full_name()) + ": " + *fault;
    return std::nullopt;
  }

  /// Text is UTF-8 already; XML 1.0 has no way to write most control characters, U+FFFE and U+FFFF.
  Fault Text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      switch (c) {
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '&':
          out_ += "&amp;";
          break;
        case '\r':
          out_ += "&#13;";  // a bare one would be read as a line feed
          break;
        default:
          if ((c >= 0 && c < ' ' && c != '\t' && c != '\n') ||
              text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
            return "a character that XML cannot carry";
          }
          out_ += c;
      }
    }
    return std::nullopt;
  }

  const EncodeOptions& options_;
  std::string& out_;
  int depth_ = 0;  // of elements
  int level_ = 0;
  bool has_children_ = false;
};

}  // namespace

std::optional<std::string> WriteXml(const pb::Message& message, const pb::FieldDescriptor* field,
                                    const EncodeOptions& options, std::string* out) {
  return Writer(options, out).Document(message, field);
}

}  // namespace kratos::codec::internal
