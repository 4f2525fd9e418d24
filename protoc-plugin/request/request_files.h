// What protoc asks for.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>
#include <google/protobuf/descriptor.h>

#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace kratos::plugin {

/// Rule id of a request that protoc would not make.
inline constexpr char kBadRequestRule[] = "bad-request";

/// The descriptors of a request.
class RequestFiles {
 public:
  /// `flag` is what the plugin is called by: "kratos-http" for --kratos-http_out.
  RequestFiles(const google::protobuf::compiler::CodeGeneratorRequest& request,
               std::string_view flag, Diagnostics* diagnostics);

  /// In the request's order; valid while this object is.
  const std::vector<const google::protobuf::FileDescriptor*>& to_generate() const {
    return to_generate_;
  }
  /// Those and all they import.
  const std::vector<const google::protobuf::FileDescriptor*>& all() const { return all_; }

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<const google::protobuf::FileDescriptor*> all_;
  std::vector<const google::protobuf::FileDescriptor*> to_generate_;
};

}  // namespace kratos::plugin
