#include "config/service_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

#include "diagnostics/rules.h"
#include "diagnostics/suggest.h"

namespace kratos::plugin {
namespace {

constexpr std::string_view kRuleKeys[] = {
    "selector", "get",    "put",  "post",          "delete",
    "patch",    "custom", "body", "response_body", "additional_bindings"};

/// additionalBindings -> additional_bindings.
std::string SnakeCase(const std::string& key) {
  std::string out;
  for (const char c : key) {
    if (c >= 'A' && c <= 'Z') {
      out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
  return out;
}

Rule::Pattern PatternOf(const std::string& key) {
  for (const Rule::Pattern pattern :
       {Rule::Pattern::kGet, Rule::Pattern::kPut, Rule::Pattern::kPost, Rule::Pattern::kDelete,
        Rule::Pattern::kPatch, Rule::Pattern::kCustom}) {
    if (key == PatternName(pattern)) return pattern;
  }
  return Rule::Pattern::kNone;
}

class ConfigReader {
 public:
  ConfigReader(const std::string& file, std::string text, Diagnostics* diagnostics)
      : file_(file), text_(std::move(text)), diagnostics_(diagnostics) {}

  ServiceConfig Read() {
    ServiceConfig config;
    // yaml-cpp has no other way to fail; this is the boundary where its exceptions end.
    try {
      const std::vector<YAML::Node> documents = YAML::LoadAll(text_);
      ReadDocument(documents.empty() ? YAML::Node() : documents.front(), &config);
      for (std::size_t i = 1; i < documents.size(); ++i) {
        if (documents[i].IsNull()) continue;
        Report(RuleId::kConfigRule, documents[i].Mark(), "the file has a second document",
               "keep one: move its rules up and remove the `---`");
        break;
      }
    } catch (const YAML::Exception& error) {
      Report(RuleId::kConfigSyntax, error.mark, error.msg, "the file must be valid YAML");
    }
    return config;
  }

 private:
  void ReadDocument(const YAML::Node& root, ServiceConfig* config) {
    if (!root.IsMap()) {
      return Report(RuleId::kConfigRule, root.Mark(), "a service config is a map of keys",
                    "begin with `http:` and a list of `rules:` below it");
    }
    const std::optional<YAML::Node> http_value = ValueOf(root, "http");
    if (!http_value) return;
    const YAML::Node& http = *http_value;
    if (!http.IsMap()) {
      return Report(RuleId::kConfigRule, http.Mark(), "`http` is not a map",
                    "write a list of `rules:` below `http:`");
    }
    const std::optional<YAML::Node> rules_value = ValueOf(http, "rules");
    if (!rules_value) return;
    const YAML::Node& rules = *rules_value;
    if (!rules.IsSequence()) {
      return Report(RuleId::kConfigRule, rules.Mark(), "`http.rules` is not a list",
                    "begin each rule with `- selector: package.Service.Method`");
    }
    for (const YAML::Node& node : rules) {
      std::optional<Rule> rule = ReadRule(node, true);
      if (rule) config->Add(*std::move(rule));
    }
  }

  /// What stands behind `key`; nothing where that is missing or null. yaml-cpp keeps a key's
  /// repetitions and looks up the first.
  std::optional<YAML::Node> ValueOf(const YAML::Node& map, const std::string& key) {
    std::set<std::string> seen;
    std::optional<YAML::Node> value;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar() || entry.first.Scalar() != key) continue;
      if (IsRepeated(entry.first, key, &seen)) continue;
      if (!entry.second.IsNull()) value = entry.second;
    }
    return value;
  }

  /// Reports `key` when it is among those `seen` already, else adds it.
  bool IsRepeated(const YAML::Node& key_node, const std::string& key, std::set<std::string>* seen) {
    if (seen->insert(key).second) return false;
    Report(RuleId::kConfigRule, key_node.Mark(), "there is a `" + key + "` already",
           "keep one of the two");
    return true;
  }

  /// Nothing when the rule is unusable; what is wrong has been reported then.
  std::optional<Rule> ReadRule(const YAML::Node& node, bool top_level) {
    if (!node.IsMap()) {
      Report(RuleId::kConfigRule, node.Mark(), "a rule is a map of keys",
             "write `- selector: package.Service.Method`, then `get: /v1/...` and so on");
      return std::nullopt;
    }
    Rule rule;
    rule.at = At(node.Mark());
    rule.path.at = rule.at;
    bool good = true;
    std::set<std::string> seen;
    for (const auto& entry : node) {
      good = ReadEntry(entry.first, entry.second, &seen, &rule) && good;
    }
    if (top_level && good && rule.selector.text.empty()) {
      Report(RuleId::kConfigRule, node.Mark(), "the rule has no selector",
             "add `selector: package.Service.Method`");
      good = false;
    }
    if (!good) return std::nullopt;
    return rule;
  }

  bool ReadEntry(const YAML::Node& key_node, const YAML::Node& value, std::set<std::string>* seen,
                 Rule* rule) {
    if (!key_node.IsScalar()) {
      Report(RuleId::kConfigRule, key_node.Mark(), "a key of a rule is a word", KnownKeys());
      return false;
    }
    const std::string key = SnakeCase(key_node.Scalar());
    const Rule::Pattern pattern = PatternOf(key);
    if (pattern != Rule::Pattern::kNone) {
      if (rule->pattern != Rule::Pattern::kNone) {
        Report(RuleId::kConfigRule, key_node.Mark(),
               "the rule has a `" + std::string(PatternName(rule->pattern)) + "` already",
               "move one of the two into `additional_bindings`");
        return false;
      }
      rule->pattern = pattern;
      return pattern == Rule::Pattern::kCustom ? ReadCustom(value, rule)
                                               : ReadText(key, value, &rule->path);
    }
    if (IsRepeated(key_node, key, seen)) return false;
    if (key == "selector") return ReadText(key, value, &rule->selector);
    if (key == "body") return ReadText(key, value, &rule->body);
    if (key == "response_body") return ReadText(key, value, &rule->response_body);
    if (key == "additional_bindings") return ReadAdditional(value, rule);
    const std::string nearest =
        Nearest(key, std::vector<std::string>(std::begin(kRuleKeys), std::end(kRuleKeys)));
    Report(RuleId::kConfigRule, key_node.Mark(), "a rule has no key `" + key_node.Scalar() + '`',
           (nearest.empty() ? "" : "did you mean `" + nearest + "`? ") + KnownKeys());
    return false;
  }

  bool ReadAdditional(const YAML::Node& value, Rule* rule) {
    if (value.IsNull()) return true;
    if (!value.IsSequence()) {
      Report(RuleId::kConfigRule, value.Mark(), "`additional_bindings` is not a list",
             "begin each binding with `- get: /v1/...`");
      return false;
    }
    bool good = true;
    for (const YAML::Node& node : value) {
      // http.proto allows one level; this also ends a rule that contains itself by a YAML anchor.
      if (depth_ == 1) {
        Report(RuleId::kNestedAdditionalBindings, node.Mark(), "additional_bindings are nested",
               "move the inner bindings up one level");
        return false;
      }
      ++depth_;
      std::optional<Rule> additional = ReadRule(node, false);
      --depth_;
      good = good && additional.has_value();
      if (additional) rule->additional_bindings.push_back(*std::move(additional));
    }
    return good;
  }

  bool ReadCustom(const YAML::Node& value, Rule* rule) {
    if (!value.IsMap()) {
      Report(RuleId::kConfigRule, value.Mark(), "`custom` is not a map",
             "write `custom: {kind: HEAD, path: /v1/...}`");
      return false;
    }
    rule->kind.at = At(value.Mark());
    bool good = true;
    std::set<std::string> seen;
    for (const auto& entry : value) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
      if (IsRepeated(entry.first, key, &seen)) {
        good = false;
      } else if (key == "kind") {
        good = ReadText(key, entry.second, &rule->kind) && good;
      } else if (key == "path") {
        good = ReadText(key, entry.second, &rule->path) && good;
      } else {
        Report(RuleId::kConfigRule, entry.first.Mark(), "`custom` has no key `" + key + '`',
               "known keys: kind, path");
        good = false;
      }
    }
    return good;
  }

