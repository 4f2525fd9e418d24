#include "options.h"

#include <array>

namespace kratos::plugin::errors {
namespace {

constexpr std::array<Parameter<Options>, 1> kParameters = {
    Parameter<Options>{"werror", "werror=true|false", "Treat warnings as errors. Default: false.",
                       [](std::string_view value, Options* options) {
                         return ApplyBool(value, &options->werror);
                       }},
};

}  // namespace

Options ParseOptions(std::string_view parameter, std::vector<OptionError>* errors) {
  return ParseParameters<Options>(parameter, kParameters, errors);
}

std::string OptionsHelp() { return ParametersHelp<Options>(kParameters); }

}  // namespace kratos::plugin::errors
