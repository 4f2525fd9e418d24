// The C++ names that a file's namespace already holds before a plugin adds its own.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

using NameSet = std::unordered_set<std::string>;

/// Names that protoc's C++ (and gRPC's) output for `file` and for its transitive imports declares
/// in the file's namespace: all of the same package's, and the namespaces of packages below it.
NameSet DeclaredNames(const google::protobuf::FileDescriptor& file);

/// Extensions of `file` and its transitive imports that C++ declares as variables of the file's
/// namespace or of one around it.
NameSet VisibleExtensions(const google::protobuf::FileDescriptor& file);

/// Calls `visit` for `file` and its transitive imports of the same package, each once, `file`
/// first.
void ForEachFileOfPackage(
    const google::protobuf::FileDescriptor& file,
    const std::function<void(const google::protobuf::FileDescriptor&)>& visit);

}  // namespace kratos::plugin
