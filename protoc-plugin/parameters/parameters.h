// A plugin's parameters: what stands before the colon of --NAME_out=key=value,key=value:DIR.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace kratos::plugin {

/// Rule id of a parameter that is unknown or has a bad value.
inline constexpr char kBadParameterRule[] = "bad-parameter";

/// What is wrong with one parameter.
struct OptionError {
  /// "omitempty=maybe", as given.
  std::string parameter;
  std::string message;
  std::string help;

  bool operator==(const OptionError&) const = default;
};

/// One parameter a plugin knows, which sets something in its `Options`.
template <class Options>
struct Parameter {
  std::string_view name;
  /// "omitempty=true|false".
  std::string_view usage;
  /// Lines of --help.
  std::string_view text;
  /// Applies `value`; returns what is accepted when it is not.
  std::string_view (*apply)(std::string_view value, Options* options);
  /// "name=" says something.
  bool may_be_empty = false;
};

/// For Parameter::apply. A bare key means true, as everywhere among protoc plugins.
std::string_view ApplyBool(std::string_view value, bool* target);

/// "a=1" of "a=1,b=2" and the rest. Empty parts, which protoc makes of --NAME_opt and --NAME_out,
/// are left out.
std::vector<std::string_view> SplitParameters(std::string_view text);

/// The errors of one part.
OptionError UnknownParameter(std::string_view part, const std::vector<std::string>& known);
OptionError BadValue(std::string_view part, std::string_view accepted);

/// Parses protoc's parameter text. Appends one error for each part that is wrong and goes on.
template <class Options>
Options ParseParameters(std::string_view text, std::span<const Parameter<Options>> known,
                        std::vector<OptionError>* errors) {
  Options options;
  for (const std::string_view part : SplitParameters(text)) {
    const auto equals = part.find('=');
    const Parameter<Options>* found = nullptr;
    std::vector<std::string> names;
    for (const Parameter<Options>& parameter : known) {
      names.emplace_back(parameter.name);
      if (parameter.name == part.substr(0, equals)) found = &parameter;
    }
    if (found == nullptr) {
      errors->push_back(UnknownParameter(part, names));
      continue;
    }
    const bool has_value = equals != std::string_view::npos;
    const std::string_view value = has_value ? part.substr(equals + 1) : std::string_view();
    const std::string_view accepted = has_value && value.empty() && !found->may_be_empty
                                          ? std::string_view("a value behind '='")
                                          : found->apply(value, &options);
    if (!accepted.empty()) errors->push_back(BadValue(part, accepted));
  }
  return options;
}

/// One paragraph of --help.
std::string ParameterHelp(std::string_view usage, std::string_view text);

/// The parameters part of --help.
template <class Options>
std::string ParametersHelp(std::span<const Parameter<Options>> known) {
  std::string out;
  for (const Parameter<Options>& parameter : known)
    out += ParameterHelp(parameter.usage, parameter.text);
  return out;
}

/// Makes diagnostics of the errors; `flag` as in "kratos-http" of --kratos-http_opt.
void ReportParameters(std::vector<OptionError> errors, std::string_view flag,
                      Diagnostics* diagnostics);

}  // namespace kratos::plugin
