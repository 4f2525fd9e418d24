#include <google/protobuf/descriptor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "codec/yaml.h"
#include "form/field_path.h"
#include "kratos/json/internal/text.h"

namespace kratos::codec::internal {

namespace pb = ::google::protobuf;

namespace {

constexpr std::string_view kCorePrefix = "tag:yaml.org,2002:";

/// What the descriptor expects of a value.
struct Shape {
  enum class Kind : std::uint8_t {
    kAny,     ///< unknown fields, Struct and the like: YAML's own rules decide
    kText,    ///< a string whatever it looks like
    kEnum,    ///< a name, or a number
    kNumber,  ///< bool too
    kMessage,
    kList,
    kMap,
  };

  Kind kind = Kind::kAny;
  const pb::Descriptor* message = nullptr;
  const pb::FieldDescriptor* field = nullptr;  // list, map
};

Shape ShapeOf(const pb::FieldDescriptor& field);

Shape ShapeOf(const pb::Descriptor& message) {
  switch (message.well_known_type()) {
    case pb::Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      return {Shape::Kind::kMessage, &message, nullptr};
    case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case pb::Descriptor::WELLKNOWNTYPE_DURATION:
    case pb::Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {Shape::Kind::kText, nullptr, nullptr};
    case pb::Descriptor::WELLKNOWNTYPE_ANY:
    case pb::Descriptor::WELLKNOWNTYPE_STRUCT:
    case pb::Descriptor::WELLKNOWNTYPE_VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return {};
    default:  // the wrappers
      return ShapeOf(*message.FindFieldByNumber(1));
  }
}

Shape ElementShape(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return ShapeOf(*field.message_type());
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return {Shape::Kind::kText, nullptr, nullptr};
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return {Shape::Kind::kEnum, nullptr, nullptr};
    default:
      return {Shape::Kind::kNumber, nullptr, nullptr};
  }
}

Shape ShapeOf(const pb::FieldDescriptor& field) {
  if (field.is_map()) return {Shape::Kind::kMap, nullptr, &field};
  if (field.is_repeated()) return {Shape::Kind::kList, nullptr, &field};
  return ElementShape(field);
}

Position ToPosition(const YAML::Mark& mark) {
  return {static_cast<std::size_t>(std::max(mark.line, 0)) + 1,
          static_cast<std::size_t>(std::max(mark.column, 0)) + 1};
}

/// The word for null that stands at `mark`, behind an anchor maybe; empty when there is none.
/// yaml-cpp tells that a node is null, but not how it was written, and a key is what was written.
std::string NullAt(std::string_view text, const YAML::Mark& mark) {
  text.remove_prefix(std::min(static_cast<std::size_t>(std::max(mark.pos, 0)), text.size()));
  const auto skip_to = [&text](const char* ends) {
    text.remove_prefix(std::min(text.find_first_of(ends), text.size()));
  };
  const auto skip = [&text](const char* these) {
    text.remove_prefix(std::min(text.find_first_not_of(these), text.size()));
  };
  if (text.substr(0, 1) == "&") {
    skip_to(" \t\r\n");
    skip(" \t\r\n");
    while (text.substr(0, 1) == "#") {
      skip_to("\r\n");
      skip(" \t\r\n");
    }
  }
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (text.substr(0, word.size()) == word) return std::string(word);
  }
  return "";
}

/// Leaves yaml-cpp's parser, which knows no other way out of an event; caught in YamlToJson.
struct Refused {
  std::string what;
  Position position;
};

