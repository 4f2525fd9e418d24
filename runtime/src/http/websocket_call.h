// A client-streaming or bidirectional rpc over a WebSocket, on Kratos's wire: a frame a message,
// and two control texts that begin with the byte 0x1E.
#pragma once

#include <memory>
#include <string>

#include "http/exchange.h"
#include "http/stream_codec.h"
#include "http/websocket_handshake.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/context.h"
#include "kratos/stream/stream.h"

namespace kratos::http {

class WebSocketCall final : private kratos::internal::MessageReader,
                            private kratos::internal::MessageWriter {
 public:
  /// The service method as Context keeps it.
  struct Method {
    Context::Target function;
    void* object;
  };

  /// `base` is what query and path bind; a frame's own fields win over it. `body_field` is the
  /// field that frames carry, 0 for whole messages.
  WebSocketCall(Context& ctx, const google::protobuf::Message& base, int body_field, Method method);

  /// The innermost link of the middleware chain: what refuses before it does so in plain HTTP.
  static Status AcceptAndRun(void* call, kratos::Context& ctx,
                             const google::protobuf::Message& request,
                             google::protobuf::Message* reply, Context::Streams);

  /// Ends the WebSocket with the reply (null for bidirectional rpcs) or the error. What is returned
  /// is still to be answered.
  Status Finish(Status status, const google::protobuf::Message* reply);

 private:
  Result<bool> Recv(google::protobuf::Message* message) override;
  Status Send(const google::protobuf::Message& message) override;
  Status SendFrame(const kratos::Context* ctx, bool text, std::string_view data);
  Status Decode(const WebSocketMessage& frame, google::protobuf::Message* message) const;

  Context& ctx_;
  const google::protobuf::Message& base_;
  const int body_field_;
  const Method method_;
  const StreamCodec codec_;
  std::unique_ptr<WebSocketPeer> peer_;
  bool input_ended_ = false;

  std::mutex mutex_;
  fiber::ConditionVariable changed_;
  bool sending_ = false;
};

}  // namespace kratos::http
