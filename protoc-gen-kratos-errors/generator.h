// The plugin as a function: request in, response out.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include "request/answer.h"

namespace kratos::plugin::errors {

/// Generates the files asked for. Everything that is wrong with the input, in all files, is in
/// response.error; then no file is generated. The result depends on the request alone, and that for
/// one file not on which other files were asked for.
Generated Generate(const google::protobuf::compiler::CodeGeneratorRequest& request);

}  // namespace kratos::plugin::errors
