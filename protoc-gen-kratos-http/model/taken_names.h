// The C++ names that a file's namespace already holds before we add ours.
#pragma once

#include "names/declared_names.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// Names that protoc's C++ (and gRPC's) output for `file` and for its transitive imports of the
/// same package declares in the namespace, and the names we give to the imports' services.
NameSet TakenNames(const google::protobuf::FileDescriptor& file);

}  // namespace kratos::plugin
