// Which messages travel as JSON, and how their C++ classes give access to the fields.
#pragma once

#include <vector>

#include "model/model.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// The types that requests and replies of `services`, the model of the file's services, can hold:
/// those with HTTP code, and all they lead to. In the order in which they are met. Without
/// well-known types (the runtime has its own tables for them) and without fields that only
/// reflection can reach everywhere.
std::vector<JsonMessage> FindJsonMessages(const google::protobuf::FileDescriptor& file,
                                          const std::vector<Service>& services);

}  // namespace kratos::plugin
