#include "emit/emit.h"

namespace kratos::plugin {
namespace {

/// The fields of a kratos::grpc::ClientMethod in designated form.
std::vector<std::string> MethodFields(const Method& method, const MethodNames& names) {
  std::vector<std::string> fields = {".operation = " + names.operation};
  if (method.TakesStream()) fields.push_back(".request_stream = true");
  if (method.GivesStream()) fields.push_back(".reply_stream = true");
  return fields;
}

void EmitMethodValue(const Method& method, const MethodNames& names, CodeWriter* writer) {
  const std::string head = "static constexpr ::kratos::grpc::ClientMethod method{";
  const std::vector<std::string> fields = MethodFields(method, names);
  std::string value;
  for (const std::string& field : fields) value += (value.empty() ? "" : ", ") + field;
  if (writer->indent() + head.size() + value.size() + 2 <= kLineWidth) {
    return writer->Line(head + value + "};");
  }
  writer->Line(head);
  const CodeWriter::Indented indented(writer, 4);
  if (writer->indent() + value.size() + 2 <= kLineWidth) return writer->Line(value + "};");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    writer->Line(fields[i] + (i + 1 == fields.size() ? "};" : ","));
  }
}

void EmitDeclaration(const EmitContext& context, const Method& method, const MethodNames& names,
                     CodeWriter* writer) {
  writer->Line();
  EmitComments(method.comments, false, writer);
  writer->Comment({method.operation});
  ClientSignature signature = MakeClientSignature(context, method);
  const std::string type = DeprecatedAttribute(method.deprecated) + signature.type;
  EmitFunction(type, names.function, signature.parameters, " const;", writer);
  signature.parameters.push_back("const ::kratos::grpc::CallOptions& options");
  EmitFunction(type, names.function, signature.parameters, " const;", writer);
}

void EmitDefinition(const EmitContext& context, const Method& method, const ServiceNames& service,
                    const MethodNames& names, CodeWriter* writer) {
  const std::string function = service.grpc_client_class + "::" + names.function;
  ClientSignature signature = MakeClientSignature(context, method);
  writer->Line();
  EmitFunction(signature.type, function, signature.parameters, " const {", writer);
  {
    const CodeWriter::Indented indented(writer);
    writer->Line(std::string("return ") + (IsLocalName(names.function) ? "this->" : "") +
                 names.function + '(' + signature.arguments + ", ::kratos::grpc::CallOptions{});");
  }
  writer->Line("}");

  signature.parameters.push_back("const ::kratos::grpc::CallOptions& options");
  writer->Line();
  EmitFunction(signature.type, function, signature.parameters, " const {", writer);
  {
    const CodeWriter::Indented body(writer);
    EmitMethodValue(method, names, writer);
    if (method.streaming == Streaming::kUnary) {
      writer->Line("return client_->Invoke(ctx, method, request, reply, options);");
    } else {
      writer->Line(std::string("return ::kratos::codegen::Open(*client_, ctx, method, ") +
                   (method.TakesStream() ? "nullptr" : "&request") + ", options);");
    }
  }
  writer->Line("}");
}

}  // namespace

void EmitGrpcClientHeader(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  writer->Line();
  EmitComments(service.comments, false, writer);
  bool streams = false;
  for (const Method& method : service.methods) {
    streams = streams || method.streaming != Streaming::kUnary;
  }
  writer->Paragraph("The gRPC client of " + service.full_name +
                    ". Copies are cheap and share the connection of the client they were made "
                    "from; methods may be called from many threads at the same time. Each method "
                    "blocks until the reply is there or the call has failed." +
                    (streams ? " One that streams gives back the open stream, which the context "
                               "must outlive."
                             : ""));
  writer->Print(
      R"(
class $attribute$$class$ {
 public:)",
      {{"attribute", DeprecatedAttribute(service.deprecated)}, {"class", names.grpc_client_class}});
  {
    const CodeWriter::Indented indented(writer);
    writer->List("explicit " + names.grpc_client_class,
                 {"::std::shared_ptr<::kratos::grpc::Client> client"}, ";");
    for (std::size_t i = 0; i < service.methods.size(); ++i) {
      EmitDeclaration(context, service.methods[i], names.methods[i], writer);
    }
  }
  writer->Print(R"(

 private:
  ::std::shared_ptr<::kratos::grpc::Client> client_;
};)");
}

void EmitGrpcClientSource(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  writer->Line();
  writer->List(names.grpc_client_class + "::" + names.grpc_client_class,
               {"::std::shared_ptr<::kratos::grpc::Client> client"}, "");
  writer->Line("    : client_(::std::move(client)) {}");
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    EmitDefinition(context, service.methods[i], names, names.methods[i], writer);
  }
}

}  // namespace kratos::plugin
