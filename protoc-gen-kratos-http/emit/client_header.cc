#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitMethod(const EmitContext& context, const Method& method, const MethodNames& names,
                CodeWriter* writer) {
  writer->Line();
  EmitComments(method.comments, false, writer);
  for (const Binding& binding : method.bindings) EmitBindingComment(method, binding, writer);
  ClientSignature signature = MakeClientSignature(context, method);
  const std::string type = DeprecatedAttribute(method.deprecated) + signature.type;
  EmitFunction(type, names.function, signature.parameters, " const;", writer);
  signature.parameters.push_back("const ::kratos::http::CallOptions& options");
  EmitFunction(type, names.function, signature.parameters, " const;", writer);
}

}  // namespace

void EmitClientHeader(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  if (!service.HasHttp()) return;
  writer->Line();
  EmitComments(service.comments, false, writer);
  writer->Paragraph("The HTTP client of " + service.full_name +
                    ". Copies are cheap and share the connection pool of the client they were made "
                    "from; methods may be called from many threads at the same time. Each method "
                    "blocks until the reply is there or the call has failed." +
                    (service.HasHttpStreams()
                         ? " One that streams gives back the open stream, which the context must "
                           "outlive."
                         : ""));
  writer->Print(
      R"(
class $attribute$$class$ {
 public:)",
      {{"attribute", DeprecatedAttribute(service.deprecated)}, {"class", names.client_class}});
  {
    const CodeWriter::Indented indented(writer);
    writer->List("explicit " + names.client_class,
                 {"::std::shared_ptr<::kratos::http::Client> client"}, ";");
    for (std::size_t i = 0; i < service.methods.size(); ++i) {
      if (!service.methods[i].HasHttp()) continue;
      EmitMethod(context, service.methods[i], names.methods[i], writer);
    }
  }
  writer->Print(R"(

 private:
  ::std::shared_ptr<::kratos::http::Client> client_;
};)");
}

}  // namespace kratos::plugin
