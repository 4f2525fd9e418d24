// Path templates of google/api/http.proto: the one grammar that the plugin, the server and the
// client share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::route {

/// Why a template was refused. Every value is a stable, documented code.
enum class ParseErrorCode : std::uint8_t {
  kEmpty,                ///< the template has no character
  kNoLeadingSlash,       ///< it does not begin with '/'
  kEmptySegment,         ///< "//" or a trailing '/' (the template "/" alone is valid)
  kEmptyVerb,            ///< ':' with nothing behind it
  kUnclosedVariable,     ///< '{' without its '}'
  kUnopenedVariable,     ///< '}' without its '{'
  kNestedVariable,       ///< a variable inside a variable's pattern
  kEmptyFieldPath,       ///< "{}" or "{=*}"
  kBadFieldPath,         ///< a field path component that is no identifier
  kEmptyPattern,         ///< "{name=}"
  kSecondMultiWildcard,  ///< more than one "**"
  kDuplicateVariable,    ///< a field path bound twice
  kBadCharacter,         ///< '?', '#', space, control or other character a literal cannot hold,
                         ///< text glued to a variable, a variable in a verb
  kBadEscape,            ///< '%' not followed by two hexadecimal digits, or escapes of no UTF-8
  kMisplacedWildcard,    ///< '*' glued to other text inside one segment
};

/// The code's kebab-case name, such as "empty-segment"; never empty.
std::string_view ToString(ParseErrorCode code);

/// What is wrong with a template and where: `length` bytes from byte `offset` of the text.
struct ParseError {
  ParseErrorCode code = ParseErrorCode::kEmpty;
  std::size_t offset = 0;
  std::size_t length = 0;
  /// One sentence without a full stop, fit for a diagnostic: what was found and what is expected.
  std::string message;

  bool operator==(const ParseError&) const = default;
};

/// One position of a template between slashes.
struct Segment {
  enum class Kind : std::uint8_t {
    kLiteral,        ///< exactly this text
    kWildcard,       ///< `*`: one segment, neither empty nor "." or ".."
    kMultiWildcard,  ///< `**`: zero or more segments
  };
  Kind kind = Kind::kLiteral;
  /// As written in the template for kLiteral (escapes kept), empty otherwise.
  std::string literal;

  bool operator==(const Segment&) const = default;
};

/// A variable: the field it binds and the run of segments it covers, [first, last).
struct Variable {
  /// Proto field names, outermost first; never empty.
  std::vector<std::string> field_path;
  std::size_t first = 0;
  std::size_t last = 0;
  /// True when the variable can span slashes: more than one segment, or a `**`. Such values keep
  /// %2F as sent.
  bool multi_segment = false;
  /// Where the variable stands in the text: from '{' to behind '}'.
  std::size_t offset = 0;
  std::size_t length = 0;

  /// "book.name".
  std::string FieldPath() const;

  bool operator==(const Variable&) const = default;
};

/// A parsed template; a value. Grammar (google/api/http.proto, and what googleapis really
/// contains):
///
///     Template  = "/" | "/" Segments [ ":" Verb ] ;
///     Segments  = Segment { "/" Segment } ;
///     Segment   = "*" | "**" | LITERAL | Variable ;
///     Variable  = "{" FieldPath [ "=" Segments ] "}" ;
///     FieldPath = IDENT { "." IDENT } ;
///
/// At most one `**`, anywhere: segments and variables may follow it. `{x}` means `{x=*}`. The verb
/// is what follows the last ':' of the last segment outside a variable; a ':' of another segment is
/// ordinary text. A literal or verb holds the characters of an RFC 3986 path segment (letters,
/// digits, `-._~!$&'()+,;=:@`, and %-escapes of UTF-8).
class PathTemplate {
 public:
  /// Parses `text`. On failure returns nothing and, when `error` is not null, says why.
  static std::optional<PathTemplate> Parse(std::string_view text, ParseError* error = nullptr);

  /// The text it was parsed from.
  const std::string& text() const { return text_; }
  /// Segments in order, variables flattened; empty for "/".
  const std::vector<Segment>& segments() const { return segments_; }
  /// Variables in order of appearance; their ranges do not overlap.
  const std::vector<Variable>& variables() const { return variables_; }
  /// Without the colon; empty when there is none.
  const std::string& verb() const { return verb_; }
  bool has_multi_wildcard() const;

  /// The template printed from its parts; Parse(ToString()) gives the same parts. `{x=*}` is
  /// printed as `{x}`.
  std::string ToString() const;

  /// Same segments, variables and verb (positions in the text do not count).
  bool operator==(const PathTemplate& other) const;

 private:
  std::string text_;
  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

/// How the sets of paths of two templates relate.
enum class Relation : std::uint8_t {
  kDisjoint,           ///< no path matches both
  kSame,               ///< same paths: only variable names and the escaping of literals differ
  kFirstMoreSpecific,  ///< they overlap and the first wins wherever both match
  kSecondMoreSpecific,
  kCross,  ///< they overlap and each is more specific at some segment
};

struct Overlap {
  Relation relation = Relation::kDisjoint;
  /// A path that both match; empty when they are disjoint.
  std::string witness;
};

/// Compares what two templates match, by the rules that Matcher states. A template with a verb is
/// more specific than one without that takes the colon as text.
Overlap Compare(const PathTemplate& a, const PathTemplate& b);

}  // namespace kratos::route
