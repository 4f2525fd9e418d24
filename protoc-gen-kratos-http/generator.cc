#include "generator.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <utility>
#include <vector>

#include "checks/checks.h"
#include "config/service_config.h"
#include "diagnostics/diagnostic.h"
#include "diagnostics/rules.h"
#include "emit/emit.h"
#include "model/build_model.h"
#include "names/file_names.h"
#include "options.h"
#include "parameters/parameters.h"
#include "request/request_files.h"

namespace kratos::plugin {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::compiler::CodeGeneratorRequest;
using google::protobuf::compiler::CodeGeneratorResponse;

constexpr char kFlag[] = "kratos-http";

/// What the answer is made of.
struct Origin {
  Origin(const CodeGeneratorRequest& request, Diagnostics* diagnostics)
      : files(request, kFlag, diagnostics) {}

  RequestFiles files;
  std::vector<std::pair<File, FileNames>> models;
};

KnownServices Services(const RequestFiles& files) {
  KnownServices services;
  for (const FileDescriptor* file : files.all()) {
    for (int s = 0; s < file->service_count(); ++s) {
      std::vector<std::string>& methods = services[std::string(file->service(s)->full_name())];
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.emplace_back(file->service(s)->method(m)->name());
      }
    }
  }
  return services;
}

Options ReadOptions(const std::string& parameter, Diagnostics* diagnostics) {
  std::vector<OptionError> errors;
  Options options = ParseOptions(parameter, &errors);
  ReportParameters(std::move(errors), kFlag, diagnostics);
  return options;
}

ServiceConfig ReadConfig(const Options& options, const FileReader& read_file,
                         Diagnostics* diagnostics) {
  if (options.service_config.empty()) return {};
  const std::optional<std::string> text = read_file(options.service_config);
  if (text) return ParseServiceConfig(options.service_config, *text, diagnostics);
  Diagnostic out;
  out.rule = RuleName(RuleId::kConfigUnreadable);
  out.message = "the service config " + options.service_config + " cannot be read";
  out.help = "check the path; it is relative to the directory protoc runs in";
  diagnostics->Add(std::move(out));
  return {};
}

void EmitFile(const File& file, const FileNames& names, const Options& options,
              CodeGeneratorResponse* response) {
  const EmitContext context{file, names, options.client, options.server};
  CodeGeneratorResponse::File* header = response->add_file();
  header->set_name(HeaderName(file.path));
  header->set_content(EmitHeader(context));
  CodeGeneratorResponse::File* source = response->add_file();
  source->set_name(SourceName(file.path));
  source->set_content(EmitSource(context));
  if (!options.grpc) return;
  CodeGeneratorResponse::File* grpc_header = response->add_file();
  grpc_header->set_name(GrpcHeaderName(file.path));
  grpc_header->set_content(EmitGrpcHeader(context));
  CodeGeneratorResponse::File* grpc_source = response->add_file();
  grpc_source->set_name(GrpcSourceName(file.path));
  grpc_source->set_content(EmitGrpcSource(context));
}

}  // namespace

Generated Generate(const CodeGeneratorRequest& request, const FileReader& read_file) {
  Diagnostics diagnostics;
  const Options options = ReadOptions(request.parameter(), &diagnostics);
  const ServiceConfig config = ReadConfig(options, read_file, &diagnostics);
  const auto origin = std::make_shared<Origin>(request, &diagnostics);

  if (!config.rules().empty()) CheckSelectors(config, Services(origin->files), &diagnostics);
  for (const FileDescriptor* file : origin->files.to_generate()) {
    File model = BuildModel(*file, {options.omitempty, options.omitempty_prefix,
                                    options.service_config.empty() ? nullptr : &config,
                                    options.json == Options::Json::kGenerated});
    FileNames names = NameFile(model, options.grpc);
    CheckFile(model, names, options, &diagnostics);
    origin->models.emplace_back(std::move(model), std::move(names));
  }

  if (options.werror) diagnostics.PromoteWarnings();
  Generated generated = Answer(std::move(diagnostics), [&](CodeGeneratorResponse* response) {
    for (const auto& [model, names] : origin->models) EmitFile(model, names, options, response);
  });
  generated.origin = origin;
  return generated;
}

}  // namespace kratos::plugin
