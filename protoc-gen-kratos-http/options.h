// The plugin's parameters: what stands before the colon of
// --kratos-http_out=key=value,key=value:DIR.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parameters/parameters.h"

namespace kratos::plugin {

struct Options {
  enum class Conflicts { kWarn, kError, kIgnore };
  enum class Json { kGenerated, kReflection };

  /// True: rpcs without a rule get no HTTP route.
  bool omitempty = true;
  /// Put in front of default paths.
  std::string omitempty_prefix;
  bool client = true;
  bool server = true;
  /// Generate the gRPC side as well.
  bool grpc = false;
  /// YAML file with HTTP rules that replace annotations; empty for none.
  std::string service_config;
  Conflicts conflicts = Conflicts::kWarn;
  /// How the JSON codec gets at the fields of messages.
  Json json = Json::kGenerated;
  /// Warnings become errors.
  bool werror = false;

  bool operator==(const Options&) const = default;
};

/// Parses protoc's parameter text. Appends one error for each part that is wrong and goes on.
Options ParseOptions(std::string_view parameter, std::vector<OptionError>* errors);

/// The parameters part of --help: one paragraph each.
std::string OptionsHelp();

/// The name of every parameter, in the order of OptionsHelp.
std::vector<std::string_view> OptionNames();

}  // namespace kratos::plugin
