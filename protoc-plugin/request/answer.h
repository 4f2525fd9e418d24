// What a plugin answers protoc.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include <functional>
#include <memory>
#include <string>

#include "diagnostics/diagnostic.h"

namespace kratos::plugin {

struct Generated {
  google::protobuf::compiler::CodeGeneratorResponse response;
  /// Warnings and notes of a run without errors, for standard error: a response has no place for
  /// them. With errors they are part of response.error.
  std::string warnings;
  /// What the answer was made of: here, so that main can end the process without taking it apart.
  std::shared_ptr<const void> origin;
};

/// With errors among the diagnostics: these, in order, and no file. Else what `emit` adds.
Generated Answer(
    Diagnostics diagnostics,
    const std::function<void(google::protobuf::compiler::CodeGeneratorResponse*)>& emit);

}  // namespace kratos::plugin
