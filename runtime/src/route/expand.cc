#include "kratos/route/expand.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "kratos/route/percent.h"
#include "route/pattern.h"

namespace kratos::route {
namespace {

bool IsDots(std::string_view text) { return text == "." || text == ".."; }

std::string_view KindText(const Segment& segment) {
  switch (segment.kind) {
    case Segment::Kind::kWildcard:
      return "*";
    case Segment::Kind::kMultiWildcard:
      return "**";
    case Segment::Kind::kLiteral:
      break;
  }
  return segment.literal;
}

class Expander {
 public:
  Expander(const PathTemplate& path_template, ExpandError* error)
      : template_(path_template), error_(error) {}

  std::optional<std::string> Run(const std::function<std::string(std::size_t)>& value) {
    const std::vector<Segment>& segments = template_.segments();
    std::string path;
    std::size_t variable = 0;
    for (std::size_t i = 0; i < segments.size();) {
      if (variable < template_.variables().size() && template_.variables()[variable].first == i) {
        if (!AppendVariable(template_.variables()[variable], value(variable), &path)) {
          return std::nullopt;
        }
        i = template_.variables()[variable].last;
        ++variable;
        continue;
      }
      if (segments[i].kind != Segment::Kind::kLiteral) {
        if (error_ != nullptr) {
          const std::string star(KindText(segments[i]));
          *error_ = {"", "the path template \"" + template_.text() + "\" has a '" + star +
                             "' outside a variable, which no value can fill"};
        }
        return std::nullopt;
      }
      path += '/';
      path += segments[i].literal;
      ++i;
    }
    if (path.empty()) path += '/';
    if (!template_.verb().empty()) path += ':' + template_.verb();
    return path;
  }

 private:
  std::string PatternText(const Variable& variable) const {
    std::string out;
    for (std::size_t i = variable.first; i < variable.last; ++i) {
      if (i != variable.first) out += '/';
      out += KindText(template_.segments()[i]);
    }
    return out;
  }

  bool Fail(const Variable& variable, const std::string& what) {
    if (error_ != nullptr) {
      const std::string name = variable.FieldPath();
      *error_ = {name, "the path variable \"" + name + "\" " + what + ", expected \"" +
                           PatternText(variable) + "\""};
    }
    return false;
  }

  bool AppendVariable(const Variable& variable, const std::string& value, std::string* path) {
    if (!IsValidUtf8(value)) return Fail(variable, "is not UTF-8");
    return variable.multi_segment ? AppendRun(variable, value, path)
                                  : AppendOne(variable, value, path);
  }

  bool AppendOne(const Variable& variable, const std::string& value, std::string* path) {
    if (value.empty()) return Fail(variable, "is empty");
    const Segment& segment = template_.segments()[variable.first];
    if (segment.kind == Segment::Kind::kWildcard) {
      if (IsDots(value)) return Fail(variable, "is \"" + value + "\"");
    } else if (value != DecodeLiteral(segment.literal)) {
      return Fail(variable, "does not fit its pattern");
    }
    *path += '/';
    // A literal is encoded too: written as it is, a ':' in it could pass for a verb.
    AppendEncoded(value, /*keep_slash=*/false, path);
    return true;
  }

  bool AppendRun(const Variable& variable, const std::string& value, std::string* path) {
    const std::vector<std::string_view> pieces = Split(value);
    const std::size_t fixed = FixedSize(variable);
    const bool multi = fixed != variable.last - variable.first;
    if (value.empty() && fixed != 0) return Fail(variable, "is empty");
    if (pieces.size() < fixed || (!multi && pieces.size() != fixed)) {
      return Fail(variable, "does not fit its pattern");
    }
    std::size_t piece = 0;
    for (std::size_t i = variable.first; i < variable.last; ++i) {
      const Segment& segment = template_.segments()[i];
      std::size_t take = 1;
      if (segment.kind == Segment::Kind::kMultiWildcard) take = pieces.size() - fixed;
      for (; take > 0; --take, ++piece) {
        if (!AppendPiece(segment, variable, pieces[piece], path)) return false;
      }
    }
    return true;
  }

  bool AppendPiece(const Segment& segment, const Variable& variable, std::string_view piece,
                   std::string* path) {
    // Even `**` sends no dots: clients and proxies on the way would walk up the path.
    if (IsDots(piece) && segment.kind != Segment::Kind::kLiteral) {
      return Fail(variable, "has the segment \"" + std::string(piece) + "\"");
    }
    std::string encoded;
    AppendEncoded(piece, /*keep_slash=*/true, &encoded);
    if (segment.kind == Segment::Kind::kWildcard && piece.empty()) {
      return Fail(variable, "has an empty segment");
    }
    if (segment.kind == Segment::Kind::kLiteral &&
        DecodeLiteral(encoded) != DecodeLiteral(segment.literal)) {
      return Fail(variable, "does not fit its pattern");
    }
    *path += '/';
    *path += encoded;
    return true;
  }

  /// How many segments of the variable are not `**`.
  std::size_t FixedSize(const Variable& variable) const {
    std::size_t fixed = 0;
    for (std::size_t i = variable.first; i < variable.last; ++i) {
      fixed += template_.segments()[i].kind != Segment::Kind::kMultiWildcard;
    }
    return fixed;
  }

  /// No text at all is no segment, as in a path.
  static std::vector<std::string_view> Split(std::string_view value) {
    std::vector<std::string_view> pieces;
    if (value.empty()) return pieces;
    for (;;) {
      const std::size_t slash = value.find('/');
      pieces.push_back(value.substr(0, slash));
      if (slash == std::string_view::npos) return pieces;
      value.remove_prefix(slash + 1);
    }
  }

  const PathTemplate& template_;
  ExpandError* error_;
};

}  // namespace

std::optional<std::string> ExpandPath(const PathTemplate& path_template,
                                      const std::function<std::string(std::size_t index)>& value,
                                      ExpandError* error) {
  return Expander(path_template, error).Run(value);
}

}  // namespace kratos::route
