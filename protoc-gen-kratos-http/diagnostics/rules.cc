#include "diagnostics/rules.h"

#include "parameters/parameters.h"
#include "request/request_files.h"

namespace kratos::plugin {
namespace {

constexpr RuleId kLastRule = RuleId::kRuntimeNamespace;
constexpr route::ParseErrorCode kLastTemplateError = route::ParseErrorCode::kMisplacedWildcard;

}  // namespace

const char* RuleName(RuleId id) {
  switch (id) {
    case RuleId::kBadParameter:
      return kBadParameterRule;
    case RuleId::kBadRequest:
      return kBadRequestRule;
    case RuleId::kConfigUnreadable:
      return "config-unreadable";
    case RuleId::kConfigSyntax:
      return "config-syntax";
    case RuleId::kConfigRule:
      return "config-rule";
    case RuleId::kConfigSelector:
      return "config-selector";
    case RuleId::kUnreadableRule:
      return "unreadable-rule";
    case RuleId::kNoPattern:
      return "no-pattern";
    case RuleId::kEmptyPath:
      return "empty-path";
    case RuleId::kEmptyCustomKind:
      return "empty-custom-kind";
    case RuleId::kBadCustomKind:
      return "bad-custom-kind";
    case RuleId::kNestedAdditionalBindings:
      return "nested-additional-bindings";
    case RuleId::kSelectorInAnnotation:
      return "selector-in-annotation";
    case RuleId::kBodyOnGet:
      return "body-on-get";
    case RuleId::kTooManyVariables:
      return "too-many-variables";
    case RuleId::kUnknownPathField:
      return "unknown-path-field";
    case RuleId::kPathThroughScalar:
      return "path-through-scalar";
    case RuleId::kPathFieldNotScalar:
      return "path-field-not-scalar";
    case RuleId::kPathFieldRepeated:
      return "path-field-repeated";
    case RuleId::kPathFieldWellKnown:
      return "path-field-well-known";
    case RuleId::kPathFieldsShareOneof:
      return "path-fields-share-oneof";
    case RuleId::kUnknownBodyField:
      return "unknown-body-field";
    case RuleId::kBodyNotTopLevel:
      return "body-not-top-level";
    case RuleId::kUnknownResponseBodyField:
      return "unknown-response-body-field";
    case RuleId::kResponseBodyNotTopLevel:
      return "response-body-not-top-level";
    case RuleId::kResponseBodyStar:
      return "response-body-star";
    case RuleId::kBodyBoundByPath:
      return "body-bound-by-path";
    case RuleId::kHttpBodyInQuery:
      return "http-body-in-query";
    case RuleId::kBodyOnStream:
      return "body-on-stream";
    case RuleId::kResponseBodyOnStream:
      return "response-body-on-stream";
    case RuleId::kRouteConflict:
      return "route-conflict";
    case RuleId::kRouteCrossing:
      return "route-crossing";
    case RuleId::kLiteRuntime:
      return "lite-runtime";
    case RuleId::kNameAdjusted:
      return "name-adjusted";
    case RuleId::kRuntimeNamespace:
      return "runtime-namespace";
  }
  return "";
}

std::string TemplateRuleName(route::ParseErrorCode code) {
  return "template-" + std::string(route::ToString(code));
}

std::vector<std::string> AllRuleNames() {
  std::vector<std::string> names;
  for (int id = 0; id <= static_cast<int>(kLastRule); ++id) {
    names.emplace_back(RuleName(static_cast<RuleId>(id)));
  }
  for (int code = 0; code <= static_cast<int>(kLastTemplateError); ++code) {
    names.push_back(TemplateRuleName(static_cast<route::ParseErrorCode>(code)));
  }
  return names;
}

}  // namespace kratos::plugin
