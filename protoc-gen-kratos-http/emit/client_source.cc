#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitBindingValue(const Binding& binding, const MethodNames& names, CodeWriter* writer) {
  const std::vector<std::string> fields = BindingFields(binding, names.operation);
  std::string joined;
  for (const std::string& field : fields) joined += (joined.empty() ? "" : ", ") + field;
  if (writer->indent() + joined.size() + 3 <= kLineWidth) return writer->Line('{' + joined + "},");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const bool last = i + 1 == fields.size();
    writer->Line((i == 0 ? "{" : " ") + fields[i] + (last ? "}," : ","));
  }
}

/// The call of the client that the bindings are for.
void EmitCall(const Method& method, CodeWriter* writer) {
  if (method.streaming == Streaming::kUnary) {
    return writer->Line("return client_->Invoke(ctx, method, request, reply, options);");
  }
  writer->Line(std::string("return ::kratos::codegen::Open(*client_, ctx, method, ") +
               (method.TakesStream() ? "nullptr" : "&request") + ", options);");
}

void EmitMethod(const EmitContext& context, const Method& method, const ServiceNames& service,
                const MethodNames& names, CodeWriter* writer) {
  const std::string function = service.client_class + "::" + names.function;
  ClientSignature signature = MakeClientSignature(context, method);
  writer->Line();
  EmitFunction(signature.type, function, signature.parameters, " const {", writer);
  {
    const CodeWriter::Indented indented(writer);
    writer->Line(std::string("return ") + (IsLocalName(names.function) ? "this->" : "") +
                 names.function + '(' + signature.arguments + ", ::kratos::http::CallOptions{});");
  }
  writer->Line("}");

  signature.parameters.push_back("const ::kratos::http::CallOptions& options");
  writer->Line();
  EmitFunction(signature.type, function, signature.parameters, " const {", writer);
  {
    const CodeWriter::Indented body(writer);
    const std::string method_head = "static const ::kratos::http::ClientMethod method{";
    if (writer->indent() + method_head.size() + names.operation.size() + 3 <= kLineWidth) {
      writer->Line(method_head + names.operation + ", {");
    } else {
      writer->Line(method_head);
      writer->Line("    " + names.operation + ", {");
    }
    {
      const CodeWriter::Indented bindings(writer, 4);
      for (const Binding& binding : method.bindings) EmitBindingValue(binding, names, writer);
    }
    writer->Line("}};");
    EmitCall(method, writer);
  }
  writer->Line("}");
}

}  // namespace

void EmitClientSource(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  if (!service.HasHttp()) return;
  writer->Line();
  writer->List(names.client_class + "::" + names.client_class,
               {"::std::shared_ptr<::kratos::http::Client> client"}, "");
  writer->Line("    : client_(::std::move(client)) {}");
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    if (!service.methods[i].HasHttp()) continue;
    EmitMethod(context, service.methods[i], names, names.methods[i], writer);
  }
}

}  // namespace kratos::plugin
