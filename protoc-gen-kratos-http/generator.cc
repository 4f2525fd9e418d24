#include "generator.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/stubs/common.h>

#include <memory>
#include <utility>
#include <vector>

#include "checks/checks.h"
#include "config/service_config.h"
#include "diagnostics/diagnostic.h"
#include "emit/emit.h"
#include "model/build_model.h"
#include "names/file_names.h"
#include "options.h"

namespace kratos::plugin {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::compiler::CodeGeneratorRequest;
using google::protobuf::compiler::CodeGeneratorResponse;

// Numbers of google.protobuf.Edition; the enum itself is newer than the oldest protobuf we build
// against.
[[maybe_unused]] constexpr int kEditionProto2 = 998;
[[maybe_unused]] constexpr int kEdition2023 = 1000;
[[maybe_unused]] constexpr int kEdition2024 = 1001;
[[maybe_unused]] constexpr int kEdition2026 = 1002;

/// Tells protoc what we can read. A template, so that the branch is compiled only against a
/// protobuf with editions.
template <class Response>
void DeclareFeatures(Response* response) {
  response->set_supported_features(Response::FEATURE_PROTO3_OPTIONAL);
  if constexpr (requires { response->set_minimum_edition(kEditionProto2); }) {
    response->set_supported_features(Response::FEATURE_PROTO3_OPTIONAL |
                                     Response::FEATURE_SUPPORTS_EDITIONS);
    response->set_minimum_edition(kEditionProto2);
#if GOOGLE_PROTOBUF_VERSION >= 7036000
    response->set_maximum_edition(kEdition2026);
#elif GOOGLE_PROTOBUF_VERSION >= 6032000
    response->set_maximum_edition(kEdition2024);
#else
    response->set_maximum_edition(kEdition2023);
#endif
  }
}

void AddRequestError(std::string message, Diagnostics* diagnostics) {
  Diagnostic out;
  out.rule = RuleName(RuleId::kBadRequest);
  out.message = std::move(message);
  out.help = "run the plugin through protoc: protoc --kratos-http_out=DIR file.proto";
  diagnostics->Add(std::move(out));
}

#if GOOGLE_PROTOBUF_VERSION >= 4022000
using ErrorText = absl::string_view;
#define KRATOS_PLUGIN_RECORD_ERROR RecordError
#else
using ErrorText = const std::string&;
#define KRATOS_PLUGIN_RECORD_ERROR AddError
#endif

/// Keeps the first complaint about a descriptor.
class PoolErrors : public DescriptorPool::ErrorCollector {
 public:
  void KRATOS_PLUGIN_RECORD_ERROR(ErrorText file, ErrorText element,
                                  const google::protobuf::Message* /*descriptor*/,
                                  ErrorLocation /*location*/, ErrorText message) override {
    if (!first_.empty()) return;
    first_ = std::string(file) + ": " + std::string(element) + ": " + std::string(message);
  }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

#undef KRATOS_PLUGIN_RECORD_ERROR

/// The descriptors of a request.
class RequestFiles {
 public:
  explicit RequestFiles(const CodeGeneratorRequest& request, Diagnostics* diagnostics) {
    for (const FileDescriptorProto& proto : request.proto_file()) {
      PoolErrors errors;
      const FileDescriptor* file = pool_.BuildFileCollectingErrors(proto, &errors);
      if (file == nullptr) {
        AddRequestError("protoc handed over a broken descriptor: " + errors.first(), diagnostics);
        return;
      }
      all_.push_back(file);
    }
    for (const std::string& name : request.file_to_generate()) {
      const FileDescriptor* file = pool_.FindFileByName(name);
      if (file == nullptr) {
        AddRequestError("no descriptor for " + name + " came with the request", diagnostics);
        continue;
      }
      to_generate_.push_back(file);
    }
  }

  const std::vector<const FileDescriptor*>& to_generate() const { return to_generate_; }

  KnownServices Services() const {
    KnownServices services;
    for (const FileDescriptor* file : all_) {
      for (int s = 0; s < file->service_count(); ++s) {
        std::vector<std::string>& methods = services[std::string(file->service(s)->full_name())];
        for (int m = 0; m < file->service(s)->method_count(); ++m) {
          methods.emplace_back(file->service(s)->method(m)->name());
        }
      }
    }
    return services;
  }

 private:
  DescriptorPool pool_;
  std::vector<const FileDescriptor*> all_;
  std::vector<const FileDescriptor*> to_generate_;
};

Options ReadOptions(const std::string& parameter, Diagnostics* diagnostics) {
  std::vector<OptionError> errors;
  Options options = ParseOptions(parameter, &errors);
  for (OptionError& error : errors) {
    Diagnostic out;
    out.rule = RuleName(RuleId::kBadParameter);
    out.message = std::move(error.message);
    out.excerpt = "--kratos-http_opt=" + error.parameter;
    out.caret = out.excerpt.size() - error.parameter.size();
    out.caret_length = error.parameter.size();
    out.help = std::move(error.help);
    diagnostics->Add(std::move(out));
  }
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

/// "2 errors" and each diagnostic. protoc puts its own "--kratos-http_out: " in front of the first
/// line.
std::string Report(const Diagnostics& diagnostics) {
  std::string out = Summary(diagnostics.all()) + '\n';
  for (const Diagnostic& diagnostic : diagnostics.all()) out += Format(diagnostic);
  while (!out.empty() && out.back() == '\n') out.pop_back();  // protoc ends the line.
  return out;
}

}  // namespace

Generated Generate(const CodeGeneratorRequest& request, const FileReader& read_file) {
  Generated out;
  DeclareFeatures(&out.response);

  Diagnostics diagnostics;
  const Options options = ReadOptions(request.parameter(), &diagnostics);
  const ServiceConfig config = ReadConfig(options, read_file, &diagnostics);
  const RequestFiles files(request, &diagnostics);

  if (!config.rules().empty()) CheckSelectors(config, files.Services(), &diagnostics);
  std::vector<std::pair<File, FileNames>> models;
  for (const FileDescriptor* file : files.to_generate()) {
    File model = BuildModel(*file, {options.omitempty, options.omitempty_prefix,
                                    options.service_config.empty() ? nullptr : &config,
                                    options.json == Options::Json::kGenerated});
    FileNames names = NameFile(model, options.grpc);
    CheckFile(model, names, options, &diagnostics);
    models.emplace_back(std::move(model), std::move(names));
  }

  if (options.werror) diagnostics.PromoteWarnings();
  diagnostics.Sort();
  if (diagnostics.HasErrors()) {
    out.response.set_error(Report(diagnostics));
    return out;
  }
  for (const auto& [model, names] : models) EmitFile(model, names, options, &out.response);
  for (const Diagnostic& diagnostic : diagnostics.all()) out.warnings += Format(diagnostic);
  return out;
}

}  // namespace kratos::plugin
