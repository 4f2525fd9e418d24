// The plugin as a function: request in, response out. This file's .cc is its table of contents.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include <functional>
#include <optional>
#include <string>

#include "request/answer.h"

namespace kratos::plugin {

/// The content of a file, or nothing when it cannot be read. The only way to the outside world.
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

/// Generates the files asked for. Everything that is wrong with the input, in all files, is in
/// response.error; then no file is generated. The result depends on the request (and the service
/// config it names) alone, and that for one file not on which other files were asked for.
Generated Generate(const google::protobuf::compiler::CodeGeneratorRequest& request,
                   const FileReader& read_file);

}  // namespace kratos::plugin
