// The plugin's parameters.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parameters/parameters.h"

namespace kratos::plugin::errors {

struct Options {
  /// Warnings become errors.
  bool werror = false;

  bool operator==(const Options&) const = default;
};

/// Parses protoc's parameter text. Appends one error for each part that is wrong and goes on.
Options ParseOptions(std::string_view parameter, std::vector<OptionError>* errors);

/// The parameters part of --help.
std::string OptionsHelp();

}  // namespace kratos::plugin::errors
