#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <vector>

#include "codec/yaml.h"

namespace kratos::codec::internal {
namespace {

/// A longer key must be written `? key` (YAML 1.2.2, 7.4.2: an implicit key has at most 1024
/// characters).
constexpr std::size_t kLongestImplicitKey = 1000;

/// Receives RapidJSON's events.
class Emitter {
 public:
  explicit Emitter(std::string* out) : out_(*out) {}

  bool Null() { return Scalar("null"); }
  bool Bool(bool value) { return Scalar(value ? "true" : "false"); }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return Scalar({text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    std::string scalar;
    AppendYamlString({text, length}, &scalar);
    return Scalar(scalar);
  }
  bool StartObject() { return Start(true); }
  bool StartArray() { return Start(false); }
  bool EndObject(rapidjson::SizeType members) { return End(members, "{}"); }
  bool EndArray(rapidjson::SizeType elements) { return End(elements, "[]"); }

  bool Key(const char* text, rapidjson::SizeType length, bool) {
    Open();
    std::string key;
    AppendYamlString({text, length}, &key);
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
    return true;
  }

  // Never called: numbers come as text.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

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
    if (stack_.empty() || stack_.back().map) return;
    Open();
    out_ += '-';
  }

  bool Scalar(std::string_view text) {
    BeforeValue();
    if (!stack_.empty()) out_ += ' ';
    out_ += text;
    out_ += '\n';
    return true;
  }

  bool Start(bool map) {
    BeforeValue();
    stack_.push_back({map, stack_.empty() ? 0 : stack_.back().indent + 2});
    return true;
  }

  bool End(rapidjson::SizeType count, std::string_view empty) {
    stack_.pop_back();
    if (count > 0) return true;
    if (!stack_.empty()) out_ += ' ';
    out_ += empty;
    out_ += '\n';
    return true;
  }

  std::string& out_;
  std::vector<Container> stack_;
};

}  // namespace

void JsonToYaml(const std::string& json, std::string* out) {
  rapidjson::MemoryStream stream(json.data(), json.size());
  rapidjson::Reader reader;
  Emitter emitter(out);
  // Our own JSON: it cannot fail. Iterative, because its depth is the message's.
  reader.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag>(stream,
                                                                                        emitter);
}

}  // namespace kratos::codec::internal
