// .proto text in; model, generated files or diagnostics out. All in memory.
#pragma once

#include <google/protobuf/compiler/plugin.pb.h>

#include <map>
#include <string>
#include <vector>

#include "generator.h"
#include "model/model.h"
#include "options.h"

namespace kratos::plugin::testing {

/// Paths and contents of .proto files; google/api and google/protobuf imports are there without
/// being listed.
using Sources = std::map<std::string, std::string>;

/// A file in package `demo` with the imports of google.api and, of google.protobuf, empty and
/// timestamp, and `body` behind them.
std::string Proto3(const std::string& body);

/// The request protoc would send. Fails the test when the sources do not compile.
google::protobuf::compiler::CodeGeneratorRequest MakeRequest(const Sources& sources,
                                                             const std::vector<std::string>& files,
                                                             const std::string& parameter = "");

/// Runs the whole plugin over "demo.proto" with this content.
Generated RunPlugin(const std::string& proto, const std::string& parameter = "",
                    const std::string& config = "");

/// "error[unknown-path-field] 14:5 caret 22+3" for each diagnostic the plugin gives, in order.
std::vector<std::string> Report(const std::string& proto, const std::string& parameter = "");
/// The ids alone.
std::vector<std::string> RuleIds(const std::string& proto, const std::string& parameter = "");

/// The model of "demo.proto".
File Model(const std::string& proto, bool omitempty = true, const std::string& prefix = "");

/// The content of a generated file; fails the test when there is none.
std::string Content(const Generated& generated, const std::string& name);

}  // namespace kratos::plugin::testing
