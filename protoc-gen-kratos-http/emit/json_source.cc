#include <array>

#include "emit/emit.h"
#include "names/cpp_names.h"

namespace kratos::plugin {
namespace {

std::string SpellType(const EmitContext& context, const JsonType& type) {
  switch (type.kind) {
    case JsonType::Kind::kBool:
      return "bool";
    case JsonType::Kind::kInt32:
      return "::std::int32_t";
    case JsonType::Kind::kInt64:
      return "::std::int64_t";
    case JsonType::Kind::kUint32:
      return "::std::uint32_t";
    case JsonType::Kind::kUint64:
      return "::std::uint64_t";
    case JsonType::Kind::kFloat:
      return "float";
    case JsonType::Kind::kDouble:
      return "double";
    case JsonType::Kind::kString:
      return "::std::string";
    case JsonType::Kind::kEnum:
    case JsonType::Kind::kMessage:
      break;
  }
  return SpellClass(type.type, context.file, context.names);
}

/// Lists keep enums as numbers.
std::string SpellElement(const EmitContext& context, const JsonType& type) {
  return type.kind == JsonType::Kind::kEnum ? "int" : SpellType(context, type);
}

/// A template argument in up to four pieces.
using Argument = std::array<std::string_view, 4>;

/// `name<arguments>(number),` with the arguments on as few lines as they need.
void EmitEntry(std::string_view name, const std::vector<Argument>& arguments, int number,
               CodeWriter* writer) {
  std::string line = "::kratos::json::";
  line.reserve(kLineWidth);
  line.append(name) += '<';
  const std::string tail = ">(" + std::to_string(number) + "),";
  const std::size_t margin = line.size();
  for (const Argument& argument : arguments) {
    const std::string_view end = &argument == &arguments.back() ? std::string_view(tail) : ",";
    std::size_t size = end.size();
    for (const std::string_view piece : argument) size += piece.size();
    if (line.size() > margin) {
      if (writer->indent() + line.size() + 1 + size > kLineWidth) {
        writer->Line(line);
        line.assign(margin, ' ');
      } else {
        line += ' ';
      }
    }
    for (const std::string_view piece : argument) line += piece;
    line += end;
  }
  writer->Line(line);
}

void EmitField(const EmitContext& context, const std::string& owner, const JsonField& field,
               CodeWriter* writer) {
  const std::string accessor = AccessorName(field.name);
  const auto member = [&](std::string_view prefix) {
    return Argument{"&", owner, prefix, accessor};
  };
  switch (field.shape) {
    case JsonField::Shape::kList:
      return EmitEntry(
          "List",
          {{owner}, {SpellElement(context, field.value)}, member("::"), member("::mutable_")},
          field.number, writer);
    case JsonField::Shape::kMap:
      return EmitEntry("Map",
                       {{owner},
                        {SpellType(context, JsonType{field.key, {}})},
                        {SpellType(context, field.value)},
                        member("::"),
                        member("::mutable_")},
                       field.number, writer);
    case JsonField::Shape::kSingular:
      break;
  }
  const bool by_reference =
      field.value.kind == JsonType::Kind::kString || field.value.kind == JsonType::Kind::kMessage;
  std::vector<Argument> members = {member("::"), member(by_reference ? "::mutable_" : "::set_")};
  if (field.presence) members.push_back(member("::has_"));
  EmitEntry("Field", members, field.number, writer);
}

}  // namespace

bool JsonTablesUseDeprecated(const File& file) {
  for (const JsonMessage& message : file.json_messages) {
    if (message.type.deprecated) return true;
    for (const JsonField& field : message.fields) {
      if (field.deprecated || field.value.type.deprecated) return true;
    }
  }
  return false;
}

void EmitJsonTables(const EmitContext& context, CodeWriter* writer) {
  const File& file = context.file;
  if (file.json_messages.empty()) return;
  writer->Line();
  writer->Paragraph(
      "The fields of the messages that travel as JSON, by number: their accessors, which the codec "
      "uses in place of reflection.");
  for (std::size_t i = 0; i < file.json_messages.size(); ++i) {
    const JsonMessage& message = file.json_messages[i];
    if (i > 0) writer->Line();
    writer->Line("constexpr ::kratos::json::FieldAccess " + context.names.json_tables[i] +
                 "[] = {");
    {
      const CodeWriter::Indented indented(writer, 4);
      const std::string owner = SpellClass(message.type, file, context.names);
      for (const JsonField& field : message.fields) EmitField(context, owner, field, writer);
    }
    writer->Line("};");
  }
  writer->Line();
  writer->Line("constexpr ::kratos::json::MessageAccess " + context.names.json_types + "[] = {");
  {
    const CodeWriter::Indented indented(writer, 4);
    for (std::size_t i = 0; i < file.json_messages.size(); ++i) {
      writer->Line('{' + StringLiteral(file.json_messages[i].type.full_name) + ", " +
                   context.names.json_tables[i] + "},");
    }
  }
  writer->Line("};");
  writer->Line("const ::kratos::json::AccessRegistration " + context.names.json_registration + '(' +
               context.names.json_types + ");");
}

}  // namespace kratos::plugin
