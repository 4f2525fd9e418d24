#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitMethod(const EmitContext& context, const Method& method, const MethodNames& names,
                CodeWriter* writer) {
  writer->Line();
  EmitComments(method.comments, true, writer);
  const std::vector<std::string> bindings = BindingLines(method);
  if (method.streaming != Streaming::kUnary) {
    writer->Line("// rpc " + method.name + " streams; streaming rpcs are not generated yet.");
    return;
  }
  writer->Comment(bindings);
  if (bindings.empty()) writer->Line("// No HTTP rule.");
  writer->List(DeprecatedAttribute(method.deprecated) + "virtual ::kratos::Status " +
                   names.function,
               MethodParameters(context, method), ";");
}

}  // namespace

void EmitServerHeader(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  writer->Line();
  EmitComments(service.comments, true, writer);
  writer->Print(R"(
// The server side of $service$: derive from it once and override its methods. One that is not
// overridden answers UNIMPLEMENTED. Methods are called from many threads at the same time.
class $attribute$$class$ {
 public:
  virtual ~$class$() = default;)",
                {{"service", service.full_name},
                 {"attribute", DeprecatedAttribute(service.deprecated)},
                 {"class", names.server_class}});
  {
    const CodeWriter::Indented indented(writer);
    for (std::size_t i = 0; i < service.methods.size(); ++i) {
      EmitMethod(context, service.methods[i], names.methods[i], writer);
    }
  }
  writer->Line("};");
  if (!service.HasHttp()) return;
  writer->Line();
  writer->Print(R"(
// Binds every HTTP rule of $service$ to `server`, which keeps `service` alive. Call it before the
// server starts.)",
                {{"service", service.full_name}});
  writer->List(DeprecatedAttribute(service.deprecated) + "void " + names.register_function,
               {"::kratos::http::Server& server",
                "const ::std::shared_ptr<" + names.server_class + ">& service"},
               ";");
}

}  // namespace kratos::plugin
