#include "generator.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checks/check_file.h"
#include "diagnostics/diagnostic.h"
#include "emit/emit.h"
#include "model/model.h"
#include "options.h"
#include "parameters/parameters.h"
#include "request/request_files.h"

namespace kratos::plugin::errors {
namespace {

using google::protobuf::compiler::CodeGeneratorResponse;

constexpr char kFlag[] = "kratos-errors";

void AddFile(std::string name, std::string content, CodeGeneratorResponse* response) {
  CodeGeneratorResponse::File* file = response->add_file();
  file->set_name(std::move(name));
  file->set_content(std::move(content));
}

}  // namespace

Generated Generate(const google::protobuf::compiler::CodeGeneratorRequest& request) {
  Diagnostics diagnostics;
  std::vector<OptionError> wrong;
  const Options options = ParseOptions(request.parameter(), &wrong);
  ReportParameters(std::move(wrong), kFlag, &diagnostics);
  const auto files = std::make_shared<RequestFiles>(request, kFlag, &diagnostics);
  std::vector<File> models;
  for (const auto* file : files->to_generate()) {
    models.push_back(BuildModel(*file));
    CheckFile(models.back(), &diagnostics);
  }
  if (options.werror) diagnostics.PromoteWarnings();
  Generated generated = Answer(std::move(diagnostics), [&](CodeGeneratorResponse* response) {
    for (const File& model : models) {
      AddFile(HeaderName(model.path), EmitHeader(model), response);
      AddFile(SourceName(model.path), EmitSource(model), response);
    }
  });
  generated.origin = files;
  return generated;
}

}  // namespace kratos::plugin::errors
