#include "model/model.h"

#include <algorithm>

namespace kratos::plugin {

const char* PatternName(Rule::Pattern pattern) {
  switch (pattern) {
    case Rule::Pattern::kNone:
      return "";
    case Rule::Pattern::kGet:
      return "get";
    case Rule::Pattern::kPut:
      return "put";
    case Rule::Pattern::kPost:
      return "post";
    case Rule::Pattern::kDelete:
      return "delete";
    case Rule::Pattern::kPatch:
      return "patch";
    case Rule::Pattern::kCustom:
      return "custom";
  }
  return "";
}

std::string FieldPath::Text() const {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += '.';
    text += name;
  }
  return text;
}

std::string BodyRule::Text() const {
  switch (kind) {
    case Kind::kNone:
      return "";
    case Kind::kWhole:
      return "*";
    case Kind::kField:
    case Kind::kUnresolved:
      return source.text;
  }
  return "";
}

bool Binding::TakesStream() const { return IsWebSocketOnly() || stream == StreamKind::kUpload; }

bool Binding::IsWebSocketOnly() const {
  return stream == StreamKind::kClient || stream == StreamKind::kBidi;
}

const Field* Binding::StreamedField() const {
  return TakesStream() && body.field && body.field->IsSingularMessage() ? &*body.field : nullptr;
}

bool Service::HasHttp() const {
  return std::any_of(methods.begin(), methods.end(),
                     [](const Method& method) { return method.HasHttp(); });
}

bool Service::HasHttpStreams() const {
  return std::any_of(methods.begin(), methods.end(), [](const Method& method) {
    return method.HasHttp() && method.streaming != Streaming::kUnary;
  });
}

namespace {

const char* StreamingName(Streaming streaming) {
  switch (streaming) {
    case Streaming::kUnary:
      return "unary";
    case Streaming::kClient:
      return "client streaming";
    case Streaming::kServer:
      return "server streaming";
    case Streaming::kBidirectional:
      return "bidi streaming";
  }
  return "";
}

const char* StreamKindName(StreamKind kind) {
  switch (kind) {
    case StreamKind::kUnary:
      return "";
    case StreamKind::kServer:
      return " stream=server";
    case StreamKind::kClient:
      return " stream=client";
    case StreamKind::kUpload:
      return " stream=upload";
    case StreamKind::kBidi:
      return " stream=bidi";
  }
  return "";
}

void AppendBinding(const Binding& binding, std::string* out) {
  *out += "    " + binding.http_method + ' ' + binding.path;
  if (!binding.body.Text().empty()) *out += " body=" + binding.body.Text();
  if (!binding.response_body.Text().empty()) {
    *out += " response_body=" + binding.response_body.Text();
  }
  *out += StreamKindName(binding.stream);
  for (const FieldPath& variable : binding.variables) *out += " {" + variable.Text() + '}';
  if (binding.path_error) {
    *out += " error=" + std::string(route::ToString(binding.path_error->code));
  }
  if (binding.implied) *out += " implied";
  *out += '\n';
}

}  // namespace

std::string DebugString(const File& file) {
  std::string out = "file " + file.path + " package=" + file.package + '\n';
  for (const Service& service : file.services) {
    out += "service " + service.full_name + (service.deprecated ? " deprecated" : "") + '\n';
    for (const Method& method : service.methods) {
      out += "  rpc " + method.operation + ' ' + method.request.full_name + " -> " +
             method.reply.full_name + ' ' + StreamingName(method.streaming) +
             (method.deprecated ? " deprecated" : "") + '\n';
      for (const Binding& binding : method.bindings) AppendBinding(binding, &out);
    }
  }
  return out;
}

}  // namespace kratos::plugin
