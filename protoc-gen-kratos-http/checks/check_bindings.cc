#include "checks/checks.h"
#include "checks/report.h"
#include "kratos/route/matcher.h"

namespace kratos::plugin {
namespace {

constexpr char kPatterns[] = "get, put, post, delete, patch or custom";

/// RFC 9110, 5.6.2.
bool IsToken(const std::string& text) {
  for (const char c : text) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && std::string_view("!#$%&'*+-.^_`|~").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !text.empty();
}

void CheckPattern(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  const Rule& rule = binding.rule;
  if (rule.pattern == Rule::Pattern::kNone) {
    const bool primary = binding.index == 0;
    diagnostics->Add(AboutRule(
        primary ? Severity::kWarning : Severity::kError, RuleId::kNoPattern, method, binding,
        std::string("the rule has no pattern") +
            (primary ? "; the rpc is served as " + ServedMethod(binding) + ' ' + binding.path : ""),
        std::string("add one of ") + kPatterns + " with a path"));
    return;
  }
  if (rule.path.text.empty()) {
    diagnostics->Add(AboutText(Severity::kWarning, RuleName(RuleId::kEmptyPath), method, binding,
                               rule.path,
                               rule.pattern == Rule::Pattern::kCustom ? "path" : binding.pattern, 0,
                               1, "the path is empty; the rpc is served under " + binding.path,
                               "write the path out, beginning with '/'"));
  }
  if (rule.pattern != Rule::Pattern::kCustom) return;
  if (rule.kind.text.empty()) {
    diagnostics->Add(
        AboutText(Severity::kError, RuleName(RuleId::kEmptyCustomKind), method, binding, rule.kind,
                  "kind", 0, 1, "the custom pattern has no HTTP method",
                  "set `kind` to an HTTP method such as \"HEAD\", or to \"*\" for any"));
  } else if (!IsToken(rule.kind.text)) {
    diagnostics->Add(
        AboutText(Severity::kError, RuleName(RuleId::kBadCustomKind), method, binding, rule.kind,
                  "kind", 0, rule.kind.text.size(), '"' + rule.kind.text + "\" is no HTTP method",
                  "a method is a word such as \"HEAD\" (RFC 9110, 5.6.2), or \"*\" for any"));
  }
}

void CheckRule(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  if (binding.index > 0 && !binding.rule.additional_bindings.empty()) {
    diagnostics->Add(AboutRule(Severity::kError, RuleId::kNestedAdditionalBindings, method, binding,
                               "additional_bindings are nested",
                               "move the inner bindings up one level (google/api/http.proto)"));
  }
  const SourceText& selector = binding.rule.selector;
  // In a service config the selector is what ties the rule to the rpc.
  if (!selector.text.empty() && (binding.index > 0 || selector.text != method.full_name)) {
    diagnostics->Add(AboutText(Severity::kWarning, RuleName(RuleId::kSelectorInAnnotation), method,
                               binding, selector, "selector", 0, selector.text.size(),
                               "the selector is ignored: the rule belongs to the rpc it stands at",
                               "remove `selector`; it is for rules in a service config"));
  }
}

void CheckBodyOnGet(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  if (binding.body.kind == BodyRule::Kind::kNone || method.TakesStream()) return;
  if (binding.http_method != "GET" && binding.http_method != "DELETE" &&
      binding.http_method != "HEAD") {
    return;
  }
  diagnostics->Add(AboutText(
      Severity::kWarning, RuleName(RuleId::kBodyOnGet), method, binding, binding.body.source,
      "body", 0, binding.body.source.text.size(), binding.http_method + " with a body",
      "remove `body`: proxies and clients drop such a body (RFC 9110, 9.3); or use POST"));
}

void CheckVariableCount(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  if (binding.variables.size() <= route::kMaxVariables) return;
  const route::Variable& variable = binding.path_template->variables()[route::kMaxVariables];
  diagnostics->Add(AboutPath(Severity::kError, RuleName(RuleId::kTooManyVariables), method, binding,
                             variable.offset, variable.length,
                             "the path has " + std::to_string(binding.variables.size()) +
                                 " variables; at most " + std::to_string(route::kMaxVariables) +
                                 " can be bound",
                             "move some of the fields into the query or the body"));
}

}  // namespace

void CheckBindings(const File& file, Diagnostics* diagnostics) {
  ForEachBinding(file, [&](const Method& method, const Binding& binding) {
    if (binding.implied) return;
    if (!binding.rule.readable) {
      diagnostics->Add(AboutRule(
          Severity::kError, RuleId::kUnreadableRule, method, binding,
          "the annotation cannot be read as a google.api.HttpRule: a text in it is not UTF-8",
          "write its texts in UTF-8, without escapes such as \"\\xff\""));
      return;
    }
    CheckPattern(method, binding, diagnostics);
    CheckRule(method, binding, diagnostics);
    CheckBodyOnGet(method, binding, diagnostics);
    CheckVariableCount(method, binding, diagnostics);
  });
}

}  // namespace kratos::plugin
