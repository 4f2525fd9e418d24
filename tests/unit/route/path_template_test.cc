#include "kratos/route/path_template.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"

namespace kratos::route {
namespace {

/// "a * ** | book.name[1,3)+ | verb": segments, variables ('+' when they span segments), verb.
std::string Describe(const PathTemplate& path_template) {
  std::string out;
  for (const Segment& segment : path_template.segments()) {
    if (!out.empty()) out += ' ';
    switch (segment.kind) {
      case Segment::Kind::kLiteral:
        out += segment.literal;
        break;
      case Segment::Kind::kWildcard:
        out += '*';
        break;
      case Segment::Kind::kMultiWildcard:
        out += "**";
        break;
    }
  }
  out += " |";
  for (const Variable& variable : path_template.variables()) {
    out += ' ' + variable.FieldPath() + '[' + std::to_string(variable.first) + ',' +
           std::to_string(variable.last) + ')' + (variable.multi_segment ? "+" : "");
  }
  return out + " | " + path_template.verb();
}

TEST_CASE("templates of every shape are parsed and printed", "[path_template]") {
  struct Row {
    const char* name;
    std::string text;
    std::string parts;
    std::string printed;  // when it is not the text
  };
  const Row rows[] = {
      {"root", "/", " | | ", ""},
      {"one literal", "/v1", "v1 | | ", ""},
      {"bare wildcard", "/v1/*/x", "v1 * x | | ", ""},
      {"bare multi wildcard", "/v1/**", "v1 ** | | ", ""},
      {"plain variable", "/v1/{name}", "v1 * | name[1,2) | ", ""},
      {"spelled-out wildcard", "/v1/{name=*}", "v1 * | name[1,2) | ", "/v1/{name}"},
      {"field path", "/v1/{a.b_c.D1}", "v1 * | a.b_c.D1[1,2) | ", ""},
      {"pattern", "/v1/{name=a/*/b/*}", "v1 a * b * | name[1,5)+ | ", ""},
      {"multi wildcard pattern", "/v1/{name=**}", "v1 ** | name[1,2)+ | ", ""},
      {"pattern ending in **", "/v1/{name=a/**}", "v1 a ** | name[1,3)+ | ", ""},
      {"literal pattern", "/v1/{name=a}", "v1 a | name[1,2) | ", ""},
      {"verb after literal", "/v1/x:go", "v1 x | | go", ""},
      {"verb after variable", "/v1/{x}:go", "v1 * | x[1,2) | go", ""},
      {"verb after wildcard", "/v1/*:go", "v1 * | | go", ""},
      {"verb after multi wildcard", "/v1/**:go", "v1 ** | | go", ""},
      {"verb after pattern", "/v1/{x=a/**}:go", "v1 a ** | x[1,3)+ | go", ""},
      {"literal after **", "/v1/{x=a/**}/b", "v1 a ** b | x[1,3)+ | ", ""},
      {"variable after **", "/v1/{x=**}/b/{y}:go", "v1 ** b * | x[1,2)+ y[3,4) | go", ""},
      {"segments after ** in a variable", "/v1/{x=**/b/*}", "v1 ** b * | x[1,4)+ | ", ""},
      {"bare ** in the middle", "/v1/**/b", "v1 ** b | | ", ""},
      {"two variables in a row", "/{a}/{b}", "* * | a[0,1) b[1,2) | ", ""},
      {"colon in an earlier segment", "/v1:x/y", "v1:x y | | ", ""},
      {"colon leads an earlier segment", "/:x/y", ":x y | | ", ""},
      {"last colon only", "/v1/a:b:c", "v1 a:b | | c", ""},
      {"colon inside a variable", "/v1/{x=a:b}", "v1 a:b | x[1,2) | ", ""},
      {"colon inside and outside", "/v1/{x=a:b}:c", "v1 a:b | x[1,2) | c", ""},
      {"earlier colon, then verb", "/a:b/{x}:c", "a:b * | x[1,2) | c", ""},
      {"all literal characters", "/-._~!$&'()+,;=@:v", "-._~!$&'()+,;=@ | | v", ""},
      {"equals sign inside a variable", "/{x=a=b}", "a=b | x[0,1) | ", ""},
      {"escapes are kept", "/a%2Fb/%c3%A9:%7e", "a%2Fb %c3%A9 | | %7e", ""},
      {"dots", "/./..", ". .. | | ", ""},
      {"version in a literal", "/$discovery/rest", "$discovery rest | | ", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name << ": " << row.text);
    ParseError error;
    const auto parsed = PathTemplate::Parse(row.text, &error);
    INFO(error.message);
    REQUIRE(parsed);
    CHECK(parsed->text() == row.text);
    CHECK(Describe(*parsed) == row.parts);
    CHECK(parsed->ToString() == (row.printed.empty() ? row.text : row.printed));
    CHECK(*PathTemplate::Parse(parsed->ToString()) == *parsed);
  }
}

TEST_CASE("refused templates give code and place", "[path_template]") {
  using Code = ParseErrorCode;
  struct Row {
    const char* name;
    std::string text;
    Code code;
    std::size_t offset;
    std::size_t length;
  };
  const Row rows[] = {
      {"empty", "", Code::kEmpty, 0, 0},
      {"no slash", "v1/x", Code::kNoLeadingSlash, 0, 1},
      {"variable first", "{x}", Code::kNoLeadingSlash, 0, 1},
      {"double slash", "/a//b", Code::kEmptySegment, 3, 1},
      {"only slashes", "//", Code::kEmptySegment, 1, 1},
      {"trailing slash", "/a/", Code::kEmptySegment, 2, 1},
      {"slash after variable", "/{a}/", Code::kEmptySegment, 4, 1},
      {"nothing before the verb", "/v1/:go", Code::kEmptySegment, 4, 1},
      {"verb alone", "/:go", Code::kEmptySegment, 1, 1},
      {"pattern begins with slash", "/{a=/b}", Code::kEmptySegment, 4, 1},
      {"pattern ends with slash", "/{a=b/}", Code::kEmptySegment, 5, 1},
      {"double slash in pattern", "/{a=b//c}", Code::kEmptySegment, 6, 1},
      {"empty verb", "/a:", Code::kEmptyVerb, 2, 1},
      {"empty verb after variable", "/{a}:", Code::kEmptyVerb, 4, 1},
      {"empty second verb", "/a:b:", Code::kEmptyVerb, 4, 1},
      {"unclosed", "/{a", Code::kUnclosedVariable, 1, 1},
      {"unclosed at once", "/{", Code::kUnclosedVariable, 1, 1},
      {"unclosed behind a dot", "/{a.", Code::kUnclosedVariable, 1, 1},
      {"unclosed before pattern", "/{a=", Code::kUnclosedVariable, 1, 1},
      {"unclosed in pattern", "/{a=b/*", Code::kUnclosedVariable, 1, 1},
      {"unclosed before a slash", "/{a/b", Code::kUnclosedVariable, 1, 1},
      {"unopened", "/a}", Code::kUnopenedVariable, 2, 1},
      {"unopened alone", "/}", Code::kUnopenedVariable, 1, 1},
      {"closed twice", "/{a}}", Code::kUnopenedVariable, 4, 1},
      {"unopened in verb", "/a:b}", Code::kUnopenedVariable, 4, 1},
      {"nested in pattern", "/{a=b/{c}}", Code::kNestedVariable, 6, 1},
      {"nested in literal", "/{a=b{c}}", Code::kNestedVariable, 5, 1},
      {"nested in field path", "/{a{b}}", Code::kNestedVariable, 3, 1},
      {"no field", "/{}", Code::kEmptyFieldPath, 1, 2},
      {"no field before pattern", "/{=*}", Code::kEmptyFieldPath, 1, 2},
      {"digit first", "/{1a}", Code::kBadFieldPath, 2, 1},
      {"dash", "/{a-b}", Code::kBadFieldPath, 3, 1},
      {"spaces", "/{ a }", Code::kBadFieldPath, 2, 1},
      {"dot first", "/{.a}", Code::kBadFieldPath, 2, 1},
      {"dot last", "/{a.}", Code::kBadFieldPath, 4, 1},
      {"two dots", "/{a..b}", Code::kBadFieldPath, 4, 1},
      {"slash in field path", "/{a/b}", Code::kBadFieldPath, 3, 1},
      {"regular expression", "/{a:[0-9]+}", Code::kBadFieldPath, 3, 1},
      {"star for a field", "/{*}", Code::kBadFieldPath, 2, 1},
      {"no pattern", "/{a=}", Code::kEmptyPattern, 3, 1},
      {"two multi wildcards", "/**/a/**", Code::kSecondMultiWildcard, 6, 2},
      {"two in one variable", "/{a=**/**}", Code::kSecondMultiWildcard, 7, 2},
      {"in two variables", "/{a=**}/{b=**}", Code::kSecondMultiWildcard, 11, 2},
      {"bound twice", "/{a}/{a}", Code::kDuplicateVariable, 6, 1},
      {"path bound twice", "/{a.b}/x/{a.b=c/*}", Code::kDuplicateVariable, 10, 3},
      {"question mark", "/a?b", Code::kBadCharacter, 2, 1},
      {"fragment", "/a#b", Code::kBadCharacter, 2, 1},
      {"space", "/a b", Code::kBadCharacter, 2, 1},
      {"leading space", "/ a", Code::kBadCharacter, 1, 1},
      {"control", "/a\nb", Code::kBadCharacter, 2, 1},
      {"delete", "/a\x7F", Code::kBadCharacter, 2, 1},
      {"not ASCII", "/\xC3\xA9", Code::kBadCharacter, 1, 1},
      {"backslash", "/a\\b", Code::kBadCharacter, 2, 1},
      {"bracket", "/[a]", Code::kBadCharacter, 1, 1},
      {"in a pattern", "/{a=b?}", Code::kBadCharacter, 5, 1},
      {"in a verb", "/a:b?", Code::kBadCharacter, 4, 1},
      {"variable glued to text", "/a{b}", Code::kBadCharacter, 2, 1},
      {"text glued to variable", "/{a}b", Code::kBadCharacter, 4, 1},
      {"variables glued", "/{a}{b}", Code::kBadCharacter, 4, 1},
      {"variable as verb", "/a:{b}", Code::kBadCharacter, 3, 1},
      {"verb before a slash", "/{a}:b/c", Code::kBadCharacter, 4, 1},
      {"two verbs behind a variable", "/{a}:b:c", Code::kBadCharacter, 4, 1},
      {"lone percent", "/a%", Code::kBadEscape, 2, 1},
      {"one digit", "/a%4", Code::kBadEscape, 2, 2},
      {"no digits", "/%zz", Code::kBadEscape, 1, 3},
      {"percent at the end of a pattern", "/{a=%4}", Code::kBadEscape, 4, 3},
      {"in a verb", "/a:%4", Code::kBadEscape, 3, 2},
      {"escapes that are no UTF-8", "/a/%FF", Code::kBadEscape, 3, 3},
      {"verb that is no UTF-8", "/a:%FF", Code::kBadEscape, 3, 3},
      {"star behind text", "/a*", Code::kMisplacedWildcard, 2, 1},
      {"star before text", "/*a", Code::kMisplacedWildcard, 1, 1},
      {"three stars", "/***", Code::kMisplacedWildcard, 1, 3},
      {"stars in a pattern", "/{a=b**}", Code::kMisplacedWildcard, 5, 2},
      {"verb inside a variable", "/{a=*:b}", Code::kMisplacedWildcard, 4, 1},
      {"star in a verb", "/a:b*", Code::kMisplacedWildcard, 4, 1},
      {"star as verb", "/a:*", Code::kMisplacedWildcard, 3, 1},
      {"star before two colons", "/*:a:b", Code::kMisplacedWildcard, 1, 1},
  };
  for (const Row& row : rows) {
    INFO(row.name << ": " << row.text);
    ParseError error;
    REQUIRE_FALSE(PathTemplate::Parse(row.text, &error));
    INFO(error.message);
    CHECK(ToString(error.code) == ToString(row.code));
    CHECK(error.offset == row.offset);
    CHECK(error.length == row.length);
    CHECK_FALSE(error.message.empty());
    CHECK(error.message.back() != '.');
    CHECK_FALSE(PathTemplate::Parse(row.text));
  }
}

TEST_CASE("a cut template never crashes", "[path_template]") {
  const std::string text = "/v1/{a.b=x%2Fy/*/**}/c:d/{e}:f%20";
  for (std::size_t from = 0; from < text.size(); ++from) {
    for (std::size_t size = 0; from + size <= text.size(); ++size) {
      ParseError error;
      const std::string piece = text.substr(from, size);
      const auto parsed = PathTemplate::Parse(piece, &error);
      INFO(piece);
      if (!parsed) CHECK(error.offset + error.length <= piece.size());
    }
  }
}

TEST_CASE("every code has a name of its own", "[path_template]") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ParseErrorCode::kMisplacedWildcard); ++i) {
    const std::string_view name = ToString(static_cast<ParseErrorCode>(i));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    CHECK(names.insert(name).second);
  }
  CHECK(names.count("unknown") == 0);
}

