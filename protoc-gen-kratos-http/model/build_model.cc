#include "model/build_model.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <utility>

#include "model/annotation.h"
#include "model/json_types.h"
#include "model/taken_names.h"
#include "source/source_info.h"

namespace kratos::plugin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileOptions;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

Field BuildField(const FieldDescriptor& field) {
  Field out;
  out.name = field.name();
  out.number = field.number();
  out.repeated = field.is_repeated();
  out.map = field.is_map();
  out.deprecated = field.options().deprecated();
  if (const auto* oneof = field.real_containing_oneof()) out.oneof = oneof->name();
  if (field.message_type() != nullptr) out.message = BuildMessageType(*field.message_type());
  // FindFieldByCamelcaseName would do, but which of two fields it finds is a matter of chance.
  const Descriptor& message = *field.containing_type();
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& other = *message.field(i);
    if (&other != &field && other.camelcase_name() == field.camelcase_name()) {
      out.camel_case_clash = true;
    }
  }
  return out;
}

/// Fields that one text can set.
std::vector<std::string> ScalarNames(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (!field.is_repeated() && field.message_type() == nullptr) names.emplace_back(field.name());
  }
  return names;
}

std::vector<std::string> FieldNames(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.emplace_back(message.field(i)->name());
  return names;
}

FieldPath ResolveFieldPath(const Descriptor& message, const std::vector<std::string>& names) {
  FieldPath path;
  path.names = names;
  const Descriptor* current = &message;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = current->FindFieldByName(names[i]);
    path.stopped_in = current->full_name();
    if (field == nullptr) {
      path.outcome = FieldPath::Outcome::kUnknownField;
      path.candidates = FieldNames(*current);
      return path;
    }
    path.fields.push_back(BuildField(*field));
    if (i + 1 == names.size()) break;
    if (field->is_repeated()) {
      path.outcome = FieldPath::Outcome::kThroughRepeated;
      return path;
    }
    if (field->message_type() == nullptr) {
      path.outcome = FieldPath::Outcome::kThroughScalar;
      return path;
    }
    current = field->message_type();
  }
  path.stopped_in.clear();
  if (!path.fields.empty() && path.fields.back().IsSingularMessage()) {
    path.candidates = ScalarNames(*current->FindFieldByName(names.back())->message_type());
  }
  return path;
}

BodyRule BuildBody(const SourceText& source, const Descriptor& message) {
  BodyRule out;
  out.source = source;
  if (source.text.empty()) return out;
  if (source.text == "*") {
    out.kind = BodyRule::Kind::kWhole;
  } else if (const FieldDescriptor* field = message.FindFieldByName(source.text)) {
    out.kind = BodyRule::Kind::kField;
    out.field = BuildField(*field);
  } else {
    out.kind = BodyRule::Kind::kUnresolved;
    out.candidates = FieldNames(message);
  }
  return out;
}

