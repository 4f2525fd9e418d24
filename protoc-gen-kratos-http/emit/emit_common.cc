#include "emit/comment_text.h"
#include "emit/emit.h"

namespace kratos::plugin {
namespace {

std::size_t CommentWidth(const CodeWriter& writer) { return kLineWidth - writer.indent() - 3; }

std::string BodyText(const BodyRule& body) {
  return body.kind == BodyRule::Kind::kWhole ? "\"*\"" : '"' + body.Text() + '"';
}

/// "(WebSocket)"; empty for unary rpcs.
std::string StreamText(const Method& method, const Binding& binding) {
  switch (binding.stream) {
    case StreamKind::kUnary:
      return "";
    case StreamKind::kServer:
      return SendsRawBytes(method, binding) ? "(raw bytes in chunks)"
                                            : "(server-sent events, NDJSON or JSON array)";
    case StreamKind::kClient:
    case StreamKind::kBidi:
      return "(WebSocket)";
    case StreamKind::kUpload:
      return "(request body in chunks, or WebSocket)";
  }
  return "";
}

/// "no body", "body: "book", response_body: "name"", "each message: "*"".
std::string BodiesText(const Binding& binding) {
  std::string out;
  if (binding.TakesStream()) {
    const Field* field = binding.StreamedField();
    out = std::string(binding.IsWebSocketOnly() ? "each message" : "body") + ": \"" +
          (field != nullptr ? field->name : "*") + '"';
  } else {
    out =
        binding.body.kind == BodyRule::Kind::kNone ? "no body" : "body: " + BodyText(binding.body);
  }
  if (binding.response_body.kind != BodyRule::Kind::kNone) {
    out += ", response_body: " + BodyText(binding.response_body);
  }
  return out;
}

const char* StreamKindName(StreamKind kind) {
  switch (kind) {
    case StreamKind::kUnary:
      return "kUnary";
    case StreamKind::kServer:
      return "kServer";
    case StreamKind::kClient:
      return "kClient";
    case StreamKind::kUpload:
      return "kUpload";
    case StreamKind::kBidi:
      return "kBidi";
  }
  return "";
}

}  // namespace

void EmitComments(const Comments& comments, bool detached, CodeWriter* writer) {
  const std::size_t width = CommentWidth(*writer);
  if (detached) {
    for (const std::string& comment : comments.detached) {
      const std::vector<std::string> lines = CommentLines(comment, width);
      if (lines.empty()) continue;
      writer->Comment(lines);
      writer->Line();
    }
  }
  const std::vector<std::string> leading = CommentLines(comments.leading, width);
  const std::vector<std::string> trailing = CommentLines(comments.trailing, width);
  writer->Comment(leading);
  if (!leading.empty() && !trailing.empty()) writer->Line("//");
  writer->Comment(trailing);
  if (!leading.empty() || !trailing.empty()) writer->Line("//");
}

bool SendsRawBytes(const Method& method, const Binding& binding) {
  const BodyRule& body = binding.response_body;
  return body.field ? body.field->IsSingularHttpBody() : method.reply.IsHttpBody();
}

void EmitBindingComment(const Method& method, const Binding& binding, CodeWriter* writer) {
  const std::string route =
      (binding.IsWebSocketOnly() ? "GET" : binding.http_method) + ' ' + binding.path;
  const std::string stream = StreamText(method, binding);
  const std::string bodies = BodiesText(binding);
  const std::string line = route + (stream.empty() ? "" : ' ' + stream) + ", " + bodies;
  if (line.size() <= CommentWidth(*writer)) return writer->Comment({line});
  // A template can hold anything but white space; its end must not continue the comment.
  writer->Comment({route + ',', "    " + (stream.empty() ? "" : stream + ", ") + bodies});
}

std::vector<std::string> ServerParameters(const EmitContext& context, const Method& method,
                                          bool named) {
  const auto name = [&](const char* text) {
    return named ? ' ' + std::string(text) : " /*" + std::string(text) + "*/";
  };
  const std::string request = SpellClass(method.request, context.file, context.names);
  const std::string reply = SpellClass(method.reply, context.file, context.names);
  std::vector<std::string> parameters = {"::kratos::Context&" + name("ctx")};
  if (method.TakesStream()) {
    parameters.push_back("::kratos::ServerReader<" + request + ">&" + name("in"));
  } else {
    parameters.push_back("const " + request + '&' + name("request"));
  }
  if (method.GivesStream()) {
    parameters.push_back("::kratos::ServerStream<" + reply + ">&" + name("out"));
  } else {
    parameters.push_back(reply + '*' + name("reply"));
  }
  return parameters;
}

ClientSignature MakeClientSignature(const EmitContext& context, const Method& method) {
  const std::string request = SpellClass(method.request, context.file, context.names);
  const std::string reply = SpellClass(method.reply, context.file, context.names);
  ClientSignature out;
  out.parameters = {"::kratos::Context& ctx"};
  out.arguments = "ctx";
  if (!method.TakesStream()) {
    out.parameters.push_back("const " + request + "& request");
    out.arguments += ", request";
  }
  switch (method.streaming) {
    case Streaming::kUnary:
      out.type = "::kratos::Status";
      out.parameters.push_back(reply + "* reply");
      out.arguments += ", reply";
      return out;
    case Streaming::kServer:
      out.type = "::kratos::Result<::kratos::ClientReader<" + reply + ">>";
      return out;
    case Streaming::kClient:
      out.type = "::kratos::Result<::kratos::ClientWriter<" + request + ", " + reply + ">>";
      return out;
    case Streaming::kBidirectional:
      out.type = "::kratos::Result<::kratos::ClientStream<" + request + ", " + reply + ">>";
      return out;
  }
  return out;
}

void EmitFunction(const std::string& type, const std::string& name,
                  const std::vector<std::string>& parameters, std::string_view tail,
                  CodeWriter* writer) {
  if (writer->indent() + type.size() + 1 + name.size() + 1 <= kLineWidth) {
    return writer->List(type + ' ' + name, parameters, tail);
  }
  const std::size_t comma = type.find(", ");
  if (writer->indent() + type.size() > kLineWidth && comma != std::string::npos) {
    writer->Line(type.substr(0, comma + 1));
    writer->Line("    " + type.substr(comma + 2));
  } else {
    writer->Line(type);
  }
  writer->List(name, parameters, tail);
}

std::string DeprecatedAttribute(bool deprecated) { return deprecated ? "[[deprecated]] " : ""; }

std::vector<std::string> BindingFields(const Binding& binding, const std::string& operation) {
  std::vector<std::string> fields = {
      ".operation = " + operation, ".method = " + StringLiteral(binding.http_method),
      ".path = " + StringLiteral(binding.path), ".body = " + StringLiteral(binding.body.Text()),
      ".response_body = " + StringLiteral(binding.response_body.Text())};
  if (binding.stream != StreamKind::kUnary) {
    fields.push_back(std::string(".stream = ::kratos::http::StreamKind::") +
                     StreamKindName(binding.stream));
  }
  return fields;
}

}  // namespace kratos::plugin
