#include "options.h"

#include <array>

#include "kratos/route/path_template.h"

namespace kratos::plugin {
namespace {

/// True when `prefix` can stand in front of a path: "/api" or "/api/v1", a template of literals
/// alone.
bool IsPathPrefix(std::string_view prefix) {
  if (prefix.empty()) return true;
  if (prefix.back() == '/' || prefix.find_first_of("{*:") != std::string_view::npos) return false;
  route::ParseError error;
  return route::PathTemplate::Parse(prefix, &error).has_value();
}

constexpr std::array<Parameter<Options>, 9> kParameters = {
    Parameter<Options>{
        "omitempty", "omitempty=true|false",
        "Leave rpcs without a google.api.http rule out of HTTP. With false each such unary rpc\n"
        "is served as POST /<package.Service>/<Method> with body \"*\". Default: true.",
        [](std::string_view value, Options* options) {
          return ApplyBool(value, &options->omitempty);
        }},
    Parameter<Options>{
        "omitempty_prefix", "omitempty_prefix=PATH",
        "Put in front of such default paths, never in front of a path that a rule spells out.\n"
        "Begins with '/' and does not end in one. Default: empty.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (!IsPathPrefix(value)) return "a path such as /api: leading '/', no trailing one";
          options->omitempty_prefix = value;
          return {};
        },
        true},
    Parameter<Options>{"client", "client=true|false",
                       "Generate <Service>HttpClient classes. Default: true.",
                       [](std::string_view value, Options* options) {
                         return ApplyBool(value, &options->client);
                       }},
    Parameter<Options>{
        "server", "server=true|false",
        "Generate <Service>Server classes and Register<Service>HttpServer functions.\n"
        "Default: true.",
        [](std::string_view value, Options* options) {
          return ApplyBool(value, &options->server);
        }},
    Parameter<Options>{
        "grpc", "grpc=true|false",
        "Generate FILE.kratos_grpc.pb.h and .cc as well: Register<Service>GrpcServer\n"
        "functions, <Service>GrpcClient classes, and what serves existing gRPC services over\n"
        "HTTP. Default: false.",
        [](std::string_view value, Options* options) { return ApplyBool(value, &options->grpc); }},
    Parameter<Options>{
        "service_config", "service_config=FILE",
        "Read HTTP rules from the `http: rules:` list of a Google service config in YAML. A rule\n"
        "replaces the annotation of the rpc that its selector names. The path is relative to\n"
        "protoc's working directory. Default: none.",
        [](std::string_view value, Options* options) -> std::string_view {
          if (value.empty()) return "the path of a YAML file";
          options->service_config = value;
          return {};
        }},
    Parameter<Options>{
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
    Parameter<Options>{
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
    Parameter<Options>{"werror", "werror=true|false",
                       "Treat warnings as errors; notes stay notes. Default: false.",
                       [](std::string_view value, Options* options) {
                         return ApplyBool(value, &options->werror);
                       }},
};

}  // namespace

Options ParseOptions(std::string_view parameter, std::vector<OptionError>* errors) {
  return ParseParameters<Options>(parameter, kParameters, errors);
}

std::string OptionsHelp() { return ParametersHelp<Options>(kParameters); }

std::vector<std::string_view> OptionNames() {
  std::vector<std::string_view> names;
  for (const auto& parameter : kParameters) names.push_back(parameter.name);
  return names;
}

}  // namespace kratos::plugin
