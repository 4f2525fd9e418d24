#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitMethod(const EmitContext& context, const Method& method, const MethodNames& names,
                CodeWriter* writer) {
  writer->Line();
  EmitComments(method.comments, false, writer);
  for (const Binding& binding : method.bindings) EmitBindingComment(binding, writer);
  const std::string head =
      DeprecatedAttribute(method.deprecated) + "::kratos::Status " + names.function;
  std::vector<std::string> parameters = MethodParameters(context, method);
  writer->List(head, parameters, " const;");
  parameters.push_back("const ::kratos::http::CallOptions& options");
  writer->List(head, parameters, " const;");
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
                    "blocks until the reply is there or the call has failed.");
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
