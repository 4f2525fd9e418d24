#include "emit/emit.h"

namespace kratos::plugin {
namespace {

std::string ServicePointer(const ServiceNames& names) {
  return "const ::std::shared_ptr<" + names.server_class + ">& service";
}

std::vector<std::string> OverHttpParameters() {
  return {"::kratos::http::Server& server", "::grpc::Service& service"};
}

/// The arguments of a service method behind its context.
std::vector<std::string> Arguments(const Method& method) {
  return {method.TakesStream() ? "in" : "request", method.GivesStream() ? "out" : "reply"};
}

void EmitRegister(const ServiceNames& names, CodeWriter* writer) {
  writer->Line();
  if (names.methods.empty()) {
    return writer->List("void " + names.grpc_register_function,
                        {"::kratos::grpc::Server& /*server*/",
                         "const ::std::shared_ptr<" + names.server_class + ">& /*service*/"},
                        " {}");
  }
  writer->List("void " + names.grpc_register_function,
               {"::kratos::grpc::Server& server", ServicePointer(names)}, " {");
  {
    const CodeWriter::Indented indented(writer);
    for (const MethodNames& method : names.methods) {
      writer->List("::kratos::codegen::BindGrpc",
                   {"server", method.operation, "service",
                    '&' + names.server_class + "::" + method.function},
                   ";");
    }
  }
  writer->Line("}");
}

}  // namespace

void EmitGrpcServerHeader(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  const std::string attribute = DeprecatedAttribute(service.deprecated);
  writer->Line();
  writer->Paragraph("Adds every rpc of " + service.full_name +
                    " to `server`, which keeps `service` alive. Call it before the server starts.");
  writer->List(attribute + "void " + names.grpc_register_function,
               {"::kratos::grpc::Server& server", ServicePointer(names)}, ";");
  writer->Line();
  writer->Paragraph(
      "Passes each call on to `client`: a server that answers with what another one "
      "says.");
  EmitFunction(attribute + "::std::shared_ptr<" + names.server_class + '>',
               names.make_forwarder_function, {"::std::shared_ptr<::kratos::grpc::Client> client"},
               ";", writer);
  if (!service.HasHttp()) return;
  writer->Line();
  writer->Paragraph(
      "Serves an existing gRPC service, one that derives from a class of gRPC's own "
      "code generator for " +
      service.full_name +
      ", over HTTP. It must outlive `server`. Call it before the server starts.");
  writer->List(attribute + "void " + names.register_function, OverHttpParameters(), ";");
}

void EmitForwarder(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  writer->Print(R"(

class $class$ final : public $base$ {
 public:)",
                {{"class", names.forwarder_class}, {"base", names.server_class}});
  {
    const CodeWriter::Indented indented(writer);
    writer->List("explicit " + names.forwarder_class,
                 {"::std::shared_ptr<::kratos::grpc::Client> client"}, "");
    writer->Line("    : client_(::std::move(client)) {}");
    for (std::size_t i = 0; i < service.methods.size(); ++i) {
      const Method& method = service.methods[i];
      writer->Line();
      writer->List("::kratos::Status " + names.methods[i].function,
                   ServerParameters(context, method), " override {");
      {
        const CodeWriter::Indented body(writer);
        std::vector<std::string> arguments = {"*client_", names.methods[i].operation, "ctx"};
        for (std::string& argument : Arguments(method)) arguments.push_back(std::move(argument));
        writer->List("return ::kratos::codegen::Forward", arguments, ";");
      }
      writer->Line("}");
    }
  }
  writer->Print(R"(

 private:
  ::std::shared_ptr<::kratos::grpc::Client> client_;
};)");
}

void EmitGrpcServerSource(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  EmitRegister(names, writer);
  writer->Line();
  EmitFunction("::std::shared_ptr<" + names.server_class + '>', names.make_forwarder_function,
               {"::std::shared_ptr<::kratos::grpc::Client> client"}, " {", writer);
  {
    const CodeWriter::Indented indented(writer);
    writer->Line("return ::std::make_shared<" + names.forwarder_class + ">(::std::move(client));");
  }
  writer->Line("}");
  if (!service.HasHttp()) return;
  writer->Line();
  writer->List("void " + names.register_function, OverHttpParameters(), " {");
  {
    const CodeWriter::Indented indented(writer);
    writer->List(
        names.register_function,
        {"server", names.make_forwarder_function + "(::kratos::grpc::Client::InProcess(service))"},
        ";");
  }
  writer->Line("}");
}

}  // namespace kratos::plugin
