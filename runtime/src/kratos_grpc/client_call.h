// One call of the client: what middleware and transport know of it together.
#pragma once

#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kratos/context/context.h"
#include "kratos/grpc/client.h"

namespace kratos::grpc {

/// One call on its way through the middleware; the call's context holds a pointer to it.
struct CallState {
  const ClientMethod* method = nullptr;
  const CallOptions* options = nullptr;
  /// The context that the middleware was called with.
  Context* call = nullptr;
  /// Streaming calls: opens the stream for `request` with these fields.
  std::function<Status(Context& ctx, const google::protobuf::Message& request,
                       const Metadata& headers)>
      open{};
};

/// What is sent: the fields of the call's context, and over them those of the context that arrived
/// behind the middleware.
Metadata HeadersOf(const CallState& state, const Context& ctx);

/// Fills in metadata, deadline and flags. 400 CODEC for fields that gRPC cannot carry.
Status Prepare(const Context& ctx, const Metadata& headers, bool wait_for_ready,
               ::grpc::ClientContext* rpc);

/// What came back, without the fields that carry the status.
ReplyInfo ReplyOf(const ::grpc::ClientContext& rpc, bool with_trailers);

/// Why a call failed: because `ctx` was ended, or what gRPC says.
Status Outcome(const Context& ctx, const ::grpc::Status& status);

}  // namespace kratos::grpc
