// Fields by their names in a query, and how errors name them.
#pragma once

#include <string>
#include <string_view>

#include "kratos/form/form.h"

namespace kratos::form::internal {

/// Deepest nesting read or written, lists and maps included: the same 100 as in a JSON body.
inline constexpr int kMaxDepth = 100;

/// The field called `name`: by proto name, then JSON name; "[pkg.ext]" is an extension. Null when
/// there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& descriptor,
                                                   std::string_view name);

/// The proto name, "[pkg.ext]" for an extension.
std::string ProtoName(const google::protobuf::FieldDescriptor& field);

/// The name a pair is written under: the JSON name, or the proto name where the JSON name would not
/// read back.
std::string KeyName(const google::protobuf::FieldDescriptor& field);

/// "book.author.name", in proto names.
std::string DottedPath(const FieldPath& path);

/// The 400 that every fault of a field becomes: "<path>: <what>".
Error FieldError(std::string_view path, std::string_view what);

}  // namespace kratos::form::internal
