#include <algorithm>

#include "checks/checks.h"
#include "checks/report.h"

namespace kratos::plugin {
namespace {

struct Side {
  const char* key;
  RuleId unknown;
  RuleId not_top_level;
};

constexpr Side kRequest = {"body", RuleId::kUnknownBodyField, RuleId::kBodyNotTopLevel};
constexpr Side kReply = {"response_body", RuleId::kUnknownResponseBodyField,
                         RuleId::kResponseBodyNotTopLevel};

void CheckResolved(const Method& method, const Binding& binding, const BodyRule& body,
                   const MessageType& message, const Side& side, Diagnostics* diagnostics) {
  if (body.kind != BodyRule::Kind::kUnresolved) return;
  const std::string& text = body.source.text;
  const std::size_t dot = text.find('.');
  if (dot != std::string::npos) {
    const std::string first = text.substr(0, dot);
    const bool known =
        std::find(body.candidates.begin(), body.candidates.end(), first) != body.candidates.end();
    diagnostics->Add(
        AboutText(Severity::kError, RuleName(side.not_top_level), method, binding, body.source,
                  side.key, 0, text.size(),
                  "`" + std::string(side.key) + "` names \"" + text + "\", a field inside a field",
                  (known ? "write \"" + first + "\": " : std::string()) +
                      "only a top-level field of " + message.full_name + " can be named"));
    return;
  }
  diagnostics->Add(
      AboutText(Severity::kError, RuleName(side.unknown), method, binding, body.source, side.key, 0,
                text.size(), "message " + message.full_name + " has no field \"" + text + '"',
                DidYouMean(text, body.candidates) + "use the field's name as the .proto spells it" +
                    (&side == &kRequest ? ", or \"*\" for the whole request" : "")));
}

void CheckResponseStar(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  if (binding.response_body.source.text != "*") return;
  diagnostics->Add(AboutText(Severity::kWarning, RuleName(RuleId::kResponseBodyStar), method,
                             binding, binding.response_body.source, kReply.key, 0, 1,
                             "\"*\" has no meaning here; the whole reply is sent",
                             "remove `response_body`"));
}

/// Rules that mean nothing where whole messages stream.
void CheckStream(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  if (binding.TakesStream() && binding.body.field && binding.StreamedField() == nullptr) {
    diagnostics->Add(AboutText(
        Severity::kWarning, RuleName(RuleId::kBodyOnStream), method, binding, binding.body.source,
        kRequest.key, 0, binding.body.source.text.size(),
        "the field is no single message, so `body` has no effect on the stream: each message is a "
        "whole request",
        "use `body: \"*\"`, or name a field that holds one message"));
  }
  const SourceText& response_body = binding.rule.response_body;
  if (response_body.text.empty() || response_body.text == "*") return;
  if (binding.response_body.kind != BodyRule::Kind::kNone) return;
  diagnostics->Add(AboutText(
      Severity::kWarning, RuleName(RuleId::kResponseBodyOnStream), method, binding, response_body,
      kReply.key, 0, response_body.text.size(),
      binding.stream == StreamKind::kServer
          ? "the field is no google.api.HttpBody, so `response_body` has no effect on the stream: "
            "whole replies are sent"
          : "`response_body` has no effect on a WebSocket: whole replies are sent",
      "remove `response_body`"));
}

void CheckBoundByPath(const Method& method, const Binding& binding, Diagnostics* diagnostics) {
  // In a stream such a field is no body; see CheckStream.
  if (binding.body.kind != BodyRule::Kind::kField || binding.TakesStream()) return;
  for (const FieldPath& variable : binding.variables) {
    if (variable.fields.empty()) continue;
    const Field& bound = variable.fields[0];
    const bool shares_oneof = !bound.oneof.empty() && bound.oneof == binding.body.field->oneof &&
                              bound.name != binding.body.field->name;
    if (shares_oneof) {
      diagnostics->Add(AboutText(Severity::kWarning, RuleName(RuleId::kBodyBoundByPath), method,
                                 binding, binding.body.source, kRequest.key, 0,
                                 binding.body.source.text.size(),
                                 "the path binds {" + variable.Text() + "} of the same oneof, \"" +
                                     bound.oneof + "\", and the path wins: the body is never used",
                                 "name another field as body, or remove the variable"));
    }
    if (variable.names.size() != 1 || bound.name != binding.body.source.text) continue;
    diagnostics->Add(AboutText(Severity::kWarning, RuleName(RuleId::kBodyBoundByPath), method,
                               binding, binding.body.source, kRequest.key, 0,
                               binding.body.source.text.size(),
                               "the path binds \"" + variable.names[0] +
                                   "\" too, and the path wins: the body is never used",
                               "name another field as body, or remove the variable"));
  }
}

/// A google.api.HttpBody that no binding of the rpc takes from a body: it would have to travel in
/// the query. (What a client streams travels in its messages.)
void CheckHttpBody(const Method& method, Diagnostics* diagnostics) {
  if (!method.HasHttp() || method.TakesStream()) return;
  const auto carried = [&](const std::string& field) {
    for (const Binding& binding : method.bindings) {
      if (binding.body.kind == BodyRule::Kind::kWhole) return true;
      if (!field.empty() && binding.body.Text() == field) return true;
    }
    return false;
  };
  const Binding& primary = method.bindings.front();
  if (method.request.IsHttpBody() && !carried("")) {
    diagnostics->Add(AboutRule(Severity::kWarning, RuleId::kHttpBodyInQuery, method, primary,
                               "the request is google.api.HttpBody, but no binding has "
                               "`body: \"*\"`: its bytes would travel in the query",
                               "use POST or PUT with `body: \"*\"`"));
  }
  for (const std::string& field : method.http_body_fields) {
    if (carried(field)) continue;
    diagnostics->Add(
        AboutRule(Severity::kWarning, RuleId::kHttpBodyInQuery, method, primary,
                  "field \"" + field + "\" is google.api.HttpBody and would travel in the query",
                  "name it in a binding: `body: \"" + field + "\"`, with POST, PUT or PATCH"));
  }
}

}  // namespace

void CheckBodies(const File& file, Diagnostics* diagnostics) {
  ForEachBinding(file, [&](const Method& method, const Binding& binding) {
    CheckResolved(method, binding, binding.body, method.request, kRequest, diagnostics);
    CheckResolved(method, binding, binding.response_body, method.reply, kReply, diagnostics);
    CheckResponseStar(method, binding, diagnostics);
    CheckStream(method, binding, diagnostics);
    CheckBoundByPath(method, binding, diagnostics);
  });
  for (const Service& service : file.services) {
    for (const Method& method : service.methods) CheckHttpBody(method, diagnostics);
  }
}

}  // namespace kratos::plugin
