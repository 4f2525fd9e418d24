// Calls that came over one transport, passed on over gRPC.
#pragma once

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/method.h"

namespace kratos::grpc {

/// A call to be passed on.
struct ForwardedCall {
  ClientMethod method{};
  /// Default instances of the two types.
  const google::protobuf::Message* request_type = nullptr;
  const google::protobuf::Message* reply_type = nullptr;
  /// The one request, and where the one reply goes; null where they stream.
  const google::protobuf::Message* request = nullptr;
  google::protobuf::Message* reply = nullptr;
  /// The caller's.
  Streams streams{};
};

/// Passes a call on to `client` and its answer back: messages, deadline, cancellation, errors, and
/// header fields both ways but for those that belong to the transports and those that the other one
/// cannot carry. Generated code serves a service of gRPC's over HTTP with it.
Status Forward(Client& client, Context& ctx, const ForwardedCall& call);

}  // namespace kratos::grpc
