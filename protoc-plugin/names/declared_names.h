// The C++ names that a file's namespace already holds before a plugin adds its own.
#pragma once

#include <functional>
#include <set>
#include <string>

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// Names that protoc's C++ (and gRPC's) output for `file` and for its transitive imports of the
/// same package declares in the namespace.
std::set<std::string> DeclaredNames(const google::protobuf::FileDescriptor& file);

/// Calls `visit` for `file` and its transitive imports of the same package, each once, `file`
/// first.
void ForEachFileOfPackage(
    const google::protobuf::FileDescriptor& file,
    const std::function<void(const google::protobuf::FileDescriptor&)>& visit);

}  // namespace kratos::plugin
