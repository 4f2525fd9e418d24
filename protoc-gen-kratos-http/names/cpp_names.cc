#include "names/cpp_names.h"

#include "names/keywords.h"

namespace kratos::plugin {
namespace {

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

std::string QualifiedClassName(const MessageType& message) {
  const std::string scope = CppNamespace(message.package);
  return "::" + (scope.empty() ? scope : scope + "::") + ClassName(message.nesting);
}

std::string AccessorName(std::string_view field) {
  std::string lower;
  for (const char c : field) lower += IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return ResolveKeyword(lower);
}

std::string FieldNumber(const std::string& message, const Field& field) {
  if (field.camel_case_clash) return std::to_string(field.number) + " /* " + field.name + " */";
  return message + "::" + FieldNumberConstant(field.name);
}

}  // namespace kratos::plugin
