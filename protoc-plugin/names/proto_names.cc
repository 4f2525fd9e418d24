#include "names/proto_names.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "names/keywords.h"

namespace kratos::plugin {
namespace {

/// Most of the runtime's namespaces have one inside that promises nothing.
constexpr std::string_view kInternal = ".internal";

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

bool IsPlainGuardCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '/';
}

/// FNV-1a, 32 bits; the same everywhere, unlike std::hash.
std::uint32_t Hash(std::string_view text) {
  std::uint32_t hash = 2166136261u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return hash;
}

std::string Hex(std::uint32_t value) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += kDigits[(value >> shift) & 0xF];
  return out;
}

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
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

bool IsRuntimePackage(std::string_view package) {
  constexpr std::string_view kPackages[] = {
      "kratos",       "kratos.admin",   "kratos.codec",   "kratos.codegen",    "kratos.fiber",
      "kratos.form",  "kratos.grpc",    "kratos.health",  "kratos.http",       "kratos.json",
      "kratos.jwt",   "kratos.log",     "kratos.metrics", "kratos.middleware", "kratos.registry",
      "kratos.route", "kratos.testing", "kratos.trace",   "kratos.transport"};
  if (EndsWith(package, kInternal)) package.remove_suffix(kInternal.size());
  return std::find(std::begin(kPackages), std::end(kPackages), package) != std::end(kPackages);
}

std::string ClassName(const std::vector<std::string>& nesting) {
  std::string out;
  for (const std::string& name : nesting) out = NestedClassName(out, name);
  return out;
}

std::string NestedClassName(std::string_view outer, std::string_view name) {
  std::string out(outer);
  if (!out.empty()) out += '_';
  out += name;
  if (IsKeyword(out)) out += '_';
  return out;
}

std::string FieldNumberConstant(std::string_view field) {
  return 'k' + CamelCase(field) + "FieldNumber";
}

std::string StripProto(std::string_view path) {
  for (const std::string_view suffix :
       {std::string_view(".protodevel"), std::string_view(".proto")}) {
    if (EndsWith(path, suffix)) return std::string(path.substr(0, path.size() - suffix.size()));
  }
  return std::string(path);
}

std::string ProtobufHeaderName(std::string_view path) { return StripProto(path) + ".pb.h"; }

std::string IncludeGuard(std::string_view path, std::string_view plugin) {
  const std::string base = StripProto(path);
  // An underscore or a digit in front would not be a name a program may define.
  bool plain =
      !base.empty() && base.front() >= 'a' && base.front() <= 'z' && base + ".proto" == path;
  std::string out;
  for (const char c : base) {
    plain = plain && IsPlainGuardCharacter(c);
    if (c >= 'a' && c <= 'z') {
      out += static_cast<char>(c - 'a' + 'A');
    } else if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  if (base.find("//") != std::string::npos) plain = false;
  if (out.empty() || (out.front() >= '0' && out.front() <= '9')) out = "PROTO_" + out;
  if (out.back() != '_') out += '_';
  out += std::string(plugin) + "_PB_";
  if (!plain) out += Hex(Hash(path)) + '_';
  return out + "H_";
}

}  // namespace kratos::plugin