  bool ReadText(const std::string& key, const YAML::Node& value, SourceText* out) {
    if (!value.IsScalar()) {
      Report(RuleId::kConfigRule, value.Mark(), '`' + key + "` is not a text",
             "write one text behind `" + key + ":`");
      return false;
    }
    const YAML::Mark mark = value.Mark();
    out->text = value.Scalar();
    out->at = At(mark);
    // Positions inside the text are known only where the file spells it character by character.
    const auto node = static_cast<std::size_t>(std::max(mark.pos, 0));
    const std::size_t start = SkipProperties(node);
    out->at.column += static_cast<int>(start - node);
    const bool quoted = start < text_.size() && (text_[start] == '"' || text_[start] == '\'');
    if (text_.compare(std::min(start + (quoted ? 1 : 0), text_.size()), out->text.size(),
                      out->text) == 0) {
      out->exact = true;
      if (quoted) ++out->at.column;
    }
    return true;
  }

  /// Where the scalar at `position` begins behind its tag and anchor, which belong to its mark.
  std::size_t SkipProperties(std::size_t position) const {
    while (position < text_.size() && (text_[position] == '!' || text_[position] == '&')) {
      const std::size_t space = text_.find_first_of(" \t\r\n", position);
      const std::size_t next = text_.find_first_not_of(" \t", space);
      if (next == std::string::npos || text_[next] == '\r' || text_[next] == '\n') break;
      position = next;
    }
    return position;
  }

