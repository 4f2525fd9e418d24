// The emitters: one pair of files per artefact. They take model values and names and never see
// descriptors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emit/code_writer.h"
#include "model/model.h"
#include "names/file_names.h"

namespace kratos::plugin {

/// What every emitter needs to know.
struct EmitContext {
  const File& file;
  const FileNames& names;
  bool client = true;
  bool server = true;
};

/// The whole header and the whole source file.
std::string EmitHeader(const EmitContext& context);
std::string EmitSource(const EmitContext& context);

/// GreeterServer and RegisterGreeterHttpServer.
void EmitServerHeader(const EmitContext& context, std::size_t service, CodeWriter* writer);
void EmitServerSource(const EmitContext& context, std::size_t service, CodeWriter* writer);
/// The unnamed-namespace handlers of one service.
void EmitHandlers(const EmitContext& context, std::size_t service, CodeWriter* writer);

/// GreeterHttpClient.
void EmitClientHeader(const EmitContext& context, std::size_t service, CodeWriter* writer);
void EmitClientSource(const EmitContext& context, std::size_t service, CodeWriter* writer);

/// The tables of accessors for messages in JSON, and their registration; nothing without messages.
void EmitJsonTables(const EmitContext& context, CodeWriter* writer);
/// True when the tables name something that carries [[deprecated]].
bool JsonTablesUseDeprecated(const File& file);

// What several emitters print alike.

/// The author's comments of a service or rpc, with detached ones in front as paragraphs of their
/// own when `detached`.
void EmitComments(const Comments& comments, bool detached, CodeWriter* writer);
/// A comment "GET /v1/{name=shelves/*}, no body", or "GET /v1/chat (WebSocket), each message: "*"";
/// a long one takes two lines.
void EmitBindingComment(const Method& method, const Binding& binding, CodeWriter* writer);
/// True when the reply, or the field of it that is sent, is a google.api.HttpBody.
bool SendsRawBytes(const Method& method, const Binding& binding);
/// The parameters of a method of the server class: context, then request and reply or their
/// streams. With `named` false the names are comments.
std::vector<std::string> ServerParameters(const EmitContext& context, const Method& method,
                                          bool named = true);

/// How a method of the client class looks; the parameters without the options that one of its two
/// overloads takes.
struct ClientSignature {
  /// "::kratos::Status", "::kratos::Result<...>".
  std::string type;
  std::vector<std::string> parameters;
  /// The parameters passed on: "ctx, request, reply".
  std::string arguments;
};
ClientSignature MakeClientSignature(const EmitContext& context, const Method& method);

/// A declarator of a function, "TYPE NAME(parameters) TAIL", with a line or two of its own for a
/// type that does not fit into one with the name.
void EmitFunction(const std::string& type, const std::string& name,
                  const std::vector<std::string>& parameters, std::string_view tail,
                  CodeWriter* writer);
/// "[[deprecated]] " or nothing.
std::string DeprecatedAttribute(bool deprecated);
/// The fields of a kratos::http::Binding in designated form, without braces.
std::vector<std::string> BindingFields(const Binding& binding, const std::string& operation);

}  // namespace kratos::plugin
