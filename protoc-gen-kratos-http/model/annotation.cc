#include "model/annotation.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "google/api/annotations.pb.h"
#include "google/api/http.pb.h"
#include "kratos/route/percent.h"
#include "source/source_info.h"

namespace kratos::plugin {
namespace {

using google::api::HttpRule;

/// `readable` becomes false when the rule that is there cannot be read.
std::optional<HttpRule> FindHttpRule(const google::protobuf::MethodOptions& options,
                                     bool* readable) {
  if (options.HasExtension(google::api::http)) return options.GetExtension(google::api::http);
  // A second copy of annotations.proto, or options built by another pool, leave the bytes unread.
  std::optional<HttpRule> rule;
  const auto& unknown = options.GetReflection()->GetUnknownFields(options);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const google::protobuf::UnknownField& field = unknown.field(i);
    if (field.number() != google::api::kHttpFieldNumber) continue;
    if (field.type() != google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) continue;
    if (!rule) rule.emplace();
    // Occurrences of one message field merge (protobuf encoding specification).
    if (!rule->MergeFromString(std::string(field.length_delimited()))) *readable = false;
  }
  return rule;
}

/// A descriptor pool parses options anew, and keeps what it could of those that are not UTF-8.
bool IsUtf8(const Rule& rule) {
  for (const SourceText* text :
       {&rule.path, &rule.kind, &rule.body, &rule.response_body, &rule.selector}) {
    if (!route::IsValidUtf8(text->text)) return false;
  }
  return std::all_of(rule.additional_bindings.begin(), rule.additional_bindings.end(), IsUtf8);
}

/// Turns messages into rules; `path` is the location path of the message at hand.
class RuleReader {
 public:
  explicit RuleReader(const google::protobuf::FileDescriptor& file) : file_(file) {}

  Rule Read(const HttpRule& from, const std::vector<int>& path) const {
    Rule rule;
    rule.at = FindLocation(file_, path);
    ReadPattern(from, path, &rule);
    rule.selector = OptionalText(from.selector(), path, HttpRule::kSelectorFieldNumber);
    rule.body = OptionalText(from.body(), path, HttpRule::kBodyFieldNumber);
    rule.response_body =
        OptionalText(from.response_body(), path, HttpRule::kResponseBodyFieldNumber);
    // Set field by field, the rule has no statement of its own; "the options" are any of the rpc's.
    google::protobuf::SourceLocation statement;
    if (!file_.GetSourceLocation(path, &statement)) {
      if (!rule.body.text.empty()) rule.at = rule.body.at;
      if (!rule.path.text.empty()) rule.at = rule.path.at;
    }
    for (int i = 0; i < from.additional_bindings_size(); ++i) {
      std::vector<int> inner = path;
      inner.push_back(HttpRule::kAdditionalBindingsFieldNumber);
      inner.push_back(i);
      rule.additional_bindings.push_back(Read(from.additional_bindings(i), inner));
    }
    return rule;
  }

 private:
  void ReadPattern(const HttpRule& from, const std::vector<int>& path, Rule* rule) const {
    switch (from.pattern_case()) {
      case HttpRule::kGet:
        return SetPattern(Rule::Pattern::kGet, from.get(), path, HttpRule::kGetFieldNumber, rule);
      case HttpRule::kPut:
        return SetPattern(Rule::Pattern::kPut, from.put(), path, HttpRule::kPutFieldNumber, rule);
      case HttpRule::kPost:
        return SetPattern(Rule::Pattern::kPost, from.post(), path, HttpRule::kPostFieldNumber,
                          rule);
      case HttpRule::kDelete:
        return SetPattern(Rule::Pattern::kDelete, from.delete_(), path,
                          HttpRule::kDeleteFieldNumber, rule);
      case HttpRule::kPatch:
        return SetPattern(Rule::Pattern::kPatch, from.patch(), path, HttpRule::kPatchFieldNumber,
                          rule);
      case HttpRule::kCustom: {
        std::vector<int> inner = path;
        inner.push_back(HttpRule::kCustomFieldNumber);
        rule->pattern = Rule::Pattern::kCustom;
        rule->kind =
            Text(from.custom().kind(), inner, google::api::CustomHttpPattern::kKindFieldNumber);
        rule->path =
            Text(from.custom().path(), inner, google::api::CustomHttpPattern::kPathFieldNumber);
        return;
      }
      case HttpRule::PATTERN_NOT_SET:
        rule->path.at = rule->at;
        return;
    }
  }

  void SetPattern(Rule::Pattern pattern, const std::string& text, const std::vector<int>& path,
                  int field, Rule* rule) const {
    rule->pattern = pattern;
    rule->path = Text(text, path, field);
  }

  /// A text that is as good as absent when empty: nothing is ever said about its place then.
  SourceText OptionalText(const std::string& text, const std::vector<int>& path, int field) const {
    return text.empty() ? SourceText{} : Text(text, path, field);
  }

  SourceText Text(const std::string& text, std::vector<int> path, int field) const {
    path.push_back(field);
    return {text, FindLocation(file_, std::move(path)), false};
  }

  const google::protobuf::FileDescriptor& file_;
};

}  // namespace

std::optional<Rule> ReadAnnotation(const google::protobuf::MethodDescriptor& method) {
  bool readable = true;
  const std::optional<HttpRule> rule = FindHttpRule(method.options(), &readable);
  if (!rule) return std::nullopt;
  Rule out = RuleReader(*method.file())
                 .Read(*rule, {kFileServiceField, method.service()->index(), kServiceMethodField,
                               method.index(), kMethodOptionsField, google::api::kHttpFieldNumber});
  if (readable && IsUtf8(out)) return out;
  Rule unreadable;
  unreadable.at = out.at;
  unreadable.path.at = out.at;
  unreadable.readable = false;
  return unreadable;
}

}  // namespace kratos::plugin
