#include "stream/rpc_types.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>

namespace kratos {

namespace pb = google::protobuf;

namespace {

const pb::Message& PrototypeOf(const pb::Descriptor* type) {
  const pb::Message* prototype =
      type == nullptr ? nullptr : pb::MessageFactory::generated_factory()->GetPrototype(type);
  return prototype != nullptr ? *prototype : pb::Empty::default_instance();
}

}  // namespace

const pb::MethodDescriptor* FindRpc(std::string_view operation) {
  std::string name(operation.substr(operation.starts_with('/') ? 1 : 0));
  std::replace(name.begin(), name.end(), '/', '.');
  return pb::DescriptorPool::generated_pool()->FindMethodByName(name);
}

const pb::Message& EmptyRequest(const pb::MethodDescriptor* rpc) {
  return PrototypeOf(rpc == nullptr ? nullptr : rpc->input_type());
}

const pb::Message& EmptyReply(const pb::MethodDescriptor* rpc) {
  return PrototypeOf(rpc == nullptr ? nullptr : rpc->output_type());
}

}  // namespace kratos
