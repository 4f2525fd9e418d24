// The message types of an rpc, as the program's own descriptors know them.
#pragma once

#include <string_view>

namespace google::protobuf {
class Message;
class MethodDescriptor;
}  // namespace google::protobuf

namespace kratos {

/// The rpc "/package.Service/Method", or null when the program does not have it.
const google::protobuf::MethodDescriptor* FindRpc(std::string_view operation);

/// An empty request, and an empty reply, for middleware around a stream; a google.protobuf.Empty
/// when `rpc` is null.
const google::protobuf::Message& EmptyRequest(const google::protobuf::MethodDescriptor* rpc);
const google::protobuf::Message& EmptyReply(const google::protobuf::MethodDescriptor* rpc);

}  // namespace kratos
