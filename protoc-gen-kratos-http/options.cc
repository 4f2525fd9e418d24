#include "options.h"

#include <array>

#include "checks/suggest.h"

namespace kratos::plugin {
namespace {

/// Applies `value`; returns what is accepted when it is not.
using Apply = std::string_view (*)(std::string_view value, Options* options);

struct Parameter {
  std::string_view name;
  std::string_view usage;
  std::string_view text;
  Apply apply;
};

constexpr std::string_view kBoolValues = "true or false";

std::string_view ApplyBool(std::string_view value, bool* target) {
  // A bare key means true, as everywhere among protoc plugins.
  if (value.empty() || value == "true" || value == "1") {
    *target = true;
    return {};
  }
  if (value == "false" || value == "0") {
    *target = false;
    return {};
  }
  return kBoolValues;
}

/// True when `prefix` can stand in front of a path: "/api" or "/api/v1", without template syntax.
bool IsPathPrefix(std::string_view prefix) {
  if (prefix.empty()) return true;
  if (prefix.front() != '/' || prefix.back() == '/') return false;
  if (prefix.find("//") != std::string_view::npos) return false;
  return prefix.find_first_of("{}*:?# ") == std::string_view::npos;
}

constexpr std::array kParameters = {
    Parameter{
        "omitempty", "omitempty=true|false",
        "Leave rpcs without a google.api.http rule out of HTTP. With false each such unary rpc\n"
        "is served as POST /<package.Service>/<Method> with body \"*\". Default: true.",
        [](std::string_view value, Options* options) {
          return ApplyBool(value, &options->omitempty);
        }},
    Parameter{
        "omitempty_prefix", "omitempty_prefix=PATH",
        "Put in front of such default paths, never in front of a path that a rule spells out.\n"
        "Begins with '/' and does not end in one. Default: empty.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (!IsPathPrefix(value)) return "a path such as /api: leading '/', no trailing one";
          options->omitempty_prefix = value;
          return {};
        }},
    Parameter{"client", "client=true|false", "Generate <Service>HttpClient classes. Default: true.",
              [](std::string_view value, Options* options) {
                return ApplyBool(value, &options->client);
              }},
    Parameter{"server", "server=true|false",
              "Generate <Service>Server classes and Register<Service>HttpServer functions.\n"
              "Default: true.",
              [](std::string_view value, Options* options) {
                return ApplyBool(value, &options->server);
              }},
    Parameter{
        "grpc", "grpc=true|false",
        "Generate FILE.kratos_grpc.pb.h and .cc as well: Register<Service>GrpcServer\n"
        "functions, <Service>GrpcClient classes, and what serves existing gRPC services over\n"
        "HTTP. Default: false.",
        [](std::string_view value, Options* options) { return ApplyBool(value, &options->grpc); }},
    Parameter{
        "service_config", "service_config=FILE",
        "Read HTTP rules from the `http: rules:` list of a Google service config in YAML. A rule\n"
        "replaces the annotation of the rpc that its selector names. The path is relative to\n"
        "protoc's working directory. Default: none.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (value.empty()) return "the path of a YAML file";
          options->service_config = value;
          return {};
        }},
    Parameter{
        "conflicts", "conflicts=warn|error|ignore",
        "What to do about routes of one file that overlap. warn: equal routes are warnings,\n"
        "crossing ones notes. error: equal routes are errors, crossing ones warnings. ignore:\n"
        "neither is reported. Default: warn.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (value == "warn") {
            options->conflicts = Options::Conflicts::kWarn;
          } else if (value == "error") {
            options->conflicts = Options::Conflicts::kError;
          } else if (value == "ignore") {
            options->conflicts = Options::Conflicts::kIgnore;
          } else {
            return "warn, error or ignore";
          }
          return {};
        }},
    Parameter{
        "json", "json=generated|reflection",
        "How JSON is read and written. generated: tables of accessors for every message that the\n"
        "rpcs lead to, several times as fast. reflection: no tables, less code; the JSON is the\n"
        "same. Default: generated.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (value == "generated") {
            options->json = Options::Json::kGenerated;
          } else if (value == "reflection") {
            options->json = Options::Json::kReflection;
          } else {
            return "generated or reflection";
          }
          return {};
        }},
    Parameter{"werror", "werror=true|false",
              "Treat warnings as errors; notes stay notes. Default: false.",
              [](std::string_view value, Options* options) {
                return ApplyBool(value, &options->werror);
              }},
};

void ParseOne(std::string_view part, Options* options, std::vector<OptionError>* errors) {
  const std::size_t equals = part.find('=');
  const std::string_view key = part.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? part.substr(equals + 1) : std::string_view();
  for (const Parameter& parameter : kParameters) {
    if (parameter.name != key) continue;
    const std::string_view accepted = has_value && value.empty() && key != "omitempty_prefix"
                                          ? std::string_view("a value behind '='")
                                          : parameter.apply(value, options);
    if (!accepted.empty()) {
      errors->push_back({std::string(part),
                         has_value
                             ? "\"" + std::string(value) + "\" is no value for " + std::string(key)
                             : std::string(key) + " needs a value",
                         "give " + std::string(accepted)});
    }
    return;
  }
  std::vector<std::string> names;
  std::string list;
  for (const Parameter& parameter : kParameters) {
    names.emplace_back(parameter.name);
    list += (list.empty() ? "" : ", ") + std::string(parameter.name);
  }
  const std::string nearest = Nearest(std::string(key), names);
  errors->push_back(
      {std::string(part), "there is no parameter \"" + std::string(key) + "\"",
       (nearest.empty() ? "" : "did you mean " + nearest + "? ") + ("known parameters: " + list)});
}

}  // namespace

Options ParseOptions(std::string_view parameter, std::vector<OptionError>* errors) {
  Options options;
  while (!parameter.empty()) {
    const std::size_t comma = parameter.find(',');
    const std::string_view part = parameter.substr(0, comma);
    // protoc joins --kratos-http_opt and --kratos-http_out texts with commas; an empty part means
    // nothing.
    if (!part.empty()) ParseOne(part, &options, errors);
    if (comma == std::string_view::npos) break;
    parameter.remove_prefix(comma + 1);
  }
  return options;
}

std::string OptionsHelp() {
  std::string out;
  for (const Parameter& parameter : kParameters) {
    out += "  " + std::string(parameter.usage) + '\n';
    std::string_view text = parameter.text;
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      out += "      " + std::string(text.substr(0, end)) + '\n';
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
  }
  return out;
}

std::vector<std::string_view> OptionNames() {
  std::vector<std::string_view> names;
  for (const Parameter& parameter : kParameters) names.push_back(parameter.name);
  return names;
}

}  // namespace kratos::plugin
