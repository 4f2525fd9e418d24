#include "emit/comment_text.h"
#include "emit/emit.h"

namespace kratos::plugin {
namespace {

std::size_t CommentWidth(const CodeWriter& writer) { return kLineWidth - writer.indent() - 3; }

std::string BodyText(const BodyRule& body) {
  return body.kind == BodyRule::Kind::kWhole ? "\"*\"" : '"' + body.Text() + '"';
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

void EmitBindingComment(const Binding& binding, CodeWriter* writer) {
  // A template can hold anything but white space; its end must not continue the comment.
  const std::string route = binding.http_method + ' ' + binding.path + ',';
  std::string rest =
      binding.body.kind == BodyRule::Kind::kNone ? "no body" : "body: " + BodyText(binding.body);
  if (binding.response_body.kind != BodyRule::Kind::kNone) {
    rest += ", response_body: " + BodyText(binding.response_body);
  }
  if (route.size() + 1 + rest.size() <= CommentWidth(*writer)) {
    writer->Comment({route + ' ' + rest});
  } else {
    writer->Comment({route, "    " + rest});
  }
}

std::vector<std::string> MethodParameters(const EmitContext& context, const Method& method,
                                          bool named) {
  const auto name = [&](const char* text) {
    return named ? ' ' + std::string(text) : " /*" + std::string(text) + "*/";
  };
  std::vector<std::string> parameters;
  parameters.push_back("::kratos::Context&" + name("ctx"));
  parameters.push_back("const " + SpellClass(method.request, context.file, context.names) + '&' +
                       name("request"));
  parameters.push_back(SpellClass(method.reply, context.file, context.names) + '*' + name("reply"));
  return parameters;
}

std::string DeprecatedAttribute(bool deprecated) { return deprecated ? "[[deprecated]] " : ""; }

std::vector<std::string> BindingFields(const Binding& binding, const std::string& operation) {
  return {".operation = " + operation, ".method = " + StringLiteral(binding.http_method),
          ".path = " + StringLiteral(binding.path), ".body = " + StringLiteral(binding.body.Text()),
          ".response_body = " + StringLiteral(binding.response_body.Text())};
}

}  // namespace kratos::plugin
