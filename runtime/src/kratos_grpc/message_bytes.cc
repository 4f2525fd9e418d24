#include "kratos_grpc/message_bytes.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <limits>

#include "kratos/errors/errors.h"

namespace kratos::grpc {

using google::protobuf::Message;

namespace {

std::string NameOf(const Message& message) { return std::string(message.GetTypeName()); }

Status CheckRequired(const Message& message) {
  if (message.IsInitialized()) return {};
  return BadRequest(kReasonCodec, fmt::format("{} lacks required fields: {}", NameOf(message),
                                              std::string(message.InitializationErrorString())));
}

}  // namespace

Status WriteMessage(const Message& message, ::grpc::ByteBuffer* bytes) {
  if (Status status = CheckRequired(message); !status.ok()) return status;
  const std::size_t size = message.ByteSizeLong();
  if (size > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return BadRequest(kReasonCodec, fmt::format("{} takes {} bytes, more than protobuf can write",
                                                NameOf(message), size));
  }
  ::grpc::Slice slice(size);
  // A slice of a size has no other owner yet; its own code generator writes into it the same way.
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  ::grpc::ByteBuffer whole(&slice, 1);
  bytes->Swap(&whole);
  return {};
}

Status ReadMessage(::grpc::ByteBuffer& bytes, Message* message) {
  ::grpc::ProtoBufferReader reader(&bytes);
  if (!reader.status().ok() || !message->ParsePartialFromZeroCopyStream(&reader)) {
    return BadRequest(kReasonCodec, fmt::format("the bytes are no valid {}", NameOf(*message)));
  }
  return CheckRequired(*message);
}

Status ReadReply(::grpc::ByteBuffer& bytes, Message* reply) {
  const Status status = ReadMessage(bytes, reply);
  if (status.ok()) return status;
  return InternalServer(kReasonCodec, "the reply cannot be read: " + status.message())
      .WithCause(status);
}

}  // namespace kratos::grpc
