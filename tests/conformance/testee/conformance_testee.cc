// Speaks the protocol of protobuf's conformance runner (conformance.proto) on stdin and stdout:
// kratos::json reads and writes the JSON, protobuf itself the binary and text formats. Requests
// without JSON on either side are skipped, for they would test protobuf alone; so are messages in
// editions newer than the protobuf at hand. With KRATOS_TESTEE_REFLECTION in the environment JSON
// is read and written by reflection, else through generated accessors (proto3; those of proto2 do
// not compile as C++20 with older protobuf).
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include "conformance/conformance.pb.h"
#include "google/protobuf/test_messages_proto3.pb.h"
#include "kratos/json/json.h"

namespace {

using conformance::ConformanceRequest;
using conformance::ConformanceResponse;
using google::protobuf::DescriptorPool;
using google::protobuf::DynamicMessageFactory;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::TextFormat;

// False at the end of the input.
bool ReadExactly(char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::read(STDIN_FILENO, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool WriteExactly(const char* from, std::size_t size) {
  while (size > 0) {
    const ssize_t put = ::write(STDOUT_FILENO, from, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    from += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

// Empty when `message` was filled from the request.
std::string Parse(const ConformanceRequest& request, Message* message) {
  switch (request.payload_case()) {
    case ConformanceRequest::kProtobufPayload:
      return message->ParseFromString(request.protobuf_payload()) ? "" : "not a protobuf";
    case ConformanceRequest::kTextPayload:
      return TextFormat::ParseFromString(request.text_payload(), message) ? "" : "not text format";
    case ConformanceRequest::kJsonPayload: {
      kratos::json::DecodeOptions options;
      options.ignore_unknown =
          request.test_category() == conformance::JSON_IGNORE_UNKNOWN_PARSING_TEST;
      const auto error = kratos::json::Decode(request.json_payload(), options, message);
      return error ? error->Describe() : "";
    }
    default:
      return "a payload this program does not read";
  }
}

void Serialize(const ConformanceRequest& request, const Message& message,
               ConformanceResponse* response) {
  switch (request.requested_output_format()) {
    case conformance::PROTOBUF:
      if (!message.SerializeToString(response->mutable_protobuf_payload())) {
        response->set_serialize_error("protobuf refused to serialize");
      }
      return;
    case conformance::TEXT_FORMAT: {
      TextFormat::Printer printer;
      printer.SetHideUnknownFields(!request.print_unknown_fields());
      if (!printer.PrintToString(message, response->mutable_text_payload())) {
        response->set_serialize_error("protobuf refused to print");
      }
      return;
    }
    case conformance::JSON: {
      kratos::json::EncodeOptions options;
      options.emit_unpopulated = false;
      std::string text;
      if (const auto error = kratos::json::Encode(message, options, &text)) {
        response->set_serialize_error(error->Describe());
      } else {
        response->set_json_payload(text);
      }
      return;
    }
    default:
      response->set_runtime_error("an output format this program does not write");
  }
}

ConformanceResponse Answer(const ConformanceRequest& request) {
  ConformanceResponse response;
  if (request.message_type() == "conformance.FailureSet") {
    response.set_protobuf_payload(conformance::FailureSet().SerializeAsString());
    return response;
  }
  if (request.payload_case() != ConformanceRequest::kJsonPayload &&
      request.requested_output_format() != conformance::JSON) {
    response.set_skipped("no JSON involved");
    return response;
  }
  const auto* type =
      DescriptorPool::generated_pool()->FindMessageTypeByName(request.message_type());
  if (type == nullptr) {
    response.set_skipped("the message's edition is newer than this protobuf");
    return response;
  }
  // A dynamic message leaves the codec only reflection; a compiled-in one has generated accessors.
  static const bool reflection = std::getenv("KRATOS_TESTEE_REFLECTION") != nullptr;
  static DynamicMessageFactory dynamic;
  MessageFactory* factory = MessageFactory::generated_factory();
  if (reflection) factory = &dynamic;
  const std::unique_ptr<Message> message(factory->GetPrototype(type)->New());
  const std::string error = Parse(request, message.get());
  if (!error.empty()) {
    response.set_parse_error(error);
  } else {
    Serialize(request, *message, &response);
  }
  return response;
}

}  // namespace

int main() {
  // Each message is preceded by its length in four bytes, least significant first.
  unsigned char head[4];
  while (ReadExactly(reinterpret_cast<char*>(head), sizeof head)) {
    std::uint32_t size = 0;
    for (int i = 3; i >= 0; --i) size = size << 8 | head[i];
    std::string bytes(size, '\0');
    ConformanceRequest request;
    if (!ReadExactly(bytes.data(), size) || !request.ParseFromString(bytes)) {
      std::cerr << "conformance_testee: a request broke off\n";
      return 1;
    }
    const std::string answer = Answer(request).SerializeAsString();
    for (std::size_t i = 0; i < 4; ++i) {
      head[i] = static_cast<unsigned char>(answer.size() >> 8 * i & 0xFF);
    }
    if (!WriteExactly(reinterpret_cast<const char*>(head), sizeof head) ||
        !WriteExactly(answer.data(), answer.size())) {
      return 1;
    }
  }
  return 0;
}
