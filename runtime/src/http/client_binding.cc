#include "http/client_binding.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <mutex>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/route/expand.h"

namespace kratos::http {

namespace {

namespace pb = google::protobuf;

constexpr std::size_t kMostCopiedQuery = 4096;
constexpr std::string_view kHttpBody = "google.api.HttpBody";

bool IsHttpBody(const pb::Descriptor& type) { return type.full_name() == kHttpBody; }

Result<BodyRule> MakeRule(std::string_view text, const pb::Descriptor& type) {
  BodyRule rule;
  if (text.empty()) return rule;
  if (text == "*") {
    rule.kind = BodyRule::Kind::kWhole;
    rule.raw = IsHttpBody(type);
    return rule;
  }
  auto path = form::ResolveFieldPath(type, text);
  if (!path.ok()) return path.status();
  if (path->size() != 1) {
    return BadRequest(kReasonCodec, fmt::format("body \"{}\" is not a top-level field of {}", text,
                                                std::string(type.full_name())));
  }
  rule.kind = BodyRule::Kind::kField;
  rule.field = path->front();
  rule.raw = !rule.field->is_repeated() && rule.field->message_type() != nullptr &&
             IsHttpBody(*rule.field->message_type());
  return rule;
}

// The HttpBody `rule` names; its default instance when the field is not set.
const pb::Message& RawBody(const BodyRule& rule, const pb::Message& message) {
  return rule.field == nullptr ? message : message.GetReflection()->GetMessage(message, rule.field);
}

std::string StringField(const pb::Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? std::string() : message.GetReflection()->GetString(message, field);
}

}  // namespace

Result<std::shared_ptr<const BindingPlan>> MakePlan(const Binding& binding,
                                                    const pb::Descriptor& request,
                                                    const pb::Descriptor& reply) {
  auto plan = std::make_shared<BindingPlan>();
  plan->request = &request;
  plan->reply = &reply;
  route::ParseError error;
  plan->path_template = route::PathTemplate::Parse(binding.path, &error);
  if (!plan->path_template) {
    return BadRequest(kReasonCodec,
                      fmt::format("path template \"{}\": {}", binding.path, error.message));
  }
  for (const auto& variable : plan->path_template->variables()) {
    auto path = form::ResolveFieldPath(request, variable.FieldPath());
    if (!path.ok()) return path.status();
    plan->variables.push_back(*path);
    plan->not_in_query.push_back(std::move(path).value());
  }
  auto body = MakeRule(binding.body, request);
  if (!body.ok()) return body.status();
  plan->body = *body;
  if (plan->body.kind == BodyRule::Kind::kField) plan->not_in_query.push_back({plan->body.field});
  plan->without_rule = IsDefaultRoute(binding);
  // "*" and nothing both mean the whole reply.
  auto response_body = MakeRule(binding.response_body.empty() ? "*" : binding.response_body, reply);
  if (!response_body.ok()) return response_body.status();
  plan->response_body = *response_body;
  return std::shared_ptr<const BindingPlan>(std::move(plan));
}

Result<std::string> BuildPath(const BindingPlan& plan, const pb::Message& message) {
  std::vector<std::string> values;
  values.reserve(plan.variables.size());
  for (std::size_t i = 0; i < plan.variables.size(); ++i) {
    auto value = form::FormatValue(plan.variables[i], message);
    if (!value.ok()) {
      return BadRequest(kReasonCodec, fmt::format("path variable {}: {}",
                                                  plan.path_template->variables()[i].FieldPath(),
                                                  value.status().message()))
          .WithCause(value.status());
    }
    values.push_back(std::move(value).value());
  }
  route::ExpandError error;
  auto target = route::ExpandPath(
      *plan.path_template, [&](std::size_t index) { return std::move(values[index]); }, &error);
  if (!target) {
    return BadRequest(kReasonCodec,
                      error.variable.empty()
                          ? error.message
                          : fmt::format("path variable {}: {}", error.variable, error.message));
  }
  return std::move(*target);
}

Result<std::string> BuildTarget(const BindingPlan& plan, const pb::Message& message) {
  auto target = BuildPath(plan, message);
  if (!target.ok()) return target;
  if (plan.body.kind == BodyRule::Kind::kWhole && !plan.without_rule) return target;
  const auto pairs = form::ToPairs(message, plan.not_in_query);
  if (!pairs.ok()) {
    if (plan.without_rule) return target;
    return pairs.status();
  }
  const std::string query = form::FormatQuery(*pairs);
  // The copy beside a body is left out when it could cross the other end's limit on targets.
  if (query.empty() || (plan.without_rule && query.size() > kMostCopiedQuery)) return target;
  target->append("?").append(query);
  return target;
}

Status BuildBody(const BodyRule& rule, const pb::Message& message, const codec::Codec& codec,
                 const codec::EncodeOptions& options, std::string* out) {
  if (rule.kind == BodyRule::Kind::kNone) return {};
  if (rule.raw) {
    *out = StringField(RawBody(rule, message), "data");
    return {};
  }
  if (rule.field != nullptr && rule.field->has_presence() &&
      !message.GetReflection()->HasField(message, rule.field)) {
    return {};
  }
  return codec.Encode(message, rule.field, options, out);
}

std::string RawContentType(const BodyRule& rule, const pb::Message& message) {
  return StringField(RawBody(rule, message), "content_type");
}

void SetRawBody(const BodyRule& rule, std::string data, std::string_view content_type,
                pb::Message* message) {
  auto* body = rule.field == nullptr
                   ? message
                   : message->GetReflection()->MutableMessage(message, rule.field);
  const auto* type = body->GetDescriptor();
  const auto* reflection = body->GetReflection();
  if (const auto* field = type->FindFieldByName("data"))
    reflection->SetString(body, field, std::move(data));
  if (const auto* field = type->FindFieldByName("content_type")) {
    reflection->SetString(body, field, std::string(content_type));
  }
}

std::size_t BindingPlans::Hash::operator()(const KeyView& key) const {
  std::size_t hash = 0;
  const auto mix = [&](std::size_t part) { hash = hash * 1'000'003 ^ part; };
  const std::hash<std::string_view> text;
  mix(text(key.path));
  mix(text(key.body));
  mix(text(key.response_body));
  mix(std::hash<const void*>()(key.request));
  mix(std::hash<const void*>()(key.reply));
  return hash;
}

Result<std::shared_ptr<const BindingPlan>> BindingPlans::Find(const Binding& binding,
                                                              const pb::Descriptor& request,
                                                              const pb::Descriptor& reply) {
  const KeyView key{binding.path, binding.body, binding.response_body, &request, &reply};
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = plans_.find(key); found != plans_.end()) return found->second;
  }
  auto plan = MakePlan(binding, request, reply);
  if (!plan.ok()) return plan;
  const std::unique_lock lock(mutex_);
  return plans_
      .try_emplace(Key{std::string(key.path), std::string(key.body), std::string(key.response_body),
                       &request, &reply},
                   *plan)
      .first->second;
}

}  // namespace kratos::http