TEST_CASE("variables know where they stand in the text", "[path_template]") {
  const auto parsed = PathTemplate::Parse("/v1/{a}/x/{b.c=d/*}:go");
  REQUIRE(parsed);
  REQUIRE(parsed->variables().size() == 2);
  const Variable& a = parsed->variables()[0];
  const Variable& b = parsed->variables()[1];
  CHECK(parsed->text().substr(a.offset, a.length) == "{a}");
  CHECK(parsed->text().substr(b.offset, b.length) == "{b.c=d/*}");
  CHECK(b.field_path == std::vector<std::string>{"b", "c"});
}

TEST_CASE("equality looks at the parts", "[path_template]") {
  const auto parse = [](const char* text) { return *PathTemplate::Parse(text); };
  CHECK(parse("/a/{b}") == parse("/a/{b=*}"));
  CHECK_FALSE(parse("/a/{b}") == parse("/a/{c}"));
  CHECK_FALSE(parse("/a/{b}") == parse("/a/*"));
  CHECK_FALSE(parse("/a/{b}") == parse("/a/{b}:v"));
  CHECK_FALSE(parse("/{a=b/*}/*") == parse("/{a=b}/*/*"));
  CHECK(parse("/a/**/b").has_multi_wildcard());
  CHECK_FALSE(parse("/a/*/b").has_multi_wildcard());
}

TEST_CASE("long templates parse", "[path_template]") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "/{f" + std::to_string(i) + "=a/*}";
  const auto parsed = PathTemplate::Parse(text);
  REQUIRE(parsed);
  CHECK(parsed->segments().size() == 2000);
  CHECK(parsed->variables().size() == 1000);
  CHECK(parsed->ToString() == text);
}

}  // namespace
}  // namespace kratos::route
