#include "request/parse_request.h"

#include <google/protobuf/descriptor.pb.h>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

#include "support/catch.h"

namespace kratos::plugin {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::SourceCodeInfo;
using google::protobuf::compiler::CodeGeneratorRequest;

void AddLocation(std::initializer_list<int> path, const std::string& comment,
                 SourceCodeInfo* info) {
  SourceCodeInfo::Location* location = info->add_location();
  for (const int number : path) location->add_path(number);
  for (const int number : {1, 2, 300}) location->add_span(number);
  if (!comment.empty()) location->set_leading_comments(comment);
}

// Two files, of which the second has no source info, and something of every other kind.
CodeGeneratorRequest TwoFiles() {
  CodeGeneratorRequest request;
  request.add_file_to_generate("a.proto");
  request.set_parameter("key=value");
  FileDescriptorProto* file = request.add_proto_file();
  file->set_name("a.proto");
  file->add_message_type()->set_name("A");
  AddLocation({}, "", file->mutable_source_code_info());
  AddLocation({4, 0}, "dropped", file->mutable_source_code_info());
  AddLocation({6, 0}, "kept", file->mutable_source_code_info());
  AddLocation({12}, "", file->mutable_source_code_info());
  AddLocation({6, 0, 2, 1, 4, 72295728}, "", file->mutable_source_code_info());
  file->set_syntax("proto3");
  request.add_proto_file()->set_name("b.proto");
  request.mutable_compiler_version()->set_major(3);
  return request;
}

// "6.0" for each location of the first file.
std::vector<std::string> Paths(const CodeGeneratorRequest& request) {
  std::vector<std::string> out;
  for (const auto& location : request.proto_file(0).source_code_info().location()) {
    std::string& path = out.emplace_back();
    for (const int number : location.path()) {
      path += (path.empty() ? "" : ".") + std::to_string(number);
    }
  }
  return out;
}

// A request with one file whose source info is these bytes.
std::string WithSourceInfo(const std::string& info) {
  const auto field = [](char tag, const std::string& content) {
    return std::string{tag, static_cast<char>(content.size())} + content;
  };
  return field('\x7A', field('\x4A', info));
}

using Texts = std::vector<std::string>;

TEST_CASE("a request is parsed without the locations nobody asks for") {
  const CodeGeneratorRequest sent = TwoFiles();
  CodeGeneratorRequest request;
  REQUIRE(ParseRequest(sent.SerializeAsString(), {6}, &request));
  CHECK(Paths(request) == Texts{"6.0", "6.0.2.1.4.72295728"});
  CHECK(request.proto_file(0).source_code_info().location(0).leading_comments() == "kept");

  // All else is there.
  *request.mutable_proto_file(0)->mutable_source_code_info() =
      sent.proto_file(0).source_code_info();
  CHECK(request.SerializeAsString() == sent.SerializeAsString());

  CodeGeneratorRequest other;
  REQUIRE(ParseRequest(sent.SerializeAsString(), {4, 12}, &other));
  CHECK(Paths(other) == Texts{"4.0", "12"});
}

TEST_CASE("the path of a location in each of its encodings") {
  const auto paths = [](const std::string& info) {
    CodeGeneratorRequest request;
    REQUIRE(ParseRequest(WithSourceInfo(info), {6}, &request));
    return Paths(request);
  };
  CHECK(paths(std::string("\x0A\x04\x0A\x02\x06\x01")) == Texts{"6.1"});
  CHECK(paths(std::string("\x0A\x04\x08\x06\x08\x01")) == Texts{"6.1"});
  CHECK(paths(std::string("\x0A\x04\x08\x05\x08\x06")) == Texts{});
  // Behind an empty part, another field and one that is unknown.
  CHECK(paths(std::string("\x0A\x0B\x0A\x00\x12\x01\x07\x78\x01\x0A\x02\x06\x01", 13)) ==
        Texts{"6.1"});
  CHECK(paths(std::string("\x0A\x00", 2)) == Texts{});
}

TEST_CASE("what is malformed is refused, whether it would be kept or not") {
  const std::string bytes = TwoFiles().SerializeAsString();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO(size);
    CodeGeneratorRequest request;
    CodeGeneratorRequest whole;
    const std::string cut = bytes.substr(0, size);
    CHECK(ParseRequest(cut, {6}, &request) == whole.ParseFromString(cut));
  }
  for (const std::string& info : {
           std::string("\x0A\x04\x0A\x02\x04"),              // a location that is too long
           std::string("\x0A\x03\x0A\x02\x04"),              // a path that is too long
           std::string("\x0A\x02\x0A\xFF"),                  // a size that does not end
           std::string("\x0A\x04\x0A\x01\x04\x07"),          // no such wire type
           std::string("\x0A\x04\x0A\x01\x04\x14"),          // the end of no group
           std::string("\x0A\x04\x0A\x01\x04\x00", 6),       // no field has the number 0
           std::string("\x0A\x06\x0A\x01\x04\x12\x02\x01"),  // a span that is too long
           std::string("\x0A\x03\x0A\x01\x84"),              // a number that does not end
       }) {
    CodeGeneratorRequest request;
    CHECK_FALSE(ParseRequest(WithSourceInfo(info), {6}, &request));
  }
}

TEST_CASE("a byte that is wrong is seen exactly where it would be otherwise") {
  const std::string bytes = TwoFiles().SerializeAsString();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const char wrong : {'\x00', '\x01', '\x0A', '\x7F'}) {
      std::string changed = bytes;
      changed[i] = wrong;
      CodeGeneratorRequest request;
      CodeGeneratorRequest whole;
      INFO(i << " is " << static_cast<int>(wrong));
      CHECK(ParseRequest(changed, {6}, &request) == whole.ParseFromString(changed));
    }
  }
}

}  // namespace
}  // namespace kratos::plugin
