#include "checks/report.h"

#include <utility>

#include "diagnostics/suggest.h"

namespace kratos::plugin {

std::string Subject(const Method& method, const Binding& binding) {
  std::string out = "rpc " + method.full_name;
  if (binding.index > 0) {
    out += " (additional_bindings[" + std::to_string(binding.index - 1) + "])";
  }
  return out;
}

std::string ServedMethod(const Binding& binding) {
  return binding.IsWebSocketOnly() ? "GET" : binding.http_method;
}

Diagnostic AboutText(Severity severity, std::string rule, const Method& method,
                     const Binding& binding, const SourceText& source, const std::string& key,
                     std::size_t offset, std::size_t length, std::string message,
                     std::string help) {
  Diagnostic out;
  out.severity = severity;
  out.rule = std::move(rule);
  out.at = source.at;
  if (source.exact) out.at.column += static_cast<int>(offset);
  out.subject = Subject(method, binding);
  out.message = std::move(message);
  const std::string prefix = key + ": \"";
  out.excerpt = prefix + source.text + '"';
  out.caret = prefix.size() + offset;
  out.caret_length = length;
  out.help = std::move(help);
  return out;
}

Diagnostic AboutPath(Severity severity, std::string rule, const Method& method,
                     const Binding& binding, std::size_t offset, std::size_t length,
                     std::string message, std::string help) {
  SourceText source = binding.source;
  std::string key = binding.pattern == "custom" ? "path" : binding.pattern;
  if (source.text.empty()) {  // A default path: show what it came to.
    source.text = binding.path;
    source.exact = false;
    if (key.empty()) key = "post";
  }
  return AboutText(severity, std::move(rule), method, binding, source, key, offset, length,
                   std::move(message), std::move(help));
}

Diagnostic AboutRule(Severity severity, RuleId rule, const Method& method, const Binding& binding,
                     std::string message, std::string help) {
  Diagnostic out;
  out.severity = severity;
  out.rule = RuleName(rule);
  out.at = binding.rule.at;
  out.subject = Subject(method, binding);
  out.message = std::move(message);
  out.help = std::move(help);
  return out;
}

void ForEachBinding(const File& file,
                    const std::function<void(const Method&, const Binding&)>& visit) {
  for (const Service& service : file.services) {
    for (const Method& method : service.methods) {
      for (const Binding& binding : method.bindings) visit(method, binding);
    }
  }
}

std::string DidYouMean(const std::string& name, const std::vector<std::string>& candidates) {
  const std::string nearest = Nearest(name, candidates);
  return nearest.empty() ? std::string() : "did you mean \"" + nearest + "\"? ";
}

}  // namespace kratos::plugin
