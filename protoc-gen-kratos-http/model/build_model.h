// From descriptors to the model.
#pragma once

#include <string>

#include "config/service_config.h"
#include "model/model.h"

namespace google::protobuf {
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

struct BuildOptions {
  /// See Options.
  bool omitempty = true;
  std::string omitempty_prefix;
  /// Rules that replace annotations; may be null.
  const ServiceConfig* config = nullptr;
};

/// The model of one file. Never fails: what does not resolve is recorded for the checks.
File BuildModel(const google::protobuf::FileDescriptor& file, const BuildOptions& options);

}  // namespace kratos::plugin
