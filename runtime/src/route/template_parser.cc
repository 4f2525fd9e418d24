#include "route/template_parser.h"

#include <algorithm>
#include <utility>

#include "kratos/route/percent.h"
#include "route/chars.h"

namespace kratos::route {
namespace {

/// Names a character in a message: printable ones as they are, others by their byte.
std::string Quote(char c) {
  if (c > 0x20 && c < 0x7F) return std::string("'") + c + "'";
  if (c == ' ') return "a space";
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  return std::string("byte 0x") + kHex[byte >> 4] + kHex[byte & 0xF];
}

/// One pass from left to right; the first problem ends it.
class Parser {
 public:
  Parser(std::string_view text, ParseError* error) : text_(text), error_(error) {}

  bool Run() {
    if (text_.empty()) {
      return Fail(ParseErrorCode::kEmpty, 0, 0, "the path template is empty, expected '/'");
    }
    if (text_[0] != '/') {
      return Fail(ParseErrorCode::kNoLeadingSlash, 0, 1,
                  "found " + Quote(text_[0]) + " where the path template must begin with '/'");
    }
    pos_ = 1;
    if (AtEnd()) return true;  // "/" alone
    return ParseTopLevel();
  }

  TemplateParts parts;

 private:
  bool AtEnd() const { return pos_ == text_.size(); }
  char Peek() const { return text_[pos_]; }

  bool Fail(ParseErrorCode code, std::size_t offset, std::size_t length, std::string message) {
    *error_ = ParseError{code, offset, length, std::move(message)};
    return false;
  }

  bool FailEmptySegment() {
    // Points at the slash that closes or opens the gap.
    const std::size_t at = AtEnd() ? pos_ - 1 : pos_;
    return Fail(ParseErrorCode::kEmptySegment, at, 1,
                AtEnd() ? "the path template ends in '/', expected a segment behind it"
                        : "a segment is empty, expected a literal, '*', '**' or a variable");
  }

  /// Segments up to the end of the text, and the verb.
  bool ParseTopLevel() {
    // No '/' and no variable can stand behind the verb's colon, so it is known before the segments
    // are.
    const std::size_t verb_colon = FindVerbColon();
    const std::size_t end = verb_colon == std::string_view::npos ? text_.size() : verb_colon;
    for (;;) {
      if (pos_ == end || Peek() == '/') return FailEmptySegment();
      if (Peek() == '{') {
        if (!ParseVariable()) return false;
        if (pos_ < end && Peek() != '/') return FailAfterVariable();
      } else if (!ParsePlainSegment(end, /*in_variable=*/false)) {
        return false;
      }
      if (pos_ == end) break;
      ++pos_;  // the '/'
    }
    return verb_colon == std::string_view::npos || ParseVerb(verb_colon);
  }

  /// The last ':' of the last segment outside a variable.
  std::size_t FindVerbColon() const {
    std::size_t colon = std::string_view::npos;
    bool in_variable = false;
    for (std::size_t i = pos_; i < text_.size(); ++i) {
      switch (text_[i]) {
        case '{':
          in_variable = true;
          break;
        case '}':
          in_variable = false;
          break;
        case ':':
          if (!in_variable) colon = i;
          break;
        case '/':
          if (!in_variable) colon = std::string_view::npos;
          break;
        default:
          break;
      }
    }
    return colon;
  }

  bool FailAfterVariable() {
    if (Peek() == '}') return FailUnopened();
    return Fail(ParseErrorCode::kBadCharacter, pos_, 1,
                "found " + Quote(Peek()) + " behind a variable, expected '/', a verb or the end");
  }

  bool FailUnopened() {
    return Fail(ParseErrorCode::kUnopenedVariable, pos_, 1, "found '}' without a '{' before it");
  }

  /// A literal or a wildcard, up to `end`, '/' or (in a variable) '}'.
  bool ParsePlainSegment(std::size_t end, bool in_variable) {
    const std::size_t start = pos_;
    while (pos_ < end && Peek() != '/' && !(in_variable && Peek() == '}')) {
      const char c = Peek();
      if (c == '*') {
        ++pos_;
      } else if (c == '}') {
        return FailUnopened();
      } else if (c == '{' && in_variable) {
        return Fail(ParseErrorCode::kNestedVariable, pos_, 1,
                    "found '{' inside a variable, expected '}' first: variables do not nest");
      } else if (c == '{') {
        return Fail(ParseErrorCode::kBadCharacter, pos_, 1,
                    "found '{' inside a segment: a variable must be a segment of its own");
      } else if (!TakeLiteralChar()) {
        return false;
      }
    }
    const std::string_view segment = text_.substr(start, pos_ - start);
    const std::size_t star = segment.find('*');
    if (star == std::string_view::npos) return AddLiteral(segment, start);
    if (segment != "*" && segment != "**") {
      return Fail(ParseErrorCode::kMisplacedWildcard, start + star,
                  std::min(segment.find_first_not_of('*', star), segment.size()) - star,
                  "found '*' glued to other text: a segment is a literal, '*' or '**'");
    }
    if (segment == "**") {
      if (seen_multi_) {
        return Fail(ParseErrorCode::kSecondMultiWildcard, start, 2,
                    "found a second '**': a path template holds at most one");
      }
      seen_multi_ = true;
    }
    parts.segments.push_back(
        {segment == "**" ? Segment::Kind::kMultiWildcard : Segment::Kind::kWildcard, {}});
    return true;
  }

  bool AddLiteral(std::string_view segment, std::size_t start) {
    if (!CheckUtf8(segment, start)) return false;
    parts.segments.push_back({Segment::Kind::kLiteral, std::string(segment)});
    return true;
  }

