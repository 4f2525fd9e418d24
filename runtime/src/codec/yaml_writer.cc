#include <algorithm>
#include <vector>

#include "codec/yaml.h"

namespace kratos::codec::internal {
namespace {

/// A longer key must be written `? key` (YAML 1.2.2, 7.4.2: an implicit key has at most 1024
/// characters).
constexpr std::size_t kLongestImplicitKey = 1000;

/// Writes one JSON value after the other, as they come.
class Emitter {
 public:
  explicit Emitter(std::string* out) : out_(*out) {}

  /// True when the next string is a key.
  bool ExpectsKey() const { return !stack_.empty() && stack_.back().map && !after_key_; }

  /// A number, word or string, as YAML spells it.
  void Scalar(std::string_view text) {
    BeforeValue();
    if (!stack_.empty()) out_ += ' ';
    out_ += text;
    out_ += '\n';
  }

  void Key(std::string_view key) {
    Open();
    if (key.size() > kLongestImplicitKey) {
      out_ += "? ";
      out_ += key;
      out_ += '\n';
      out_.append(stack_.back().indent, ' ');
      out_ += ':';
    } else {
      out_ += key;
      out_ += ':';
    }
    after_key_ = true;
  }

  void Start(bool map) {
    BeforeValue();
    stack_.push_back({map, stack_.empty() ? 0 : stack_.back().indent + 2});
  }

  void End(std::string_view empty) {
    const bool opened = stack_.back().opened;
    stack_.pop_back();
    if (opened) return;
    if (!stack_.empty()) out_ += ' ';
    out_ += empty;
    out_ += '\n';
  }

 private:
  struct Container {
    bool map;
    std::size_t indent;
    bool opened = false;  // something has been written into it
  };

  /// Begins a line for the next member of the innermost container.
  void Open() {
    Container& inner = stack_.back();
    if (!inner.opened) {
      inner.opened = true;
      if (stack_.size() > 1) {
        if (!stack_[stack_.size() - 2].map) {
          out_ += ' ';  // "- key: value": the first member stands beside its dash
          return;
        }
        out_ += '\n';
      }
    }
    out_.append(inner.indent, ' ');
  }

  /// The dash of a list's element; a map's key has been written already.
  void BeforeValue() {
    after_key_ = false;
    if (stack_.empty() || stack_.back().map) return;
    Open();
    out_ += '-';
  }

  std::string& out_;
  std::vector<Container> stack_;
  bool after_key_ = false;
};

/// The length of the string literal that `json` begins with, quotes included.
std::size_t StringLength(std::string_view json) {
  std::size_t end = 1;
  while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return end + 1;
}

/// A JSON string is a double-quoted YAML scalar; only what can stand plain is changed.
std::string_view YamlScalar(std::string_view literal) {
  const std::string_view content = literal.substr(1, literal.size() - 2);
  return IsPlainSafe(content) ? content : literal;
}

}  // namespace

void JsonToYaml(std::string_view json, std::string* out) {
  Emitter emitter(out);
  // Our own JSON, on one line: it is well-formed. Not recursive, because its depth is the
  // message's.
  while (!json.empty()) {
    std::size_t length = 1;
    switch (json.front()) {
      case '{':
      case '[':
        emitter.Start(json.front() == '{');
        break;
      case '}':
        emitter.End("{}");
        break;
      case ']':
        emitter.End("[]");
        break;
      case ',':
      case ':':
        break;
      case '"': {
        length = StringLength(json);
        const std::string_view scalar = YamlScalar(json.substr(0, length));
        emitter.ExpectsKey() ? emitter.Key(scalar) : emitter.Scalar(scalar);
        break;
      }
      default:
        length = std::min(json.find_first_of(",]}"), json.size());
        emitter.Scalar(json.substr(0, length));
    }
    json.remove_prefix(length);
  }
}

}  // namespace kratos::codec::internal
