#include "parameters/parameters.h"

#include <utility>

#include "diagnostics/suggest.h"

namespace kratos::plugin {

std::string_view ApplyBool(std::string_view value, bool* target) {
  if (value.empty() || value == "true" || value == "1") {
    *target = true;
    return {};
  }
  if (value == "false" || value == "0") {
    *target = false;
    return {};
  }
  return "true or false";
}

std::vector<std::string_view> SplitParameters(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    if (!part.empty()) parts.push_back(part);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  return parts;
}

OptionError UnknownParameter(std::string_view part, const std::vector<std::string>& known) {
  const std::string key(part.substr(0, part.find('=')));
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  const std::string nearest = Nearest(key, known);
  return {
      std::string(part), "there is no parameter \"" + key + "\"",
      (nearest.empty() ? "" : "did you mean " + nearest + "? ") + ("known parameters: " + list)};
}

OptionError BadValue(std::string_view part, std::string_view accepted) {
  const auto equals = part.find('=');
  const std::string key(part.substr(0, equals));
  return {std::string(part),
          equals != std::string_view::npos
              ? "\"" + std::string(part.substr(equals + 1)) + "\" is no value for " + key
              : key + " needs a value",
          "give " + std::string(accepted)};
}

std::string ParameterHelp(std::string_view usage, std::string_view text) {
  std::string out = "  " + std::string(usage) + '\n';
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out += "      " + std::string(text.substr(0, end)) + '\n';
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

void ReportParameters(std::vector<OptionError> errors, std::string_view flag,
                      Diagnostics* diagnostics) {
  for (OptionError& error : errors) {
    Diagnostic out;
    out.rule = kBadParameterRule;
    out.message = std::move(error.message);
    out.excerpt = "--" + std::string(flag) + "_opt=" + error.parameter;
    out.caret = out.excerpt.size() - error.parameter.size();
    out.caret_length = error.parameter.size();
    out.help = std::move(error.help);
    diagnostics->Add(std::move(out));
  }
}

}  // namespace kratos::plugin
