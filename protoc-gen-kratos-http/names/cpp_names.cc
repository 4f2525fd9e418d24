#include "names/cpp_names.h"

#include "names/keywords.h"

namespace kratos::plugin {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// page_size -> PageSize, foo2bar -> Foo2Bar.
std::string CamelCase(std::string_view name) {
  std::string out;
  bool capitalise = true;
  for (const char c : name) {
    if (IsLower(c)) {
      out += capitalise ? static_cast<char>(c - 'a' + 'A') : c;
      capitalise = false;
    } else if (IsUpper(c)) {
      out += c;
      capitalise = false;
    } else {
      if (IsDigit(c)) out += c;
      capitalise = true;
    }
  }
  return out;
}

}  // namespace

std::string CppNamespace(std::string_view package) {
  std::string out;
  while (!package.empty()) {
    const std::size_t dot = package.find('.');
    if (!out.empty()) out += "::";
    out += ResolveKeyword(package.substr(0, dot));
    if (dot == std::string_view::npos) break;
    package.remove_prefix(dot + 1);
  }
  return out;
}

std::string ClassName(const std::vector<std::string>& nesting) {
  std::string out;
  for (const std::string& name : nesting) {
    if (!out.empty()) out += '_';
    out = ResolveKeyword(out + name);
  }
  return out;
}

std::string QualifiedClassName(const MessageType& message) {
  const std::string scope = CppNamespace(message.package);
  return "::" + (scope.empty() ? scope : scope + "::") + ClassName(message.nesting);
}

std::string AccessorName(std::string_view field) {
  std::string lower;
  for (const char c : field) lower += IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return ResolveKeyword(lower);
}

std::string FieldNumberConstant(std::string_view field) {
  return 'k' + CamelCase(field) + "FieldNumber";
}

std::string FieldNumber(const std::string& message, const Field& field) {
  if (field.camel_case_clash) return std::to_string(field.number) + " /* " + field.name + " */";
  return message + "::" + FieldNumberConstant(field.name);
}

}  // namespace kratos::plugin
