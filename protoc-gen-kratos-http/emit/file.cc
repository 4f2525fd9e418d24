#include <algorithm>
#include <set>
#include <utility>

#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitIncludes(const File& file, CodeWriter* writer) {
  std::set<std::string> headers = {ProtobufHeaderName(file.path)};
  for (const Service& service : file.services) {
    for (const Method& method : service.methods) {
      headers.insert(ProtobufHeaderName(method.request.file));
      headers.insert(ProtobufHeaderName(method.reply.file));
    }
  }
  headers.insert("kratos/codegen/http_header.h");
  writer->Print(R"(

#include <memory>
)");
  writer->Line();
  for (const std::string& header : headers) writer->Line("#include \"" + header + '"');
}

void EmitConstant(const std::string& name, const std::string& value, CodeWriter* writer) {
  const std::string head = "inline constexpr char " + name + "[] =";
  const std::string literal = StringLiteral(value) + ';';
  if (head.size() + 1 + literal.size() <= kLineWidth) return writer->Line(head + ' ' + literal);
  writer->Line(head);
  writer->Line("    " + literal);
}

void EmitConstants(const Service& service, const ServiceNames& names, CodeWriter* writer) {
  writer->Line();
  writer->Line("// Full names of " + service.full_name + " and of its operations.");
  EmitConstant(names.service_constant, service.full_name, writer);
  for (std::size_t i = 0; i < service.methods.size(); ++i) {
    EmitConstant(names.methods[i].operation, service.methods[i].operation, writer);
  }
}

bool HasHandlers(const EmitContext& context) {
  return context.server && std::any_of(context.file.services.begin(), context.file.services.end(),
                                       [](const Service& service) { return service.HasHttp(); });
}

void EmitDeclarations(const EmitContext& context, CodeWriter* writer) {
  const File& file = context.file;
  const WarningGuard guard(context, ServicesUseDeprecated(file), writer);
  if (!context.names.scope.empty()) writer->Line();
  const CodeWriter::Namespace scope(writer, CodeWriter::Namespace::Kind::kNamed,
                                    context.names.scope);
  for (std::size_t i = 0; i < file.services.size(); ++i) {
    EmitConstants(file.services[i], context.names.services[i], writer);
  }
  for (std::size_t i = 0; i < file.services.size(); ++i) {
    if (context.server) EmitServerHeader(context, i, writer);
    if (context.client) EmitClientHeader(context, i, writer);
  }
  if (!context.names.scope.empty()) writer->Line();
}

void EmitDefinitions(const EmitContext& context, CodeWriter* writer) {
  const File& file = context.file;
  const WarningGuard guard(context, ServicesUseDeprecated(file) || JsonTablesUseDeprecated(file),
                           writer);
  writer->Line();
  const CodeWriter::Namespace scope(writer, CodeWriter::Namespace::Kind::kNamed,
                                    context.names.scope);
  const bool handlers = HasHandlers(context);
  if (handlers || !file.json_messages.empty()) {
    const CodeWriter::Namespace unnamed(writer, CodeWriter::Namespace::Kind::kUnnamed, "");
    for (std::size_t i = 0; handlers && i < file.services.size(); ++i) {
      EmitHandlers(context, i, writer);
    }
    EmitJsonTables(context, writer);
    writer->Line();
  }
  for (std::size_t i = 0; i < file.services.size(); ++i) {
    if (context.server) EmitServerSource(context, i, writer);
    if (context.client) EmitClientSource(context, i, writer);
  }
  if (!context.names.scope.empty()) writer->Line();
}

}  // namespace

std::string EmitHeader(const EmitContext& context) {
  return EmitGuardedHeader(context.file, IncludeGuard(context.file.path),
                           [&context](CodeWriter* writer) {
                             EmitIncludes(context.file, writer);
                             writer->Print(R"(

static_assert(::kratos::codegen::kInterface >= 3,
              "this file is newer than the kratos runtime: upgrade the runtime or regenerate");)");
                             EmitDeclarations(context, writer);
                           });
}

std::string EmitSource(const EmitContext& context) {
  const File& file = context.file;
  CodeWriter writer;
  EmitBanner(file, &writer);
  writer.Line("#include \"" + HeaderName(file.path) + '"');
  if (file.services.empty()) return std::move(writer).text();
  writer.Print(R"(

#include <memory>
#include <utility>
)");
  std::set<std::string> headers = {"kratos/codegen/http_source.h"};
  for (const JsonMessage& message : file.json_messages) {
    if (message.type.file != file.path) headers.insert(ProtobufHeaderName(message.type.file));
  }
  writer.Line();
  for (const std::string& header : headers) writer.Line("#include \"" + header + '"');
  EmitDefinitions(context, &writer);
  return std::move(writer).text();
}

}  // namespace kratos::plugin
