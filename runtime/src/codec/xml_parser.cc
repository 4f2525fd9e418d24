#include "codec/xml_parser.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include "codec/codec_error.h"
#include "kratos/json/internal/text.h"

namespace kratos::codec::internal {
namespace {

std::string Quoted(std::string_view text) { return '"' + json::internal::Excerpt(text) + '"'; }

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Char (XML 1.0, 2.2).
bool IsCharacter(std::uint32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

void AppendUtf8(std::uint32_t c, std::string* out) {
  const auto append = [out](std::uint32_t byte) { *out += static_cast<char>(byte); };
  if (c < 0x80) return append(c);
  if (c < 0x800) {
    append(0xC0 | c >> 6);
  } else {
    if (c < 0x10000) {
      append(0xE0 | c >> 12);
    } else {
      append(0xF0 | c >> 18);
      append(0x80 | (c >> 12 & 0x3F));
    }
    append(0x80 | (c >> 6 & 0x3F));
  }
  append(0x80 | (c & 0x3F));
}

/// What `&name;` stands for; nothing when that is no reference (XML 1.0, 4.1 and 4.6).
std::optional<std::uint32_t> Resolve(std::string_view name) {
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "amp") return '&';
  if (name == "quot") return '"';
  if (name == "apos") return '\'';
  if (name.substr(0, 1) != "#") return std::nullopt;
  name.remove_prefix(1);
  const bool hexadecimal = name.substr(0, 1) == "x";
  if (hexadecimal) name.remove_prefix(1);
  std::uint32_t c = 0;
  const auto [end, error] =
      std::from_chars(name.data(), name.data() + name.size(), c, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != name.data() + name.size() || !IsCharacter(c)) {
    return std::nullopt;
  }
  return c;
}

/// Checks every node, in document order and without recursion, and replaces the references.
class Checker final : public pugi::xml_tree_walker {
 public:
  explicit Checker(std::string_view source) : source_(source) {}

  Status status() const { return status_; }

  bool for_each(pugi::xml_node& node) override {
    switch (node.type()) {
      case pugi::node_declaration:
        // Its name stands behind "<?".
        if (node.offset_debug() != 2 || std::string_view(node.name()) != "xml") {
          return Fail(node, "an XML declaration stands only once, at the very start");
        }
        return Attributes(node);
      case pugi::node_element:
        return Attributes(node);
      case pugi::node_pcdata:
        if (depth() == 0) return IsBlank(node.value()) || Outside(node);
        return Text(node);
      case pugi::node_cdata:
        return depth() > 0 || Outside(node);
      default:
        return true;
    }
  }

 private:
  bool Fail(const pugi::xml_node& node, std::string_view what, std::size_t inside = 0) {
    std::string text = "not XML: ";
    text += what;
    if (const std::ptrdiff_t offset = node.offset_debug(); offset >= 0) {
      text += Describe(PositionAt(source_, static_cast<std::size_t>(offset) + inside));
    }
    status_ = BodyError(text);
    return false;
  }

  bool Outside(const pugi::xml_node& node) {
    return Fail(node, "text outside of the root element");
  }

  bool Attributes(const pugi::xml_node& node) {
    const pugi::xml_attribute first = node.first_attribute();
    names_.clear();
    for (pugi::xml_attribute attribute = first; attribute; attribute = attribute.next_attribute()) {
      // Most elements have one at most.
      if ((attribute.next_attribute() || attribute != first) &&
          !names_.insert(attribute.name()).second) {
        return Fail(node, "the attribute " + Quoted(attribute.name()) + " appears twice");
      }
      const std::string_view value = attribute.value();
      if (value.find('<') != std::string_view::npos) {
        return Fail(node, "\"<\" in an attribute: write &lt;");
      }
      if (value.find('&') == std::string_view::npos) continue;
      if (!Replace(node, value, 0)) return false;
      attribute.set_value(replaced_.c_str());
    }
    return true;
  }

  bool Text(pugi::xml_node& node) {
    const std::string_view value = node.value();
    if (const std::size_t at = value.find("]]>"); at != std::string_view::npos) {
      return Fail(node, "\"]]>\" in text: write ]]&gt;", at);
    }
    if (value.find('&') == std::string_view::npos) return true;
    if (!Replace(node, value, 1)) return false;
    node.set_value(replaced_.c_str());
    return true;
  }

  /// Puts `value` into replaced_, with what its references stand for.
  bool Replace(const pugi::xml_node& node, std::string_view value, std::size_t steps) {
    replaced_.clear();
    std::size_t at = 0;
    for (;;) {
      const std::size_t reference = std::min(value.find('&', at), value.size());
      replaced_ += value.substr(at, reference - at);
      if (reference == value.size()) return true;
      const std::size_t end = value.find_first_of("; \t\r\n&<", reference + 1);
      const bool closed = end != std::string_view::npos && value[end] == ';';
      const std::string_view name = value.substr(reference + 1, end - reference - 1);
      const auto c = closed ? Resolve(name) : std::nullopt;
      if (!c) {
        return Fail(node,
                    Quoted(value.substr(reference, name.size() + (closed ? 2 : 1))) +
                        " is no reference to a character: write & as &amp;",
                    reference * steps);
      }
      AppendUtf8(*c, &replaced_);
      at = end + 1;
    }
  }

  const std::string_view source_;
  Status status_;
  std::string replaced_;
  std::set<std::string_view> names_;
};

Status CheckCharacters(std::string_view text) {
  if (Status status = CheckText(text); !status.ok()) return status;
  for (std::size_t at = 0; (at = text.find("\xEF\xBF", at)) != std::string_view::npos; at += 2) {
    if (text.substr(at + 2, 1) == "\xBE" || text.substr(at + 2, 1) == "\xBF") {
      return BodyError("not XML: U+FFFE and U+FFFF are no characters" +
                       Describe(PositionAt(text, at)));
    }
  }
  return Status();
}

}  // namespace

Status ParseXml(std::string_view text, pugi::xml_document* document, pugi::xml_node* root) {
  if (Status status = CheckCharacters(text); !status.ok()) return status;
  // As it is, pugixml drops text around the root and further declarations, and leaves references
  // alone that are none; so it has to hand over all of them. White space is kept: only the
  // descriptor tells where it is content. A DOCTYPE is read only to be refused.
  const auto result = document->load_buffer(text.data(), text.size(),
                                            pugi::parse_cdata | pugi::parse_eol |
                                                pugi::parse_ws_pcdata | pugi::parse_doctype |
                                                pugi::parse_declaration | pugi::parse_fragment,
                                            pugi::encoding_utf8);
  if (!result) {
    return BodyError(std::string("not XML: ") + result.description() +
                     Describe(PositionAt(text, static_cast<std::size_t>(
                                                   std::max<std::ptrdiff_t>(result.offset, 0)))));
  }
  for (const pugi::xml_node& child : document->children()) {
    if (child.type() == pugi::node_doctype) return BodyError("a document type is not allowed");
    if (child.type() != pugi::node_element) continue;
    if (*root) return BodyError("not XML: more than one root element");
    *root = child;
  }
  Checker checker(text);
  document->traverse(checker);
  if (!checker.status().ok()) return checker.status();
  return *root ? Status() : BodyError("not XML: no root element");
}

}  // namespace kratos::codec::internal
