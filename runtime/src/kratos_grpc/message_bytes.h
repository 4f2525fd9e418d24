// Messages to and from the bytes of gRPC.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "kratos/errors/status.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace kratos::grpc {

/// Fails when a required field (proto2) is missing or the message is longer than protobuf allows.
Status WriteMessage(const google::protobuf::Message& message, ::grpc::ByteBuffer* bytes);

/// Replaces `*message`. 400 CODEC when the bytes are not one.
Status ReadMessage(::grpc::ByteBuffer& bytes, google::protobuf::Message* message);
/// The same for a client, whose fault it is not: 500 CODEC.
Status ReadReply(::grpc::ByteBuffer& bytes, google::protobuf::Message* reply);

}  // namespace kratos::grpc
