#include "request/request_files.h"

#include <google/protobuf/stubs/common.h>

#include <string>
#include <utility>

namespace kratos::plugin {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

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

Diagnostic BadRequest(std::string_view flag, std::string message) {
  Diagnostic out;
  out.rule = kBadRequestRule;
  out.message = std::move(message);
  out.help = "run the plugin through protoc: protoc --" + std::string(flag) + "_out=DIR file.proto";
  return out;
}

}  // namespace

RequestFiles::RequestFiles(const google::protobuf::compiler::CodeGeneratorRequest& request,
                           std::string_view flag, Diagnostics* diagnostics) {
  for (const FileDescriptorProto& proto : request.proto_file()) {
    PoolErrors errors;
    const FileDescriptor* file = pool_.BuildFileCollectingErrors(proto, &errors);
    if (file == nullptr) {
      diagnostics->Add(
          BadRequest(flag, "protoc handed over a broken descriptor: " + errors.first()));
      return;
    }
    all_.push_back(file);
  }
  for (const std::string& name : request.file_to_generate()) {
    const FileDescriptor* file = pool_.FindFileByName(name);
    if (file == nullptr) {
      diagnostics->Add(BadRequest(flag, "no descriptor for " + name + " came with the request"));
      continue;
    }
    to_generate_.push_back(file);
  }
}

}  // namespace kratos::plugin
