// From descriptors to the model.
#pragma once

#include <string>

#include "config/service_config.h"
#include "model/model.h"

namespace google::protobuf {
class Descriptor;
class FileDescriptor;
}  // namespace google::protobuf

namespace kratos::plugin {

struct BuildOptions {
  /// See Options.
  bool omitempty = true;
  std::string omitempty_prefix;
  /// Rules that replace annotations; may be null.
  const ServiceConfig* config = nullptr;
  /// Fill in File::json_messages.
  bool json_messages = true;
};

/// The model of one file. Never fails: what does not resolve is recorded for the checks.
File BuildModel(const google::protobuf::FileDescriptor& file, const BuildOptions& options);

/// What the model says of a message type.
MessageType BuildMessageType(const google::protobuf::Descriptor& message);

}  // namespace kratos::plugin
