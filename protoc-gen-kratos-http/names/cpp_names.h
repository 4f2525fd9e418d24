// How protoc's C++ generator spells what our output refers to. Pure functions; each comment shows
// the mapping.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace kratos::plugin {

/// package "foo.class" -> "foo::class_"; "" -> "".
std::string CppNamespace(std::string_view package);

/// {"Outer", "Inner"} -> "Outer_Inner"; {"class"} -> "class_"; {"class", "Inner"} ->
/// "class__Inner".
std::string ClassName(const std::vector<std::string>& nesting);

/// foo.bar.Outer.Inner -> "::foo::bar::Outer_Inner".
std::string QualifiedClassName(const MessageType& message);

/// field `file` -> "file"; `Class` -> "class_". Prefixes such as mutable_ go in front of it.
std::string AccessorName(std::string_view field);

/// field `page_size` -> "kPageSizeFieldNumber".
std::string FieldNumberConstant(std::string_view field);

/// The field's number as generated code writes it: "Request::kPageSizeFieldNumber", where `message`
/// is the class as spelled. Two fields that are the same in camel case (`max_hits`, `maxHits`) get
/// the plain number, "6 /* maxHits */": which of the two keeps its constant's usual name varies
/// from one run of protoc 3.21 to the next.
std::string FieldNumber(const std::string& message, const Field& field);

}  // namespace kratos::plugin
