#include <algorithm>
#include <utility>

#include "checks/checks.h"
#include "checks/report.h"

namespace kratos::plugin {
namespace {

Diagnostic AboutSelector(Severity severity, const SourceText& selector, std::size_t offset,
                         std::string message, std::string help) {
  Diagnostic out;
  out.severity = severity;
  out.rule = RuleName(RuleId::kConfigSelector);
  out.at = selector.at;
  if (selector.exact) out.at.column += static_cast<int>(offset);
  const std::string prefix = "selector: ";
  out.excerpt = prefix + selector.text;
  out.caret = prefix.size() + offset;
  out.caret_length = selector.text.size() - offset;
  out.message = std::move(message);
  out.help = std::move(help);
  return out;
}

std::string Package(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(0, dot);
}

std::string SimpleName(const std::string& name) { return name.substr(name.rfind('.') + 1); }

/// Simple names of the services in the package of `service`.
std::vector<std::string> SiblingNames(const KnownServices& services, const std::string& service) {
  std::vector<std::string> names;
  for (const auto& [name, methods] : services) {
    if (Package(name) == Package(service)) names.push_back(SimpleName(name));
  }
  return names;
}

}  // namespace

void CheckSelectors(const ServiceConfig& config, const KnownServices& services,
                    Diagnostics* diagnostics) {
  for (const Rule& rule : config.rules()) {
    const SourceText& selector = rule.selector;
    const std::size_t star = selector.text.find('*');
    if (star != std::string::npos) {
      diagnostics->Add(AboutSelector(Severity::kError, selector, star,
                                     "an HTTP rule cannot select several rpcs",
                                     "write the full name of one rpc: package.Service.Method"));
      continue;
    }
    const std::size_t dot = selector.text.rfind('.');
    const std::string service = dot == std::string::npos ? "" : selector.text.substr(0, dot);
    const std::string method = dot == std::string::npos ? "" : selector.text.substr(dot + 1);
    const auto known = services.find(service);
    if (known != services.end()) {
      const std::vector<std::string>& methods = known->second;
      if (std::find(methods.begin(), methods.end(), method) == methods.end()) {
        diagnostics->Add(AboutSelector(Severity::kError, selector, dot + 1,
                                       "service " + service + " has no rpc \"" + method + '"',
                                       DidYouMean(method, methods) + "correct the selector"));
      }
      continue;
    }
    // Configs span many files, and protoc sees but some of them: an unknown service is no mistake
    // by itself.
    const std::string hint = DidYouMean(SimpleName(service), SiblingNames(services, service));
    if (!hint.empty()) {
      diagnostics->Add(AboutSelector(Severity::kWarning, selector, 0,
                                     "there is no service " + service + " in this run",
                                     hint + "the rule is not used"));
    }
  }
}

}  // namespace kratos::plugin