  /// A literal whose escapes are no UTF-8 could never be asked for.
  bool CheckUtf8(std::string_view literal, std::size_t start) {
    std::string decoded;
    if (DecodeSegment(literal, &decoded) == DecodeError::kNone) return true;
    return Fail(ParseErrorCode::kBadEscape, start, literal.size(),
                "the escapes of this literal do not decode to UTF-8");
  }

  /// One character or escape of a literal or a verb.
  bool TakeLiteralChar() {
    const char c = Peek();
    if (c == '%') {
      if (text_.size() - pos_ < 3 || HexValue(text_[pos_ + 1]) < 0 ||
          HexValue(text_[pos_ + 2]) < 0) {
        return Fail(ParseErrorCode::kBadEscape, pos_, std::min<std::size_t>(3, text_.size() - pos_),
                    "found '%' without two hexadecimal digits behind it");
      }
      pos_ += 3;
      return true;
    }
    if (!IsLiteralChar(c)) {
      return Fail(ParseErrorCode::kBadCharacter, pos_, 1,
                  "found " + Quote(c) + " in a literal: percent-encode it or leave it out");
    }
    ++pos_;
    return true;
  }

  bool ParseVerb(std::size_t colon) {
    pos_ = colon + 1;
    if (AtEnd()) {
      return Fail(ParseErrorCode::kEmptyVerb, colon, 1, "found ':' without a verb behind it");
    }
    while (!AtEnd()) {
      if (Peek() == '*') {
        return Fail(ParseErrorCode::kMisplacedWildcard, pos_, 1,
                    "found '*' in a verb, expected literal text");
      }
      if (Peek() == '}') return FailUnopened();
      if (!TakeLiteralChar()) return false;
    }
    const std::string_view verb = text_.substr(colon + 1);
    if (!CheckUtf8(verb, colon + 1)) return false;
    parts.verb = verb;
    return true;
  }

  bool FailUnclosed(std::size_t open) {
    return Fail(ParseErrorCode::kUnclosedVariable, open, 1, "found '{' without its '}'");
  }

  bool ParseVariable() {
    Variable variable;
    variable.offset = pos_;
    variable.first = parts.segments.size();
    ++pos_;
    const std::size_t path_start = pos_;
    if (!ParseFieldPath(variable.offset, &variable)) return false;
    const std::size_t path_end = pos_;
    if (Peek() == '=') {
      ++pos_;
      if (!ParseVariablePattern(variable.offset)) return false;
    } else {
      parts.segments.push_back({Segment::Kind::kWildcard, {}});
    }
    ++pos_;  // the '}'
    variable.last = parts.segments.size();
    variable.length = pos_ - variable.offset;
    variable.multi_segment = variable.last - variable.first > 1 ||
                             parts.segments[variable.first].kind == Segment::Kind::kMultiWildcard;
    for (const Variable& other : parts.variables) {
      if (other.field_path == variable.field_path) {
        return Fail(ParseErrorCode::kDuplicateVariable, path_start, path_end - path_start,
                    "the variable '" + variable.FieldPath() + "' is bound a second time");
      }
    }
    parts.variables.push_back(std::move(variable));
    return true;
  }

  /// Stops at '=' or '}'.
  bool ParseFieldPath(std::size_t open, Variable* variable) {
    const std::size_t start = pos_;
    for (;;) {
      const std::size_t component = pos_;
      while (!AtEnd() && (pos_ == component ? IsIdentStart(Peek()) : IsIdentChar(Peek()))) ++pos_;
      if (AtEnd()) return FailUnclosed(open);
      const bool closes = Peek() == '=' || Peek() == '}';
      if (closes && pos_ == start) {
        return Fail(ParseErrorCode::kEmptyFieldPath, open, pos_ + 1 - open,
                    "the variable names no field");
      }
      if (pos_ == component || (!closes && Peek() != '.')) return FailFieldPath(open);
      variable->field_path.emplace_back(text_.substr(component, pos_ - component));
      if (closes) return true;
      ++pos_;  // the '.'
    }
  }

  bool FailFieldPath(std::size_t open) {
    if (Peek() == '{') {
      return Fail(ParseErrorCode::kNestedVariable, pos_, 1,
                  "found '{' inside a variable, expected '}' first: variables do not nest");
    }
    if (text_.find('}', pos_) == std::string_view::npos) return FailUnclosed(open);
    return Fail(
        ParseErrorCode::kBadFieldPath, pos_, 1,
        "found " + Quote(Peek()) + " in a field path, expected field names with dots between");
  }

  /// Stops at '}'.
  bool ParseVariablePattern(std::size_t open) {
    if (AtEnd()) return FailUnclosed(open);
    if (Peek() == '}') {
      return Fail(ParseErrorCode::kEmptyPattern, pos_ - 1, 1,
                  "found '=' without a pattern behind it");
    }
    for (;;) {
      if (AtEnd()) return FailUnclosed(open);
      if (Peek() == '/') return FailEmptySegment();
      if (Peek() == '}') {
        return Fail(ParseErrorCode::kEmptySegment, pos_ - 1, 1,
                    "the variable's pattern ends in '/', expected a segment behind it");
      }
      if (!ParsePlainSegment(text_.size(), /*in_variable=*/true)) return false;
      if (AtEnd()) return FailUnclosed(open);
      if (Peek() == '}') return true;
      ++pos_;  // the '/'
    }
  }

  std::string_view text_;
  ParseError* error_;
  std::size_t pos_ = 0;
  bool seen_multi_ = false;
};

}  // namespace

std::optional<TemplateParts> ParseTemplate(std::string_view text, ParseError* error) {
  Parser parser(text, error);
  if (!parser.Run()) return std::nullopt;
  return std::move(parser.parts);
}

}  // namespace kratos::route
