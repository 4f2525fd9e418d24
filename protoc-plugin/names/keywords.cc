#include "names/keywords.h"

#include <iterator>
#include <unordered_set>

namespace kratos::plugin {
namespace {

constexpr std::string_view kKeywords[] = {
    "NULL",         "alignas",   "alignof",       "and",
    "and_eq",       "asm",       "auto",          "bitand",
    "bitor",        "bool",      "break",         "case",
    "catch",        "char",      "char16_t",      "char32_t",
    "char8_t",      "class",     "co_await",      "co_return",
    "co_yield",     "compl",     "concept",       "const",
    "const_cast",   "consteval", "constexpr",     "constinit",
    "continue",     "decltype",  "default",       "delete",
    "do",           "double",    "dynamic_cast",  "else",
    "enum",         "explicit",  "export",        "extern",
    "false",        "float",     "for",           "friend",
    "goto",         "if",        "inline",        "int",
    "long",         "mutable",   "namespace",     "new",
    "noexcept",     "not",       "not_eq",        "nullptr",
    "operator",     "or",        "or_eq",         "private",
    "protected",    "public",    "register",      "reinterpret_cast",
    "requires",     "return",    "short",         "signed",
    "sizeof",       "static",    "static_assert", "static_cast",
    "struct",       "switch",    "template",      "this",
    "thread_local", "throw",     "true",          "try",
    "typedef",      "typeid",    "typename",      "union",
    "unsigned",     "using",     "virtual",       "void",
    "volatile",     "wchar_t",   "while",         "xor",
    "xor_eq"};

// <cassert>, <cerrno>, <cmath>, <csetjmp>, <cstdarg>, <cstddef>, <cstdio>, <sys/sysmacros.h>, and
// what GNU modes predefine.
constexpr std::string_view kMacros[] = {
    "BUFSIZ", "EOF",    "HUGE_VAL", "INFINITY", "NAN",      "assert", "errno",
    "linux",  "major",  "makedev",  "minor",    "offsetof", "setjmp", "stderr",
    "stdin",  "stdout", "unix",     "va_arg",   "va_copy",  "va_end", "va_start"};

}  // namespace

bool IsKeyword(std::string_view name) {
  static const std::unordered_set<std::string_view> keywords(std::begin(kKeywords),
                                                             std::end(kKeywords));
  return keywords.contains(name);
}

bool IsCommonMacro(std::string_view name) {
  static const std::unordered_set<std::string_view> macros(std::begin(kMacros), std::end(kMacros));
  return macros.contains(name);
}

std::string ResolveKeyword(std::string_view name) {
  std::string out(name);
  if (IsKeyword(name)) out += '_';
  return out;
}

}  // namespace kratos::plugin