  static std::string KnownKeys() {
    std::string out = "known keys:";
    for (const std::string_view key : kRuleKeys) {
      out += (out.back() == ':' ? " " : ", ") + std::string(key);
    }
    return out;
  }

  Location At(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 1, 1};
    return {file_, mark.line + 1, mark.column + 1};
  }

  /// The line of the file at `mark`, without white space around it, and where in it the mark
  /// stands.
  void Excerpt(const YAML::Mark& mark, Diagnostic* diagnostic) const {
    if (mark.is_null() || mark.pos < 0 || static_cast<std::size_t>(mark.pos) > text_.size()) return;
    const auto at = static_cast<std::size_t>(mark.pos);
    std::size_t first = at == 0 ? std::string::npos : text_.rfind('\n', at - 1);
    first = first == std::string::npos ? 0 : first + 1;
    std::size_t last = std::min(text_.find('\n', at), text_.size());
    while (last > at && std::isspace(static_cast<unsigned char>(text_[last - 1])) != 0) --last;
    while (first < at && text_[first] == ' ') ++first;
    diagnostic->excerpt = text_.substr(first, last - first);
    diagnostic->caret = at - first;
  }

  void Report(RuleId rule, const YAML::Mark& mark, std::string message, std::string help) {
    Diagnostic diagnostic;
    diagnostic.rule = RuleName(rule);
    diagnostic.at = At(mark);
    diagnostic.message = std::move(message);
    diagnostic.help = std::move(help);
    Excerpt(mark, &diagnostic);
    diagnostics_->Add(std::move(diagnostic));
  }

  const std::string& file_;
  const std::string text_;
  Diagnostics* diagnostics_;
  /// How many lists of additional_bindings we are inside of.
  int depth_ = 0;
};

}  // namespace

std::optional<Rule> ServiceConfig::Find(std::string_view method_full_name) const {
  const auto found = by_selector_.find(method_full_name);
  if (found == by_selector_.end()) return std::nullopt;
  return rules_[found->second];
}

void ServiceConfig::Add(Rule rule) {
  by_selector_[rule.selector.text] = rules_.size();
  rules_.push_back(std::move(rule));
}

ServiceConfig ParseServiceConfig(const std::string& file, std::string_view text,
                                 Diagnostics* diagnostics) {
  // Neither yaml-cpp's positions nor an editor's count a byte order mark.
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return ConfigReader(file, std::string(text), diagnostics).Read();
}

}  // namespace kratos::plugin
