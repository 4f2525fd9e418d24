// grpc.reflection.v1 and v1alpha.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "kratos/grpc/method.h"

namespace kratos::grpc {

/// Shows the program's own descriptors. gRPC's library of this kind lists services of its own code
/// generator only, knows v1alpha alone in older releases, and has a thread for each stream. Must
/// outlive the calls of its methods.
class Reflection {
 public:
  /// `services` are the full names of those served.
  explicit Reflection(std::vector<std::string> services);

  std::vector<ServiceMethod> Methods() const;

 private:
  const std::vector<std::string> services_;
  // What the generated pool does not have: the files of health and of reflection itself.
  google::protobuf::DescriptorPool own_;
};

}  // namespace kratos::grpc
