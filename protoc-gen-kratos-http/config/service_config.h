// HTTP rules out of a Google service config in YAML (google/api/service.proto,
// google/api/http.proto).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "model/rule.h"

namespace kratos::plugin {

/// Rules by the full name of the rpc they select.
class ServiceConfig {
 public:
  /// The rule for an rpc. Of several, the last in the file wins (google/api/http.proto).
  std::optional<Rule> Find(std::string_view method_full_name) const;
  /// In the order of the file.
  const std::vector<Rule>& rules() const { return rules_; }

  void Add(Rule rule);

 private:
  std::vector<Rule> rules_;
  std::map<std::string, std::size_t, std::less<>> by_selector_;
};

/// Reads `text`, the content of `file`. Keys beside `http` are other tools' business; below `http:
/// rules:` every key must be known, in snake_case or camelCase. Adds what is wrong to `diagnostics`
/// and keeps the rules that are right.
ServiceConfig ParseServiceConfig(const std::string& file, std::string_view text,
                                 Diagnostics* diagnostics);

}  // namespace kratos::plugin
