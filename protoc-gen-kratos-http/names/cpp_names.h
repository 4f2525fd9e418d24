// How protoc's C++ generator spells what our output refers to. Pure functions; each comment shows
// the mapping.
#pragma once

#include <string>
#include <string_view>

#include "model/model.h"
#include "names/proto_names.h"

namespace kratos::plugin {

/// foo.bar.Outer.Inner -> "::foo::bar::Outer_Inner".
std::string QualifiedClassName(const MessageType& message);

/// field `file` -> "file"; `Class` -> "class_". Prefixes such as mutable_ go in front of it.
std::string AccessorName(std::string_view field);

/// The field's number as generated code writes it: "Request::kPageSizeFieldNumber", where `message`
/// is the class as spelled. Two fields that are the same in camel case (`max_hits`, `maxHits`) get
/// the plain number, "6 /* maxHits */": which of the two keeps its constant's usual name varies
/// from one run of protoc 3.21 to the next.
std::string FieldNumber(const std::string& message, const Field& field);

}  // namespace kratos::plugin
