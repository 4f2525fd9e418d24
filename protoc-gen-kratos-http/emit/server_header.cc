#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitMethod(const EmitContext& context, const Method& method, const MethodNames& names,
                CodeWriter* writer) {
  writer->Line();
  EmitComments(method.comments, true, writer);
  for (const Binding& binding : method.bindings) EmitBindingComment(method, binding, writer);
  if (method.bindings.empty()) writer->Line("// No HTTP rule.");
  writer->List(
      DeprecatedAttribute(method.deprecated) + "virtual ::kratos::Status " + names.function,
      ServerParameters(context, method), ";");
}

}  // namespace

void EmitServerHeader(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  writer->Line();
  EmitComments(service.comments, true, writer);
  writer->Paragraph(
      "The server side of " + service.full_name +
      ": derive from it once and override its methods. One that is not overridden "
      "answers UNIMPLEMENTED. Methods are called from many threads at the same time.");
  writer->Print(
      R"(
class $attribute$$class$ {
 public:
  virtual ~$class$() = default;)",
      {{"attribute", DeprecatedAttribute(service.deprecated)}, {"class", names.server_class}});
  {
    const CodeWriter::Indented indented(writer);
    for (std::size_t i = 0; i < service.methods.size(); ++i) {
      EmitMethod(context, service.methods[i], names.methods[i], writer);
    }
  }
  writer->Line("};");
  if (!service.HasHttp()) return;
  writer->Line();
  writer->Paragraph("Binds every HTTP rule of " + service.full_name +
                    " to `server`, which keeps `service` alive. Call it before the server starts.");
  writer->List(DeprecatedAttribute(service.deprecated) + "void " + names.register_function,
               {"::kratos::http::Server& server",
                "const ::std::shared_ptr<" + names.server_class + ">& service"},
               ";");
}

}  // namespace kratos::plugin
