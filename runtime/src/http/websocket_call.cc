#include "http/websocket_call.h"

#include <google/protobuf/message.h>

#include "google/api/httpbody.pb.h"
#include "http/call_state.h"
#include "http/message_overlay.h"
#include "http/stream_drain.h"
#include "http/stream_marks.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"

namespace kratos::http {

using google::api::HttpBody;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {
constexpr int kNormal = 1000;
constexpr int kGoingAway = 1001;
constexpr int kInternalError = 1011;
}  // namespace

WebSocketCall::WebSocketCall(Context& ctx, const Message& base, int body_field, Method method)
    : ctx_(ctx),
      base_(base),
      body_field_(body_field),
      method_(method),
      codec_(ChooseStreamCodec(ctx.state().dispatcher.codecs(), ctx.request().headers)) {}

Status WebSocketCall::AcceptAndRun(void* object, kratos::Context& ctx, const Message& request,
                                   Message* reply, Context::Streams) {
  auto* call = static_cast<WebSocketCall*>(object);
  internal::CallState& state = call->ctx_.state();
  const WebSocketOptions& options = state.dispatcher.options().websocket;
  if (Status status = state.dispatcher.SealHead(call->ctx_); !status.ok()) return status;
  auto peer = state.exchange->AcceptWebSocket(options, ChooseSubprotocol(state.request, options));
  if (!peer.ok()) return peer.status();
  call->peer_ = std::move(*peer);
  state.head_sent = true;
  state.response.committed = true;
  return call->method_.function(call->method_.object, ctx, request, reply, {call, call});
}

Status WebSocketCall::Decode(const WebSocketMessage& frame, Message* message) const {
  message->CopyFrom(base_);
  // The frame is read by itself: a codec adds to the lists that are there.
  const std::unique_ptr<Message> own(message->New());
  const FieldDescriptor* field =
      body_field_ == 0 ? nullptr : message->GetDescriptor()->FindFieldByNumber(body_field_);
  Message* target =
      field == nullptr ? own.get() : own->GetReflection()->MutableMessage(own.get(), field);
  if (auto* body = dynamic_cast<HttpBody*>(target)) {
    body->set_data(frame.data);
  } else {
    codec::DecodeOptions options;
    options.max_depth = ctx_.state().dispatcher.options().limits.max_json_depth;
    options.go_struct_shapes = ctx_.state().dispatcher.options().go_struct_shapes;
    if (Status status = codec_.in->Decode(frame.data, nullptr, options, target); !status.ok())
      return status;
  }
  OverlayMessage(*own, message);
  return {};
}

Result<bool> WebSocketCall::Recv(Message* message) {
  if (input_ended_) return false;
  WebSocketMessage frame;
  const Result<bool> received = peer_->Receive(ctx_, &frame);
  if (!received.ok()) return received.status();
  if (!*received || frame.data == kEndMark) {
    input_ended_ = true;
    return false;
  }
  if (frame.data.starts_with(kErrorMark))
    return ParseErrorText(std::string_view(frame.data).substr(kErrorMark.size()));
  if (Status status = Decode(frame, message); !status.ok()) return status;
  return true;
}

Status WebSocketCall::Send(const Message& message) {
  if (Status status = ctx_.Err(); !status.ok()) return status;
  if (const auto* body = dynamic_cast<const HttpBody*>(&message))
    return SendFrame(&ctx_, false, body->data());
  std::string bytes;
  if (Status status = codec_.out->Encode(message, nullptr, ctx_.state().route->encode, &bytes);
      !status.ok())
    return status;
  return SendFrame(&ctx_, IsText(*codec_.out), bytes);
}

Status WebSocketCall::SendFrame(const kratos::Context* ctx, bool text, std::string_view data) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return !sending_; });
  sending_ = true;
  lock.unlock();
  Status status = peer_->Send(ctx, text, data);
  lock.lock();
  sending_ = false;
  changed_.NotifyAll();
  return status;
}

Status WebSocketCall::Finish(Status status, const Message* reply) {
  if (peer_ == nullptr) return status;
  if (status.ok() && reply != nullptr) status = Send(*reply);
  if (status.ok()) {
    peer_->Close(kNormal, "");
    return {};
  }
  if (status.error().Is(StreamDrain::Stopping())) {
    peer_->Close(kGoingAway, status.message());
    return {};
  }
  if (status.code() == 499) return {};  // Nobody is there to be told.
  log::Write(ctx_, log::Level::kInfo, "a WebSocket call ended with an error",
             {{"operation", ctx_.transport().operation}, {"error", status.error().ToString()}});
  const std::string text = ErrorText(status.error());
  if (SendFrame(nullptr, true, std::string(kErrorMark).append(text)).ok())
    peer_->Close(kInternalError, CutUtf8(text));
  return {};
}

}  // namespace kratos::http
