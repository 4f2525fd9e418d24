#include "plugin_fixture.h"

#include <google/protobuf/compiler/importer.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <functional>
#include <memory>
#include <set>
#include <sstream>

#include "google/api/annotations.pb.h"
#include "google/api/httpbody.pb.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "model/build_model.h"
#include "support/catch.h"

namespace kratos::plugin::testing {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::compiler::CodeGeneratorRequest;

#if GOOGLE_PROTOBUF_VERSION >= 4022000
using Text = absl::string_view;
#define KRATOS_TEST_RECORD_ERROR RecordError
#else
using Text = const std::string&;
#define KRATOS_TEST_RECORD_ERROR AddError
#endif

class Tree : public google::protobuf::compiler::SourceTree {
 public:
  explicit Tree(const Sources& sources) : sources_(sources) {}
  google::protobuf::io::ZeroCopyInputStream* Open(Text name) override {
    const auto found = sources_.find(std::string(name));
    if (found == sources_.end()) return nullptr;
    return new google::protobuf::io::ArrayInputStream(found->second.data(),
                                                      static_cast<int>(found->second.size()));
  }

 private:
  const Sources& sources_;
};

class Errors : public google::protobuf::compiler::MultiFileErrorCollector {
 public:
  void KRATOS_TEST_RECORD_ERROR(Text file, int line, int column, Text message) override {
    text += std::string(file) + ':' + std::to_string(line + 1) + ':' + std::to_string(column + 1) +
            ": " + std::string(message) + '\n';
  }
  std::string text;
};

void AddWithImports(const FileDescriptor& file, std::set<std::string>* seen,
                    CodeGeneratorRequest* request) {
  if (!seen->insert(std::string(file.name())).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddWithImports(*file.dependency(i), seen, request);
  }
  FileDescriptorProto* proto = request->add_proto_file();
  file.CopyTo(proto);
  file.CopySourceCodeInfoTo(proto);
}

/// Files that are linked in are handed out as sources would be.
std::string DebugText(const FileDescriptor* file) { return file->DebugString(); }

}  // namespace

std::string Proto3(const std::string& body) {
  return "syntax = \"proto3\";\n"
         "package demo;\n"
         "import \"google/api/annotations.proto\";\n"
         "import \"google/api/httpbody.proto\";\n"
         "import \"google/protobuf/empty.proto\";\n"
         "import \"google/protobuf/timestamp.proto\";\n" +
         body;
}

CodeGeneratorRequest MakeRequest(const Sources& sources, const std::vector<std::string>& files,
                                 const std::string& parameter) {
  Sources all = sources;
  const FileDescriptor* linked[] = {
      google::api::HttpRule::descriptor()->file(),
      google::api::HttpBody::descriptor()->file(),
      google::protobuf::Any::descriptor()->file(),
      google::protobuf::Empty::descriptor()->file(),
      google::protobuf::Timestamp::descriptor()->file(),
      google::protobuf::MethodOptions::descriptor()->file(),
      google::api::HttpRule::descriptor()->file()->pool()->FindFileByName(
          "google/api/annotations.proto"),
  };
  for (const FileDescriptor* file : linked) all.emplace(file->name(), DebugText(file));

  Tree tree(all);
  Errors errors;
  google::protobuf::compiler::Importer importer(&tree, &errors);
  CodeGeneratorRequest request;
  request.set_parameter(parameter);
  std::set<std::string> seen;
  for (const std::string& name : files) {
    const FileDescriptor* file = importer.Import(name);
    INFO(errors.text);
    REQUIRE(file != nullptr);
    AddWithImports(*file, &seen, &request);
    request.add_file_to_generate(name);
  }
  return request;
}

Generated RunPlugin(const std::string& proto, const std::string& parameter,
                    const std::string& config) {
  const CodeGeneratorRequest request =
      MakeRequest({{"demo.proto", proto}}, {"demo.proto"}, parameter);
  return Generate(request, [&](const std::string& path) -> std::optional<std::string> {
    if (path != "config.yaml") return std::nullopt;
    return config;
  });
}

std::vector<std::string> Report(const std::string& proto, const std::string& parameter) {
  const Generated generated = RunPlugin(proto, parameter);
  std::istringstream text(generated.response.has_error() ? generated.response.error()
                                                         : generated.warnings);
  std::vector<std::string> out;
  std::string line;
  while (std::getline(text, line)) {
    const std::size_t bracket = line.find("]: ");
    const std::size_t caret = line.find_first_not_of(' ');
    if (bracket != std::string::npos && line[0] != ' ') {
      const std::size_t id = line.find_last_of(' ', bracket);
      std::string place = id == std::string::npos ? "" : line.substr(0, id - 1);
      place = place.substr(place.find(':') + 1);
      out.push_back(line.substr(id + 1, bracket - id) + ' ' + place);
    } else if (caret != std::string::npos && line[caret] == '^' && !out.empty()) {
      out.back() +=
          " caret " + std::to_string(caret - 4) + '+' + std::to_string(line.size() - caret);
    }
  }
  return out;
}

std::vector<std::string> RuleIds(const std::string& proto, const std::string& parameter) {
  std::vector<std::string> out;
  for (const std::string& line : Report(proto, parameter)) {
    const std::size_t first = line.find('[') + 1;
    out.push_back(line.substr(first, line.find(']') - first));
  }
  return out;
}

File Model(const std::string& proto, bool omitempty, const std::string& prefix) {
  const CodeGeneratorRequest request = MakeRequest({{"demo.proto", proto}}, {"demo.proto"});
  google::protobuf::DescriptorPool pool;
  for (const FileDescriptorProto& file : request.proto_file()) {
    REQUIRE(pool.BuildFile(file) != nullptr);
  }
  BuildOptions options;
  options.omitempty = omitempty;
  options.omitempty_prefix = prefix;
  return BuildModel(*pool.FindFileByName("demo.proto"), options);
}

std::string Content(const Generated& generated, const std::string& name) {
  INFO(generated.response.error());
  for (const auto& file : generated.response.file()) {
    if (file.name() == name) return file.content();
  }
  FAIL("no file " << name);
  return "";
}

}  // namespace kratos::plugin::testing