class Handler final : public YAML::EventHandler {
 public:
  Handler(std::string_view text, Shape top, int max_depth, JsonFromYaml* out)
      : text_(text), out_(*out), top_(top), max_depth_(max_depth) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Refused{"more than one document", ToPosition(mark)};
  }
  void OnDocumentEnd() override {}
  bool empty() const { return out_.json.empty(); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    if (ExpectsKey()) return Key(NullAt(text_, mark), mark);
    BeforeValue(mark);
    out_.json += "null";
    AfterValue();
  }

  // Refused outright: aliases make a small text mean a huge one, and JSON has nothing like them.
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{"an alias (*name) is not allowed", ToPosition(mark)};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    // yaml-cpp composes escapes such as \uD800 without a look.
    if (!json::internal::IsValidUtf8(value)) throw Refused{"not valid UTF-8", ToPosition(mark)};
    if (ExpectsKey()) return Key(value, mark);
    BeforeValue(mark);
    Scalar(mark, tag, value);
    AfterValue();
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    CheckCollectionTag(mark, tag, "seq");
    Start(mark, false);
  }
  void OnSequenceEnd() override { End(']'); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    CheckCollectionTag(mark, tag, "map");
    Start(mark, true);
  }
  void OnMapEnd() override { End('}'); }

 private:
  struct Level {
    bool map;
    Shape shape;
    bool empty = true;
    bool key_next = true;
    Shape value = {};  // of the key just read
  };

  bool ExpectsKey() const {
    return !levels_.empty() && levels_.back().map && levels_.back().key_next;
  }

  void Mark(const YAML::Mark& mark) { out_.marks.push_back({out_.json.size(), ToPosition(mark)}); }

  void Key(const std::string& key, const YAML::Mark& mark) {
    Level& level = levels_.back();
    if (!level.empty) out_.json += ',';
    level.empty = false;
    level.key_next = false;
    Mark(mark);
    json::internal::AppendQuoted(key, &out_.json);
    out_.json += ':';
    level.value = {};
    if (level.shape.kind == Shape::Kind::kMessage) {
      if (const auto* field = form::internal::FindField(*level.shape.message, key)) {
        level.value = ShapeOf(*field);
      }
    } else if (level.shape.kind == Shape::Kind::kMap) {
      level.value = ElementShape(*level.shape.field->message_type()->FindFieldByNumber(2));
    }
  }

  Shape NextShape() const {
    if (levels_.empty()) return top_;
    const Level& level = levels_.back();
    if (level.map) return level.value;
    return level.shape.kind == Shape::Kind::kList ? ElementShape(*level.shape.field) : Shape{};
  }

  void BeforeValue(const YAML::Mark& mark) {
    if (!levels_.empty() && !levels_.back().map) {
      if (!levels_.back().empty) out_.json += ',';
      levels_.back().empty = false;
    }
    Mark(mark);
  }

  void AfterValue() {
    if (!levels_.empty()) levels_.back().key_next = true;
  }

  void Start(const YAML::Mark& mark, bool map) {
    if (ExpectsKey()) throw Refused{"a key must be a scalar", ToPosition(mark)};
    // The last level may hold an empty list or map: the reader of the JSON decides.
    if (static_cast<int>(levels_.size()) > max_depth_) {
      throw Refused{"nested deeper than " + std::to_string(max_depth_) + " levels",
                    ToPosition(mark)};
    }
    const Shape shape = NextShape();
    BeforeValue(mark);
    out_.json += map ? '{' : '[';
    levels_.push_back({map, shape});
  }

  void End(char bracket) {
    out_.json += bracket;
    levels_.pop_back();
    AfterValue();
  }

  static void CheckCollectionTag(const YAML::Mark& mark, std::string_view tag,
                                 std::string_view core) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    if (tag.substr(0, kCorePrefix.size()) == kCorePrefix &&
        tag.substr(kCorePrefix.size()) == core) {
      return;
    }
    throw Refused{"the tag " + json::internal::Excerpt(tag) + " is not known here",
                  ToPosition(mark)};
  }

  void Scalar(const YAML::Mark& mark, std::string_view tag, const std::string& value) {
    const Shape::Kind kind = NextShape().kind;
    // yaml-cpp's tags: "?" plain, "!" quoted, else the tag written out.
    bool resolve = tag.empty() || tag == "?";
    if (resolve) {
      resolve = kind != Shape::Kind::kText;
    } else if (tag.substr(0, kCorePrefix.size()) == kCorePrefix) {
      const std::string_view core = tag.substr(kCorePrefix.size());
      resolve = core == "int" || core == "float" || core == "bool" || core == "null";
      if (!resolve && core != "str" && core != "binary" && core != "timestamp") {
        throw Refused{"the tag " + json::internal::Excerpt(tag) + " is not known here",
                      ToPosition(mark)};
      }
    } else if (tag != "!") {
      throw Refused{"the tag " + json::internal::Excerpt(tag) + " is not known here",
                    ToPosition(mark)};
    }
    if (resolve) {
      auto resolved = ResolvePlainScalar(value);
      // A Struct holds no infinity: there it stays the word that was written.
      if (resolved && !(kind == Shape::Kind::kAny && resolved->front() == '"')) {
        out_.json += *resolved;
        return;
      }
    }
    json::internal::AppendQuoted(value, &out_.json);
  }

  const std::string_view text_;
  JsonFromYaml& out_;
  const Shape top_;
  const int max_depth_;
  int documents_ = 0;
  std::vector<Level> levels_;
};

}  // namespace

Position JsonFromYaml::Find(std::size_t offset) const {
  const auto after =
      std::upper_bound(marks.begin(), marks.end(), offset,
                       [](std::size_t o, const Mark& mark) { return o < mark.json_offset; });
  return after == marks.begin() ? Position{1, 1} : std::prev(after)->yaml;
}

Status YamlToJson(std::string_view text, const pb::Descriptor& message,
                  const pb::FieldDescriptor* field, int max_depth, JsonFromYaml* out) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (Status status = CheckText(text); !status.ok()) return status;
  Handler handler(text, field == nullptr ? ShapeOf(message) : ShapeOf(*field), max_depth, out);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
  } catch (const Refused& refused) {
    return BodyError(refused.what + Describe(refused.position));
  } catch (const YAML::Exception& error) {
    return BodyError("not YAML: " + error.msg + Describe(ToPosition(error.mark)));
  }
  if (handler.empty()) return BodyError("an empty document");
  return Status();
}

}  // namespace kratos::codec::internal
