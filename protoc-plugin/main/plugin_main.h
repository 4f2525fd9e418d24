// The main function of a protoc plugin.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "request/answer.h"

namespace kratos::plugin {

struct Program {
  /// "kratos-http": the program is protoc-gen-kratos-http.
  std::string flag;
  std::string version;
  /// What it reads and writes: the second paragraph of --help.
  std::string summary;
  /// The parameters part of --help.
  std::string parameters;
  /// Fields of FileDescriptorProto (descriptor.proto) whose places in the source, and comments, are
  /// asked for; those of all else are dropped, which are most of a large file.
  std::set<int> located;
  std::function<Generated(const google::protobuf::compiler::CodeGeneratorRequest&)> generate;
};

/// Answers protoc's request on standard input, or --help and --version. The only code that touches
/// stdin, stdout and stderr; returns the exit code.
int PluginMain(int argc, char** argv, const Program& program);

/// The content of a file, or nothing when it cannot be read.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace kratos::plugin
