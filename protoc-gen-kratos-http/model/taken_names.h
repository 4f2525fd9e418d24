// The C++ names that a file's namespace already holds before we add ours.
#pragma once

#include "names/declared_names.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// DeclaredNames, and the names we give to the services of imports of the same package.
NameSet TakenNames(const google::protobuf::FileDescriptor& file);

}  // namespace kratos::plugin
