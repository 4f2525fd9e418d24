// Reads google.api.http from a method's options.
#pragma once

#include <optional>

#include "model/rule.h"

namespace google::protobuf {
class MethodDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// The method's annotation with the most specific positions that the source info holds; nothing
/// when there is none. Works whether the options were parsed with the extension linked in or kept
/// it as an unknown field.
std::optional<Rule> ReadAnnotation(const google::protobuf::MethodDescriptor& method);

}  // namespace kratos::plugin
