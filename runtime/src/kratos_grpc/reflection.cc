#include "kratos_grpc/reflection.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/health.pb.h"
#include "kratos/grpc/reflection.pb.h"

namespace kratos::grpc {

namespace {

namespace pb = google::protobuf;
using reflection::ServerReflectionRequest;
using reflection::ServerReflectionResponse;

constexpr char kV1[] = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
constexpr char kV1Alpha[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

/// Where descriptors are looked up.
using Pools = std::array<const pb::DescriptorPool*, 2>;

/// `file` as the standard calls it.
pb::FileDescriptorProto Renamed(const pb::FileDescriptor& file, const std::string& name,
                                const std::string& package) {
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  const std::string from = '.' + proto.package() + '.';
  const std::string to = '.' + package + '.';
  const auto rename = [&](std::string* type) {
    if (type->starts_with(from)) type->replace(0, from.size(), to);
  };
  for (auto& message : *proto.mutable_message_type()) {
    for (auto& field : *message.mutable_field()) {
      if (field.has_type_name()) rename(field.mutable_type_name());
    }
  }
  for (auto& service : *proto.mutable_service()) {
    for (auto& method : *service.mutable_method()) {
      rename(method.mutable_input_type());
      rename(method.mutable_output_type());
    }
  }
  proto.set_name(name);
  proto.set_package(package);
  return proto;
}

/// A file and all it imports, itself first, each once.
void AddFiles(const pb::FileDescriptor& file, std::set<const pb::FileDescriptor*>* seen,
              reflection::FileDescriptorResponse* out) {
  if (!seen->insert(&file).second) return;
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  out->add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFiles(*file.dependency(i), seen, out);
}

const pb::FieldDescriptor* FindExtension(const pb::DescriptorPool& pool,
                                         const reflection::ExtensionRequest& request) {
  const pb::Descriptor* type = pool.FindMessageTypeByName(request.containing_type());
  return type == nullptr ? nullptr : pool.FindExtensionByNumber(type, request.extension_number());
}

/// The file asked for, or null.
const pb::FileDescriptor* FindFile(const Pools& pools, const ServerReflectionRequest& request) {
  for (const pb::DescriptorPool* pool : pools) {
    const pb::FileDescriptor* file = nullptr;
    switch (request.message_request_case()) {
      case ServerReflectionRequest::kFileByFilename:
        file = pool->FindFileByName(request.file_by_filename());
        break;
      case ServerReflectionRequest::kFileContainingSymbol:
        file = pool->FindFileContainingSymbol(request.file_containing_symbol());
        break;
      case ServerReflectionRequest::kFileContainingExtension: {
        const auto* extension = FindExtension(*pool, request.file_containing_extension());
        if (extension != nullptr) file = extension->file();
        break;
      }
      default:
        break;
    }
    if (file != nullptr) return file;
  }
  return nullptr;
}

void SetError(GrpcCode code, std::string message, ServerReflectionResponse* response) {
  auto* error = response->mutable_error_response();
  error->set_error_code(static_cast<int>(code));
  error->set_error_message(std::move(message));
}

void AnswerFile(const Pools& pools, const ServerReflectionRequest& request,
                ServerReflectionResponse* response) {
  const pb::FileDescriptor* file = FindFile(pools, request);
  if (file == nullptr) return SetError(GrpcCode::kNotFound, "no such file or symbol", response);
  std::set<const pb::FileDescriptor*> seen;
  AddFiles(*file, &seen, response->mutable_file_descriptor_response());
}

void AnswerExtensionNumbers(const Pools& pools, const std::string& type_name,
                            ServerReflectionResponse* response) {
  for (const pb::DescriptorPool* pool : pools) {
    const pb::Descriptor* type = pool->FindMessageTypeByName(type_name);
    if (type == nullptr) continue;
    std::vector<const pb::FieldDescriptor*> extensions;
    pool->FindAllExtensions(type, &extensions);
    auto* out = response->mutable_all_extension_numbers_response();
    out->set_base_type_name(type_name);
    for (const auto* extension : extensions) out->add_extension_number(extension->number());
    return;
  }
  SetError(GrpcCode::kNotFound, "no such message type", response);
}

void Answer(const std::vector<std::string>& services, const Pools& pools,
            const ServerReflectionRequest& request, ServerReflectionResponse* response) {
  response->set_valid_host(request.host());
  *response->mutable_original_request() = request;
  switch (request.message_request_case()) {
    case ServerReflectionRequest::kListServices: {
      auto* list = response->mutable_list_services_response();
      for (const std::string& service : services) list->add_service()->set_name(service);
      return;
    }
    case ServerReflectionRequest::kFileByFilename:
    case ServerReflectionRequest::kFileContainingSymbol:
    case ServerReflectionRequest::kFileContainingExtension:
      return AnswerFile(pools, request, response);
    case ServerReflectionRequest::kAllExtensionNumbersOfType:
      return AnswerExtensionNumbers(pools, request.all_extension_numbers_of_type(), response);
    case ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      break;
  }
  SetError(GrpcCode::kInvalidArgument, "the request asks for nothing", response);
}

}  // namespace

Reflection::Reflection(std::vector<std::string> services)
    : services_([&] {
        services.push_back("grpc.reflection.v1.ServerReflection");
        services.push_back("grpc.reflection.v1alpha.ServerReflection");
        std::sort(services.begin(), services.end());
        services.erase(std::unique(services.begin(), services.end()), services.end());
        return std::move(services);
      }()) {
  const auto& health = *health::HealthCheckRequest::descriptor()->file();
  const auto& own = *ServerReflectionRequest::descriptor()->file();
  own_.BuildFile(Renamed(health, "grpc/health/v1/health.proto", "grpc.health.v1"));
  own_.BuildFile(Renamed(own, "grpc/reflection/v1/reflection.proto", "grpc.reflection.v1"));
  own_.BuildFile(
      Renamed(own, "grpc/reflection/v1alpha/reflection.proto", "grpc.reflection.v1alpha"));
}

std::vector<ServiceMethod> Reflection::Methods() const {
  ServiceMethod v1;
  v1.operation = kV1;
  v1.request_stream = true;
  v1.reply_stream = true;
  v1.request = &ServerReflectionRequest::default_instance();
  v1.reply = &ServerReflectionResponse::default_instance();
  v1.run = [this](Context&, const pb::Message&, pb::Message*, Streams streams) -> Status {
    const Pools pools = {pb::DescriptorPool::generated_pool(), &own_};
    ServerReflectionRequest request;
    while (true) {
      const Result<bool> more = streams.in->Recv(&request);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      ServerReflectionResponse response;
      Answer(services_, pools, request, &response);
      if (Status status = streams.out->Send(response); !status.ok()) return status;
    }
  };
  ServiceMethod v1_alpha = v1;
  v1_alpha.operation = kV1Alpha;
  return {std::move(v1), std::move(v1_alpha)};
}

}  // namespace kratos::grpc
