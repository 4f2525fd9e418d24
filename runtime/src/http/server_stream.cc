#include "http/server_stream.h"

#include <google/protobuf/message.h>

#include "google/api/httpbody.pb.h"
#include "http/call_state.h"
#include "http/error_encoder.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

using google::api::HttpBody;
using google::protobuf::Message;

ServerStreamWriter::ServerStreamWriter(Context& ctx, ReplyStream& reply, bool raw, int body_field)
    : ctx_(ctx), reply_(reply), body_field_(body_field) {
  const Negotiated negotiated = NegotiateReply(ctx);
  encode_ = negotiated.options;
  json_ = negotiated.json;
  if (raw) return;
  framing_ = NegotiateFraming(ctx.request().headers);
  reply_.KeepAlive(std::string(framing_->Heartbeat()),
                   ctx.state().dispatcher.options().streams.heartbeat);
}

// The HttpBody that goes out raw or as the data of an event; null for messages that are encoded.
const HttpBody* ServerStreamWriter::Body(const Message& message) const {
  if (body_field_ == 0) return dynamic_cast<const HttpBody*>(&message);
  const auto* field = message.GetDescriptor()->FindFieldByNumber(body_field_);
  return dynamic_cast<const HttpBody*>(&message.GetReflection()->GetMessage(message, field));
}

Status ServerStreamWriter::Payload(const Message& message, std::string* payload) const {
  // As in Kratos a field that response_body names changes nothing for messages.
  if (const auto* body = body_field_ == 0 ? Body(message) : nullptr) {
    *payload = body->data();
    return {};
  }
  return json_->Encode(message, nullptr, encode_, payload);
}

Status ServerStreamWriter::Begin(std::string_view content_type) {
  begun_ = true;
  if (!IsFieldValue(content_type)) {
    return InternalServer("BAD_CONTENT_TYPE",
                          "the reply's content type holds characters that HTTP does not allow");
  }
  Response& response = ctx_.response();
  const int status = ctx_.state().status_override;
  response.status = status == 0 ? 200 : status;
  response.headers.Set("Content-Type", content_type);
  if (framing_ != nullptr) {
    if (!response.headers.Has("Cache-Control")) response.headers.Set("Cache-Control", "no-cache");
    response.headers.Set("X-Accel-Buffering", "no");  // Has nginx pass each message on at once.
  }
  return {};
}

Status ServerStreamWriter::Send(const Message& message) {
  std::string bytes;
  {
    const std::lock_guard lock(mutex_);
    const HttpBody* body = framing_ == nullptr ? Body(message) : nullptr;
    if (framing_ != nullptr) {
      std::string payload;
      if (Status status = Payload(message, &payload); !status.ok()) return status;
      bytes = framing_->Frame(payload, std::exchange(ctx_.state().next_event, {}));
    }
    if (!begun_) {
      Status status = Begin(framing_ != nullptr ? std::string(framing_->content_type())
                                                : BodyContentType(*body));
      if (!status.ok()) return status;
    }
    if (body != nullptr && ctx_.request().method != "HEAD") {
      // Straight from the message: the caller keeps it until this returns.
      return body->data().empty() && reply_.started() ? Status() : reply_.Write(body->data());
    }
  }
  Status status = reply_.Write(bytes);
  if (status.ok() && ctx_.request().method == "HEAD")
    return ClientClosed(kReasonCanceled, "a HEAD request has its answer");
  return status;
}

Status ServerStreamWriter::Finish(Status status) {
  if (!begun_) {
    if (!status.ok()) return status;
    status = Begin(framing_ != nullptr ? framing_->content_type() : "application/octet-stream");
    if (!status.ok()) return status;
  }
  if (!reply_.started() && !status.ok()) return status;
  if (ctx_.request().method == "HEAD") return reply_.started() ? Status() : reply_.WriteLast("");
  if (status.ok()) return reply_.WriteLast(framing_ != nullptr ? framing_->End() : "");
  if (status.code() == 499) return status;  // Nobody is there to be told.
  log::Write(ctx_, log::Level::kInfo, "a stream ended with an error",
             {{"operation", ctx_.transport().operation}, {"error", status.error().ToString()}});
  if (framing_ == nullptr) return status;  // Breaks the body off.
  return reply_.WriteLast(framing_->Fail(ErrorJson(ctx_, status.error())));
}

}  // namespace kratos::http
