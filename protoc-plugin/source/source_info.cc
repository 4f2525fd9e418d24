#include "source/source_info.h"

#include <google/protobuf/descriptor.h>

namespace kratos::plugin {

Location FindLocation(const google::protobuf::FileDescriptor& file, std::vector<int> path) {
  Location location{std::string(file.name()), 0, 0};
  google::protobuf::SourceLocation found;
  for (; !path.empty(); path.pop_back()) {
    if (!file.GetSourceLocation(path, &found)) continue;
    location.line = found.start_line + 1;
    location.column = found.start_column + 1;
    break;
  }
  return location;
}

Comments FindComments(const google::protobuf::FileDescriptor& file, const std::vector<int>& path) {
  google::protobuf::SourceLocation found;
  if (!file.GetSourceLocation(path, &found)) return {};
  return {std::move(found.leading_detached_comments), std::move(found.leading_comments),
          std::move(found.trailing_comments)};
}

}  // namespace kratos::plugin
