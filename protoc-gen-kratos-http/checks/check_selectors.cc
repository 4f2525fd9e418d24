#include <algorithm>
#include <string_view>
#include <utility>

#include "checks/checks.h"
#include "checks/report.h"

namespace kratos::plugin {
namespace {

Diagnostic AboutSelector(const SourceText& selector, std::size_t offset, std::string message,
                         std::string help) {
  Diagnostic out;
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

bool IsWordCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Where `name` stops being words joined by dots, two at least; npos when it is that.
std::size_t FindFlaw(std::string_view name) {
  bool word = false;
  bool dotted = false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '.' ? !word : !IsWordCharacter(name[i])) return i;
    word = name[i] != '.';
    dotted = dotted || !word;
  }
  if (!word) return name.size() - 1;
  return dotted ? std::string_view::npos : 0;
}

constexpr char kFullName[] = "write the full name of one rpc: package.Service.Method";

}  // namespace

void CheckSelectors(const ServiceConfig& config, const KnownServices& services,
                    Diagnostics* diagnostics) {
  for (const Rule& rule : config.rules()) {
    const SourceText& selector = rule.selector;
    const std::string& text = selector.text;
    const std::size_t star = text.find('*');
    if (star != std::string::npos) {
      diagnostics->Add(
          AboutSelector(selector, star, "an HTTP rule cannot select several rpcs", kFullName));
      continue;
    }
    const std::size_t flaw = FindFlaw(text);
    if (flaw != std::string_view::npos) {
      diagnostics->Add(AboutSelector(selector, flaw, '"' + text + "\" is no full name", kFullName));
      continue;
    }
    if (services.contains(text)) {
      diagnostics->Add(AboutSelector(selector, 0, text + " is a service, not an rpc", kFullName));
      continue;
    }
    const std::size_t dot = text.rfind('.');
    const std::string service = text.substr(0, dot);
    const std::string method = text.substr(dot + 1);
    // A service that is not there is no mistake: a config covers many files, and a file's success
    // does not depend on which others are in the run.
    const auto known = services.find(service);
    if (known == services.end()) continue;
    const std::vector<std::string>& methods = known->second;
    if (std::find(methods.begin(), methods.end(), method) != methods.end()) continue;
    diagnostics->Add(AboutSelector(selector, dot + 1,
                                   "service " + service + " has no rpc \"" + method + '"',
                                   DidYouMean(method, methods) + "correct the selector"));
  }
}

}  // namespace kratos::plugin
