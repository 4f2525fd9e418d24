#include "kratos/route/path_template.h"

#include <algorithm>
#include <utility>

#include "route/template_parser.h"

namespace kratos::route {
namespace {

std::string_view Print(const Segment& segment) {
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

/// "a/*/b" for the segments [first, last).
std::string PrintRun(const std::vector<Segment>& segments, std::size_t first, std::size_t last) {
  std::string out;
  for (std::size_t i = first; i < last; ++i) {
    if (i != first) out += '/';
    out += Print(segments[i]);
  }
  return out;
}

}  // namespace

std::string_view ToString(ParseErrorCode code) {
  switch (code) {
    case ParseErrorCode::kEmpty:
      return "empty";
    case ParseErrorCode::kNoLeadingSlash:
      return "no-leading-slash";
    case ParseErrorCode::kEmptySegment:
      return "empty-segment";
    case ParseErrorCode::kEmptyVerb:
      return "empty-verb";
    case ParseErrorCode::kUnclosedVariable:
      return "unclosed-variable";
    case ParseErrorCode::kUnopenedVariable:
      return "unopened-variable";
    case ParseErrorCode::kNestedVariable:
      return "nested-variable";
    case ParseErrorCode::kEmptyFieldPath:
      return "empty-field-path";
    case ParseErrorCode::kBadFieldPath:
      return "bad-field-path";
    case ParseErrorCode::kEmptyPattern:
      return "empty-pattern";
    case ParseErrorCode::kSecondMultiWildcard:
      return "second-multi-wildcard";
    case ParseErrorCode::kDuplicateVariable:
      return "duplicate-variable";
    case ParseErrorCode::kBadCharacter:
      return "bad-character";
    case ParseErrorCode::kBadEscape:
      return "bad-escape";
    case ParseErrorCode::kMisplacedWildcard:
      return "misplaced-wildcard";
  }
  return "unknown";
}

std::string Variable::FieldPath() const {
  std::string out;
  for (const std::string& name : field_path) {
    if (!out.empty()) out += '.';
    out += name;
  }
  return out;
}

std::optional<PathTemplate> PathTemplate::Parse(std::string_view text, ParseError* error) {
  ParseError ignored;
  std::optional<TemplateParts> parts = ParseTemplate(text, error != nullptr ? error : &ignored);
  if (!parts) return std::nullopt;
  PathTemplate result;
  result.text_ = text;
  result.segments_ = std::move(parts->segments);
  result.variables_ = std::move(parts->variables);
  result.verb_ = std::move(parts->verb);
  return result;
}

bool PathTemplate::has_multi_wildcard() const {
  return std::any_of(segments_.begin(), segments_.end(), [](const Segment& segment) {
    return segment.kind == Segment::Kind::kMultiWildcard;
  });
}

std::string PathTemplate::ToString() const {
  if (segments_.empty()) return "/";
  std::string out;
  auto variable = variables_.begin();
  for (std::size_t i = 0; i < segments_.size();) {
    out += '/';
    if (variable == variables_.end() || variable->first != i) {
      out += Print(segments_[i++]);
      continue;
    }
    const std::string pattern = PrintRun(segments_, variable->first, variable->last);
    out += '{' + variable->FieldPath();
    if (pattern != "*") out += '=' + pattern;
    out += '}';
    i = variable->last;
    ++variable;
  }
  if (!verb_.empty()) out += ':' + verb_;
  return out;
}

bool PathTemplate::operator==(const PathTemplate& other) const {
  return segments_ == other.segments_ && verb_ == other.verb_ &&
         std::equal(variables_.begin(), variables_.end(), other.variables_.begin(),
                    other.variables_.end(), [](const Variable& a, const Variable& b) {
                      return a.field_path == b.field_path && a.first == b.first && a.last == b.last;
                    });
}

}  // namespace kratos::route
