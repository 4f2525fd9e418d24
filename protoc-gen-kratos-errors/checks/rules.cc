#include "checks/rules.h"

#include "parameters/parameters.h"
#include "request/request_files.h"

namespace kratos::plugin::errors {

const char* RuleName(RuleId id) {
  switch (id) {
    case RuleId::kBadParameter:
      return kBadParameterRule;
    case RuleId::kBadRequest:
      return kBadRequestRule;
    case RuleId::kCodeOutOfRange:
      return "code-out-of-range";
    case RuleId::kCodeIsNoError:
      return "code-is-no-error";
    case RuleId::kValueWithoutCode:
      return "value-without-code";
    case RuleId::kNameClash:
      return "name-clash";
    case RuleId::kRuntimeNamespace:
      return "runtime-namespace";
  }
  return "";
}

std::vector<std::string> AllRuleNames() {
  std::vector<std::string> names;
  for (int id = 0; id <= static_cast<int>(RuleId::kRuntimeNamespace); ++id)
    names.emplace_back(RuleName(static_cast<RuleId>(id)));
  return names;
}

}  // namespace kratos::plugin::errors
