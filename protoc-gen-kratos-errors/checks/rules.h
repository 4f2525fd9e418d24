// Every rule the plugin checks. The ids are public: docs/reference/error-diagnostics.md lists each
// of them.
#pragma once

#include <string>
#include <vector>

namespace kratos::plugin::errors {

enum class RuleId {
  kBadParameter,
  kBadRequest,
  kCodeOutOfRange,
  kCodeIsNoError,
  kValueWithoutCode,
  kNameClash,
  kRuntimeNamespace,
};

/// The stable kebab-case id: "code-out-of-range".
const char* RuleName(RuleId id);

/// All of them, in the order of the declarations.
std::vector<std::string> AllRuleNames();

}  // namespace kratos::plugin::errors
