// The replies of a server-streaming rpc on their way into the body of an HTTP reply.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/negotiation.h"
#include "http/reply_stream.h"
#include "http/stream_framing.h"
#include "kratos/http/context.h"
#include "kratos/stream/stream.h"

namespace google::api {
class HttpBody;
}  // namespace google::api

namespace kratos::http {

/// Writes each message in the framing the client asked for; with `raw`, the bytes of HttpBody as
/// they are. `body_field` is the field that holds the HttpBody, 0 for the message itself.
class ServerStreamWriter final : public kratos::internal::MessageWriter {
 public:
  ServerStreamWriter(Context& ctx, ReplyStream& reply, bool raw, int body_field);

  Status Send(const google::protobuf::Message& message) override;
  /// Ends the body, or tells in it why it ends. What is returned is still to be answered.
  Status Finish(Status status);

 private:
  Status Payload(const google::protobuf::Message& message, std::string* payload) const;
  const google::api::HttpBody* Body(const google::protobuf::Message& message) const;
  Status Begin(std::string_view content_type);

  Context& ctx_;
  ReplyStream& reply_;
  const int body_field_;
  std::unique_ptr<StreamFraming> framing_;  // Null: raw.
  codec::EncodeOptions encode_;
  const codec::Codec* json_;
  std::mutex mutex_;  // Guards the framing's state.
  bool begun_ = false;
};

}  // namespace kratos::http