std::string UpperCase(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string HttpMethod(const Rule& rule) {
  switch (rule.pattern) {
    case Rule::Pattern::kCustom:
      return UpperCase(rule.kind.text);
    case Rule::Pattern::kNone:
      return "POST";  // As Kratos.
    default:
      return UpperCase(PatternName(rule.pattern));
  }
}

StreamKind FindStreamKind(const Method& method, const BodyRule& body) {
  switch (method.streaming) {
    case Streaming::kUnary:
      return StreamKind::kUnary;
    case Streaming::kServer:
      return StreamKind::kServer;
    case Streaming::kBidirectional:
      return StreamKind::kBidi;
    case Streaming::kClient:
      break;
  }
  const bool raw = body.field
                       ? body.field->IsSingularHttpBody()
                       : method.request.IsHttpBody() && body.kind != BodyRule::Kind::kUnresolved;
  return raw ? StreamKind::kUpload : StreamKind::kClient;
}

/// Streams and WebSockets carry whole replies, as in Kratos; only google.api.HttpBody can be taken
/// out of the messages of a server stream.
bool CanPickFromReply(StreamKind stream, const Field& field) {
  switch (stream) {
    case StreamKind::kUnary:
    case StreamKind::kUpload:
      return true;
    case StreamKind::kServer:
      return field.IsSingularHttpBody();
    case StreamKind::kClient:
    case StreamKind::kBidi:
      return false;
  }
  return true;
}

bool HidesRuntime(const FileDescriptor& file) {
  bool hides = false;
  if (!file.package().empty()) return hides;
  ForEachFileOfPackage(file, [&](const FileDescriptor& part) {
    hides = hides || part.FindMessageTypeByName("kratos") != nullptr ||
            part.FindEnumTypeByName("kratos") != nullptr ||
            part.FindEnumValueByName("kratos") != nullptr ||
            part.FindExtensionByName("kratos") != nullptr ||
            part.FindServiceByName("kratos") != nullptr;
  });
  return hides;
}

class ModelBuilder {
 public:
  ModelBuilder(const FileDescriptor& file, const BuildOptions& options)
      : file_(file), options_(options) {}

  File Build() const {
    File out;
    out.path = file_.name();
    out.package = file_.package();
    out.taken_names = TakenNames(file_);
    if (file_.service_count() > 0) {
      out.hides_runtime = HidesRuntime(file_);
      out.extensions = VisibleExtensions(file_);
    }
    for (int i = 0; i < file_.service_count(); ++i) {
      out.services.push_back(BuildService(*file_.service(i)));
    }
    if (options_.json_messages) out.json_messages = FindJsonMessages(file_, out.services);
    return out;
  }

 private:
  Service BuildService(const ServiceDescriptor& service) const {
    const std::vector<int> path = {kFileServiceField, service.index()};
    Service out;
    out.name = service.name();
    out.full_name = service.full_name();
    out.deprecated = service.options().deprecated() || file_.options().deprecated();
    out.comments = FindComments(file_, path);
    out.location = FindLocation(file_, path);
    for (int i = 0; i < service.method_count(); ++i) {
      out.methods.push_back(BuildMethod(*service.method(i)));
    }
    return out;
  }

  Method BuildMethod(const MethodDescriptor& method) const {
    const std::vector<int> path = {kFileServiceField, method.service()->index(),
                                   kServiceMethodField, method.index()};
    Method out;
    out.name = method.name();
    out.full_name = method.full_name();
    out.operation =
        '/' + std::string(method.service()->full_name()) + '/' + std::string(method.name());
    out.request = BuildMessageType(*method.input_type());
    out.reply = BuildMessageType(*method.output_type());
    for (int i = 0; i < method.input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method.input_type()->field(i);
      if (field.message_type() != nullptr &&
          field.message_type()->full_name() == "google.api.HttpBody") {
        out.http_body_fields.emplace_back(field.name());
      }
    }
    if (method.client_streaming()) {
      out.streaming = method.server_streaming() ? Streaming::kBidirectional : Streaming::kClient;
    } else if (method.server_streaming()) {
      out.streaming = Streaming::kServer;
    }
    out.deprecated = method.options().deprecated();
    out.comments = FindComments(file_, path);
    out.location = FindLocation(file_, path);
    out.bindings = BuildBindings(method, out);
    return out;
  }

  std::vector<Binding> BuildBindings(const MethodDescriptor& method, const Method& model) const {
    std::vector<Binding> out;
    std::optional<Rule> rule;
    if (options_.config != nullptr) rule = options_.config->Find(model.full_name);
    if (!rule) rule = ReadAnnotation(method);
    if (!rule) {
      if (options_.omitempty || model.streaming != Streaming::kUnary) return out;
      Rule implied;
      implied.at = model.location;
      implied.path.at = model.location;
      out.push_back(BuildBinding(implied, 0, method, model));
      out.back().implied = true;
      return out;
    }
    out.push_back(BuildBinding(*rule, 0, method, model));
    for (const Rule& additional : rule->additional_bindings) {
      out.push_back(BuildBinding(additional, out.size(), method, model));
    }
    return out;
  }

  Binding BuildBinding(const Rule& rule, std::size_t index, const MethodDescriptor& method,
                       const Method& model) const {
    Binding out;
    out.rule = rule;
    out.index = index;
    out.pattern = PatternName(rule.pattern);
    out.http_method = HttpMethod(rule);
    out.source = rule.path;
    out.path =
        rule.path.text.empty() ? options_.omitempty_prefix + model.operation : rule.path.text;
    out.body = BuildBody(rule.body, *method.input_type());
    if (rule.pattern == Rule::Pattern::kNone && rule.body.text.empty()) {
      out.body.kind = BodyRule::Kind::kWhole;  // Nothing says where the request is: in the body.
    }
    out.stream = FindStreamKind(model, out.body);
    out.response_body = BuildBody(rule.response_body, *method.output_type());
    if (out.response_body.field && !CanPickFromReply(out.stream, *out.response_body.field)) {
      out.response_body.kind = BodyRule::Kind::kNone;
      out.response_body.field.reset();
    }
    if (out.response_body.kind == BodyRule::Kind::kWhole) {
      out.response_body.kind = BodyRule::Kind::kNone;  // "*" is the whole reply, as is no rule.
    }
    route::ParseError error;
    out.path_template = route::PathTemplate::Parse(out.path, &error);
    if (!out.path_template) {
      out.path_error = std::move(error);
      return out;
    }
    for (const route::Variable& variable : out.path_template->variables()) {
      out.variables.push_back(ResolveFieldPath(*method.input_type(), variable.field_path));
    }
    return out;
  }

  const FileDescriptor& file_;
  const BuildOptions& options_;
};

}  // namespace

MessageType BuildMessageType(const Descriptor& message) {
  MessageType out;
  out.full_name = message.full_name();
  out.package = message.file()->package();
  out.file = message.file()->name();
  out.deprecated = message.options().deprecated() || message.file()->options().deprecated();
  out.lite = message.file()->options().optimize_for() == FileOptions::LITE_RUNTIME;
  for (const Descriptor* m = &message; m != nullptr; m = m->containing_type()) {
    out.nesting.emplace_back(m->name());
  }
  std::reverse(out.nesting.begin(), out.nesting.end());
  return out;
}

File BuildModel(const FileDescriptor& file, const BuildOptions& options) {
  return ModelBuilder(file, options).Build();
}

}  // namespace kratos::plugin
