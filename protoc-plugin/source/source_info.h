// Positions and comments out of a descriptor's source info.
#pragma once

#include <string>
#include <vector>

#include "source/location.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

/// The author's words, each text as protoc hands it over (marker removed, lines end in '\n').
struct Comments {
  std::vector<std::string> detached;
  std::string leading;
  std::string trailing;

  bool operator==(const Comments&) const = default;
};

/// The position of the longest prefix of `path` (numbers as in SourceCodeInfo.Location) that the
/// file has one for; line 0 when it has none.
Location FindLocation(const google::protobuf::FileDescriptor& file, std::vector<int> path);

/// The comments around the declaration at `path`.
Comments FindComments(const google::protobuf::FileDescriptor& file, const std::vector<int>& path);

/// Field numbers of descriptor.proto that location paths are made of.
inline constexpr int kFileMessageField = 4;
inline constexpr int kFileEnumField = 5;
inline constexpr int kFileServiceField = 6;
inline constexpr int kMessageNestedField = 3;
inline constexpr int kMessageEnumField = 4;
inline constexpr int kEnumValueField = 2;
inline constexpr int kEnumOptionsField = 3;
inline constexpr int kEnumValueOptionsField = 3;
inline constexpr int kServiceMethodField = 2;
inline constexpr int kMethodOptionsField = 4;

}  // namespace kratos::plugin
