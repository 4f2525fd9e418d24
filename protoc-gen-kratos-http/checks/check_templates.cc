#include "checks/checks.h"
#include "checks/report.h"
#include "kratos/route/percent.h"

namespace kratos::plugin {
namespace {

std::string Help(const std::string& path, const route::ParseError& error) {
  using Code = route::ParseErrorCode;
  const std::string_view rest = std::string_view(path).substr(error.offset);
  std::string decoded;
  switch (error.code) {
    case Code::kEmpty:
      return "write a path such as \"/v1/shelves/{shelf}\"";
    case Code::kNoLeadingSlash:
      return "begin the path with '/'";
    case Code::kEmptySegment:
      return "remove the extra '/'; only the path \"/\" itself may end in one";
    case Code::kEmptyVerb:
      return "name a verb behind the ':' (\"/v1/{name}:cancel\") or remove the ':'";
    case Code::kUnclosedVariable:
      return "close the variable: \"{name}\" or \"{name=shelves/*}\"";
    case Code::kUnopenedVariable:
      return "remove the '}', or open the variable with '{'; a literal brace is %7D";
    case Code::kNestedVariable:
      return "a variable's pattern holds literals, '*' and '**' only: put the inner variable "
             "beside the outer one";
    case Code::kEmptyFieldPath:
      return "name the request field to bind: \"{name}\" or \"{name=shelves/*}\"";
    case Code::kBadFieldPath:
      return "a field path is made of proto field names joined by '.': \"{book.name}\"";
    case Code::kEmptyPattern:
      return "write the pattern behind '=', or \"{name}\" for one segment";
    case Code::kSecondMultiWildcard:
      return "keep one \"**\" and write the other as '*': with two, where one ends cannot be told";
    case Code::kDuplicateVariable:
      return "bind each field once; use '*' for a segment whose value is not needed";
    case Code::kBadCharacter:
      if (rest.starts_with('{') || (error.offset > 0 && path[error.offset - 1] == '}')) {
        return "a variable takes a whole segment between slashes: other text goes into a segment "
               "of "
               "its own";
      }
      return "percent-encode the character (a space is %20); queries and fragments are no part of "
             "a path";
    case Code::kBadEscape:
      if (route::DecodeSegment(rest.substr(0, error.length), &decoded) ==
          route::DecodeError::kInvalidUtf8) {
        return "escape the bytes of UTF-8 text, such as %C3%A4: no request could ask for others";
      }
      return "write '%' and two hexadecimal digits; a literal '%' is %25";
    case Code::kMisplacedWildcard:
      return "a '*' or '**' fills a whole segment between slashes; text of the segment goes into a "
             "segment of its own";
  }
  return "";
}

}  // namespace

void CheckTemplates(const File& file, Diagnostics* diagnostics) {
  ForEachBinding(file, [&](const Method& method, const Binding& binding) {
    if (!binding.path_error) return;
    const route::ParseError& error = *binding.path_error;
    diagnostics->Add(AboutPath(
        Severity::kError, TemplateRuleName(error.code), method, binding, error.offset, error.length,
        error.message + " (column " + std::to_string(error.offset + 1) + " of the path)",
        Help(binding.path, error)));
  });
}

}  // namespace kratos::plugin
