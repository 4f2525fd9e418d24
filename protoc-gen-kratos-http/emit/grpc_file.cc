#include <utility>

#include "emit/emit.h"

namespace kratos::plugin {
namespace {

void EmitDeclarations(const EmitContext& context, CodeWriter* writer) {
  const File& file = context.file;
  const WarningGuard guard(context, ServicesUseDeprecated(file), writer);
  if (!context.names.scope.empty()) writer->Line();
  const CodeWriter::Namespace scope(writer, CodeWriter::Namespace::Kind::kNamed,
                                    context.names.scope);
  for (std::size_t i = 0; i < file.services.size(); ++i) {
    if (context.server) EmitGrpcServerHeader(context, i, writer);
    if (context.client) EmitGrpcClientHeader(context, i, writer);
  }
  if (!context.names.scope.empty()) writer->Line();
}

void EmitDefinitions(const EmitContext& context, CodeWriter* writer) {
  const File& file = context.file;
  const WarningGuard guard(context, ServicesUseDeprecated(file), writer);
  writer->Line();
  const CodeWriter::Namespace scope(writer, CodeWriter::Namespace::Kind::kNamed,
                                    context.names.scope);
  if (context.server) {
    const CodeWriter::Namespace unnamed(writer, CodeWriter::Namespace::Kind::kUnnamed, "");
    for (std::size_t i = 0; i < file.services.size(); ++i) EmitForwarder(context, i, writer);
    writer->Line();
  }
  for (std::size_t i = 0; i < file.services.size(); ++i) {
    if (context.server) EmitGrpcServerSource(context, i, writer);
    if (context.client) EmitGrpcClientSource(context, i, writer);
  }
  if (!context.names.scope.empty()) writer->Line();
}

}  // namespace

std::string EmitGrpcHeader(const EmitContext& context) {
  return EmitGuardedHeader(context.file, GrpcIncludeGuard(context.file.path),
                           [&context](CodeWriter* writer) {
                             writer->Print(R"(

#include <memory>

#include "$http_header$"
#include "kratos/codegen/grpc_header.h"

static_assert(::kratos::codegen::kInterface >= 4,
              "this file is newer than the kratos runtime: upgrade the runtime or regenerate");)",
                                           {{"http_header", HeaderName(context.file.path)}});
                             EmitDeclarations(context, writer);
                           });
}

std::string EmitGrpcSource(const EmitContext& context) {
  const File& file = context.file;
  CodeWriter writer;
  EmitBanner(file, &writer);
  writer.Line("#include \"" + GrpcHeaderName(file.path) + '"');
  if (file.services.empty()) return std::move(writer).text();
  writer.Print(R"(

#include <memory>
#include <utility>

#include "kratos/codegen/grpc_source.h")");
  EmitDefinitions(context, &writer);
  return std::move(writer).text();
}

}  // namespace kratos::plugin
