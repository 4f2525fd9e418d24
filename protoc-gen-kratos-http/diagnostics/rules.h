// Every rule the plugin checks. The ids are public: docs/reference/diagnostics.md lists each of
// them.
#pragma once

#include <string>
#include <vector>

#include "kratos/route/path_template.h"

namespace kratos::plugin {

/// What was found. Template errors have one id for each route::ParseErrorCode besides; see
/// TemplateRuleId.
enum class RuleId {
  kBadParameter,
  kBadRequest,
  // Service config.
  kConfigUnreadable,
  kConfigSyntax,
  kConfigRule,
  kConfigSelector,
  // Rules and bindings.
  kUnreadableRule,
  kNoPattern,
  kEmptyPath,
  kEmptyCustomKind,
  kBadCustomKind,
  kNestedAdditionalBindings,
  kSelectorInAnnotation,
  kBodyOnGet,
  kTooManyVariables,
  // Fields of the path.
  kUnknownPathField,
  kPathThroughScalar,
  kPathFieldNotScalar,
  kPathFieldRepeated,
  kPathFieldWellKnown,
  kPathFieldsShareOneof,
  // body and response_body.
  kUnknownBodyField,
  kBodyNotTopLevel,
  kUnknownResponseBodyField,
  kResponseBodyNotTopLevel,
  kResponseBodyStar,
  kBodyBoundByPath,
  kHttpBodyInQuery,
  kBodyOnStream,
  kResponseBodyOnStream,
  // Routes.
  kRouteConflict,
  kRouteCrossing,
  // C++.
  kLiteRuntime,
  kNameAdjusted,
  kRuntimeNamespace,
};

/// The stable kebab-case id: "unknown-path-field".
const char* RuleName(RuleId id);

/// "template-" and the code's own name: "template-empty-segment".
std::string TemplateRuleName(route::ParseErrorCode code);

/// The ids of all rules, template rules included, in the order of the declarations.
std::vector<std::string> AllRuleNames();

}  // namespace kratos::plugin
