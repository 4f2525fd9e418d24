// Positions and comments out of a descriptor's source info.
#pragma once

#include <vector>

#include "model/model.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// The position of the longest prefix of `path` (numbers as in SourceCodeInfo.Location) that the
/// file has one for; line 0 when it has none.
Location FindLocation(const google::protobuf::FileDescriptor& file, std::vector<int> path);

/// The comments around the declaration at `path`.
Comments FindComments(const google::protobuf::FileDescriptor& file, const std::vector<int>& path);

/// Field numbers of descriptor.proto that location paths are made of.
inline constexpr int kFileServiceField = 6;
inline constexpr int kServiceMethodField = 2;
inline constexpr int kMethodOptionsField = 4;

}  // namespace kratos::plugin
