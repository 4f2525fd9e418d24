#include "emit/emit.h"
#include "names/cpp_names.h"

namespace kratos::plugin {
namespace {

void EmitReply(const EmitContext& context, const Method& method, const Binding& binding,
               CodeWriter* writer) {
  const BodyRule& body = binding.response_body;
  if (body.field && body.field->IsSingularHttpBody()) {
    writer->Print(R"(
auto* body = reply->mutable_$field$();
return ctx.Blob(200, ::kratos::http::BodyContentType(*body), ::std::move(*body->mutable_data()));)",
                  {{"field", AccessorName(body.field->name)}});
  } else if (body.field) {
    writer->List("return ctx.Result",
                 {"200", "*reply",
                  FieldNumber(SpellClass(method.reply, context.file, context.names), *body.field)},
                 ";");
  } else if (method.reply.IsHttpBody()) {
    writer->List(
        "return ctx.Blob",
        {"200", "::kratos::http::BodyContentType(*reply)", "::std::move(*reply->mutable_data())"},
        ";");
  } else {
    writer->Line("return ctx.Result(200, *reply);");
  }
}

void EmitNewMessage(const std::string& variable, const std::string& message, CodeWriter* writer) {
  writer->Line("auto* " + variable + " = ctx.NewMessage<" + message + ">();");
}

/// Body, query and path into `request`.
void EmitBinders(const Binding& binding, const std::string& request, CodeWriter* writer) {
  bool first = true;
  const auto bind = [&](const std::string& call) {
    const std::string head = "::kratos::Status bound =";
    if (!first) {
      writer->List("bound.Update", {call}, ";");
    } else if (writer->indent() + head.size() + call.size() + 2 <= kLineWidth) {
      writer->Line(head + ' ' + call + ';');
    } else {
      writer->Line(head);
      writer->Line("    " + call + ';');
    }
    first = false;
  };
  if (binding.body.kind == BodyRule::Kind::kWhole) {
    bind("ctx.Bind(request)");
  } else if (binding.body.field) {
    bind("ctx.BindField(request, " + FieldNumber(request, *binding.body.field) + ')');
  }
  if (binding.body.kind != BodyRule::Kind::kWhole) bind("ctx.BindQuery(request)");
  if (!binding.variables.empty()) bind("ctx.BindVars(request)");
}

/// Runs the service method and answers, by the kind of the rpc.
void EmitHandlerBody(const EmitContext& context, const Method& method, const Binding& binding,
                     const std::string& function, CodeWriter* writer) {
  const std::string request = SpellClass(method.request, context.file, context.names);
  const std::string reply = SpellClass(method.reply, context.file, context.names);
  switch (method.streaming) {
    case Streaming::kUnary:
      EmitNewMessage("request", request, writer);
      EmitNewMessage("reply", reply, writer);
      EmitBinders(binding, request, writer);
      writer->List("::kratos::Status status = ctx.Call",
                   {"::std::move(bound)", "*request", "reply", "service", function}, ";");
      break;
    case Streaming::kServer: {
      EmitNewMessage("request", request, writer);
      EmitBinders(binding, request, writer);
      std::vector<std::string> call = {"::std::move(bound)", "*request", "service", function};
      const BodyRule& body = binding.response_body;
      if (body.field) call.push_back(FieldNumber(reply, *body.field));
      writer->List(
          SendsRawBytes(method, binding) ? "return ctx.CallBlobStream" : "return ctx.CallStream",
          call, ";");
      return;
    }
    case Streaming::kClient: {
      EmitNewMessage("reply", reply, writer);
      std::vector<std::string> call = {"service", function, "reply"};
      if (const Field* field = binding.StreamedField()) {
        call.push_back(FieldNumber(request, *field));
      }
      writer->List("::kratos::Status status = ctx.CallReader", call, ";");
      break;
    }
    case Streaming::kBidirectional: {
      std::vector<std::string> call = {"service", function};
      if (const Field* field = binding.StreamedField()) {
        call.push_back(FieldNumber(request, *field));
      }
      writer->List("return ctx.CallBidi", call, ";");
      return;
    }
  }
  writer->Line("if (!status.ok()) return status;");
  EmitReply(context, method, binding, writer);
}

void EmitHandler(const EmitContext& context, const Method& method, const Binding& binding,
                 const ServiceNames& service, const MethodNames& names, CodeWriter* writer) {
  writer->Line();
  EmitBindingComment(method, binding, writer);
  writer->List("::kratos::Status " + names.handlers[binding.index],
               {"::kratos::http::Context& ctx", service.server_class + "& service"}, " {");
  {
    const CodeWriter::Indented indented(writer);
    EmitHandlerBody(context, method, binding, '&' + service.server_class + "::" + names.function,
                    writer);
  }
  writer->Line("}");
}

void EmitDefault(const EmitContext& context, const Method& method, const ServiceNames& service,
                 const MethodNames& names, CodeWriter* writer) {
  writer->Line();
  writer->List("::kratos::Status " + service.server_class + "::" + names.function,
               ServerParameters(context, method, false), " {");
  {
    const CodeWriter::Indented indented(writer);
    writer->Line("return ::kratos::codegen::Unimplemented(" + names.operation + ");");
  }
  writer->Line("}");
}

void EmitBind(const EmitContext& context, const Method& method, const Binding& binding,
              const MethodNames& names, CodeWriter* writer) {
  const std::vector<std::string> fields = BindingFields(binding, names.operation);
  const CodeWriter::Indented indented(writer);
  std::string joined;
  for (const std::string& field : fields) joined += (joined.empty() ? "" : ", ") + field;
  constexpr std::string_view kCall = "server.Bind({";
  if (writer->indent() + kCall.size() + joined.size() + 2 <= kLineWidth) {
    writer->Line(std::string(kCall) + joined + "},");
  } else {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool last = i + 1 == fields.size();
      writer->Line((i == 0 ? std::string(kCall) : std::string(kCall.size(), ' ')) + fields[i] +
                   (last ? "}," : ","));
    }
  }
  const CodeWriter::Indented arguments(writer, std::string_view("server.Bind(").size());
  writer->Line('*' + SpellClass(method.request, context.file, context.names) + "::descriptor(),");
  const std::string head = "[service](::kratos::http::Context& ctx) {";
  const std::string call = "return " + names.handlers[binding.index] + "(ctx, *service);";
  if (writer->indent() + head.size() + call.size() + 5 <= kLineWidth) {
    return writer->Line(head + ' ' + call + " });");
  }
  writer->Line(head);
  {
    const CodeWriter::Indented body(writer);
    writer->Line(call);
  }
  writer->Line("});");
}

}  // namespace

void EmitHandlers(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    const Method& method = service.methods[i];
    if (!method.HasHttp()) continue;
    for (const Binding& binding : method.bindings) {
      EmitHandler(context, method, binding, names, names.methods[i], writer);
    }
  }
}

void EmitServerSource(const EmitContext& context, std::size_t index, CodeWriter* writer) {
  const Service& service = context.file.services[index];
  const ServiceNames& names = context.names.services[index];
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    EmitDefault(context, service.methods[i], names, names.methods[i], writer);
  }
  if (!service.HasHttp()) return;
  writer->Line();
  writer->List("void " + names.register_function,
               {"::kratos::http::Server& server",
                "const ::std::shared_ptr<" + names.server_class + ">& service"},
               " {");
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    const Method& method = service.methods[i];
    if (!method.HasHttp()) continue;
    for (const Binding& binding : method.bindings) {
      EmitBind(context, method, binding, names.methods[i], writer);
    }
  }
  writer->Line("}");
}

}  // namespace kratos::plugin
