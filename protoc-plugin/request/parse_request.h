// Parses what protoc sends, as far as a plugin asks for it.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include <set>
#include <string_view>

namespace kratos::plugin {

/// Parses a request, without the source locations that are not below one of the fields `located` of
/// FileDescriptorProto: they are most of a large file. Where an extension cannot be read, all of
/// them are left among the unknown fields, so that what is wrong can be said of its file. False
/// when `bytes` are no request, be it for something that is left out.
bool ParseRequest(std::string_view bytes, const std::set<int>& located,
                  google::protobuf::compiler::CodeGeneratorRequest* request);

}  // namespace kratos::plugin
