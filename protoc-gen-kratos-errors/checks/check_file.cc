#include "checks/check_file.h"

#include <map>
#include <string>
#include <utility>

#include "checks/rules.h"
#include "names/proto_names.h"

namespace kratos::plugin::errors {
namespace {

Diagnostic About(const File& file, const Value& value, Severity severity, RuleId rule,
                 std::string message, std::string help) {
  Diagnostic out;
  out.severity = severity;
  out.rule = RuleName(rule);
  out.at = value.at;
  out.subject = "enum value " + (file.package.empty() ? "" : file.package + '.') + value.local_name;
  out.message = std::move(message);
  out.help = std::move(help);
  return out;
}

void ShowCode(const Value& value, Diagnostic* diagnostic) {
  const std::string key = value.is_default ? "(errors.default_code) = " : "(errors.code) = ";
  const std::string code = std::to_string(value.code);
  diagnostic->at = value.code_at;
  diagnostic->excerpt = key + code;
  diagnostic->caret = key.size();
  diagnostic->caret_length = code.size();
}

void CheckCode(const File& file, const Value& value, Diagnostics* diagnostics) {
  if (value.code == 0) {
    // The zero value stands for "not set" in most enums, and who writes a code of 0 means it.
    if (value.is_zero || value.is_explicit) return;
    diagnostics->Add(About(file, value, Severity::kWarning, RuleId::kValueWithoutCode,
                           "the value has no code and its enum no default; nothing is generated "
                           "for it",
                           "add [(errors.code) = 404], or option (errors.default_code) = 500 to "
                           "the enum; (errors.code) = 0 says that it is no error"));
    return;
  }
  if (value.code < 0 || value.code > 600) {
    Diagnostic out =
        About(file, value, Severity::kError, RuleId::kCodeOutOfRange,
              "a code lies between 0 and 600", "give an HTTP status from 400 to 599; 0 means none");
    ShowCode(value, &out);
    diagnostics->Add(std::move(out));
  } else if (value.code < 400 || value.code > 599) {
    Diagnostic out = About(file, value, Severity::kWarning, RuleId::kCodeIsNoError,
                           "the code is no HTTP status of an error; the reply's status will be 500",
                           "give an HTTP status from 400 to 599");
    ShowCode(value, &out);
    diagnostics->Add(std::move(out));
  }
}

void CheckNames(const File& file, Diagnostics* diagnostics) {
  std::map<std::string, const Value*> named;
  for (const Value& value : file.values) {
    if (value.code == 0) continue;
    for (const char* prefix : {"Is", "Error"}) {
      const std::string name = prefix + value.camel;
      if (file.taken_names.contains(name)) {
        diagnostics->Add(About(file, value, Severity::kError, RuleId::kNameClash,
                               "the C++ name " + name + " is already declared in the package",
                               "rename one of the two"));
        break;
      }
    }
    const auto [other, is_new] = named.emplace(value.camel, &value);
    if (!is_new) {
      diagnostics->Add(
          About(file, value, Severity::kError, RuleId::kNameClash,
                "the C++ name Is" + value.camel + " is " + other->second->local_name + "'s",
                "rename one of the two: case and underscores do not tell names apart"));
    }
  }
}

}  // namespace

void CheckFile(const File& file, Diagnostics* diagnostics) {
  const Value* before = nullptr;
  for (const Value& value : file.values) {
    // A default is wrong once, not once for each value that has it.
    const bool again = value.is_default && before != nullptr && value.code_at == before->code_at;
    if (!again) CheckCode(file, value, diagnostics);
    if (value.is_default) before = &value;
  }
  CheckNames(file, diagnostics);
  if (!file.values.empty() && IsRuntimePackage(file.package)) {
    diagnostics->Add(About(file, file.values.front(), Severity::kWarning, RuleId::kRuntimeNamespace,
                           "package " + file.package +
                               " becomes a C++ namespace that the kratos runtime declares its own "
                               "names in",
                           "choose another package, such as " + file.package + "_api"));
  }
}

}  // namespace kratos::plugin::errors
