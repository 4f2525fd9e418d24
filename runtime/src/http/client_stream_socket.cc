// The caller's end of a client-streaming or bidirectional rpc, over a WebSocket in Kratos's wire
// form.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <mutex>
#include <utility>

#include "http/client_error.h"
#include "http/client_stream_call.h"
#include "http/stream_codec.h"
#include "http/stream_marks.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"

namespace kratos::http {

namespace {

namespace pb = google::protobuf;

class WebSocketStreamCall final : public StreamCall {
 public:
  using StreamCall::StreamCall;
  ~WebSocketStreamCall() override { Unguard(); }

  Status Send(const pb::Message& message) override;
  Status CloseSend() override;
  Result<bool> Recv(pb::Message* message) override;

 private:
  enum class State { kNew, kOpening, kOpen, kFailed };

  BaseFields FirstHeaders(const pb::Message& request) override;
  Status Connect(Context& ctx, const pb::Message& request, Metadata headers) override;
  Status EnsureOpen(const pb::Message* first);
  Status CheckOpenable(const pb::Message* first);
  Result<bool> ReadFrame(pb::Message* message);
  Status Decode(WebSocketMessage frame, pb::Message* message) const;
  // The server answers once, and that is the end.
  bool OneReply() const { return binding().stream != StreamKind::kBidi; }

  std::mutex mutex_;
  fiber::ConditionVariable changed_;
  State state_ = State::kNew;
  Status failure_;
  bool send_closed_ = false;

  // Set while opening.
  std::shared_ptr<const BindingPlan> plan_;
  StreamCodec codec_;
  std::unique_ptr<ClientWebSocket> socket_;

  // The receiver's.
  std::optional<Status> over_;
};

// A field is what frames carry only where it holds one message, as in Kratos.
bool CarriesField(const BodyRule& rule) {
  return rule.kind == BodyRule::Kind::kField && rule.field->message_type() != nullptr &&
         !rule.field->is_repeated();
}

BaseFields WebSocketStreamCall::FirstHeaders(const pb::Message& request) {
  BaseFields fields;
  const auto content = Content();
  if (content.ok()) fields.content_type = content->media_type;
  fields.accept = AcceptFor(options(), host().content().media_type);
  const auto plan = Plan(*request.GetDescriptor(), nullptr);
  if (plan.ok() && (*plan)->body.raw) {
    const std::string type = RawContentType((*plan)->body, request);
    fields.content_type = !type.empty()                     ? type
                          : !options().content_type.empty() ? options().content_type
                                                            : "application/octet-stream";
  }
  return fields;
}

Status WebSocketStreamCall::Connect(Context& ctx, const pb::Message& request, Metadata headers) {
  auto plan = Plan(*request.GetDescriptor(), nullptr);
  if (!plan.ok()) return plan.status();
  plan_ = *plan;
  // What a frame carries is not said twice: a Go Kratos server lays the query over every message.
  auto target =
      CarriesField(plan_->body) ? BuildTarget(*plan_, request) : BuildPath(*plan_, request);
  if (!target.ok()) return target.status();
  codec_ = ChooseStreamCodec(host().codecs(), headers);
  if (codec_.in == nullptr || codec_.out == nullptr)
    return BadRequest(kReasonCodec, "no JSON codec is registered");
  OutgoingCall call;
  call.method = method();
  call.headers = std::move(headers);
  auto opened = host().Connect(ctx, this->ctx(), StreamWire::kWebSocket, call, *target);
  Unguard();
  TakeReply(opened.reply);
  if (!opened.status.ok()) return opened.status;
  if (opened.websocket == nullptr) {
    if (!IsSuccess(opened.reply.status)) return ErrorFromReply(host().codecs(), opened.reply);
    const int status = opened.reply.status;
    return InternalServer(kReasonCodec, "the reply is no WebSocket")
        .WithPeerReply({status, opened.reply.headers, opened.reply.body});
  }
  socket_ = std::move(opened.websocket);
  return Guard(opened.descriptor);
}

// Whether there is a URL to connect to.
Status WebSocketStreamCall::CheckOpenable(const pb::Message* first) {
  if (first != nullptr) return {};
  route::ParseError error;
  const auto path = route::PathTemplate::Parse(binding().path, &error);
  if (!path || path->variables().empty()) return {};
  return BadRequest(kReasonCodec, "the path " + std::string(binding().path) +
                                      " has variables, which come from the first message: it must "
                                      "be sent before anything else");
}

Status WebSocketStreamCall::EnsureOpen(const pb::Message* first) {
  std::unique_lock lock(mutex_);
  changed_.Wait(lock, [this] { return state_ != State::kOpening; });
  if (state_ == State::kOpen) return Ended();
  if (state_ == State::kFailed) return failure_;
  if (Status status = CheckOpenable(first); !status.ok()) return status;
  state_ = State::kOpening;
  lock.unlock();
  Status status = Open(first != nullptr ? *first : EmptyRequest());
  lock.lock();
  state_ = status.ok() ? State::kOpen : State::kFailed;
  failure_ = status;
  changed_.NotifyAll();
  return status;
}

Status WebSocketStreamCall::Send(const pb::Message& message) {
  {
    const std::lock_guard lock(mutex_);
    if (send_closed_) return BadRequest("SEND_CLOSED", "nothing can be sent behind CloseSend");
  }
  if (Status status = EnsureOpen(&message); !status.ok()) return status;
  std::string bytes;
  Status status;
  if (plan_->body.raw) {
    status = BuildBody(plan_->body, message, *codec_.in, {}, &bytes);
  } else {
    const pb::Message& sent = CarriesField(plan_->body)
                                  ? message.GetReflection()->GetMessage(message, plan_->body.field)
                                  : message;
    status = codec_.in->Encode(sent, nullptr, host().options().encode, &bytes);
  }
  if (!status.ok()) {
    return BadRequest(kReasonCodec, "the message cannot be encoded: " + status.message())
        .WithCause(status);
  }
  status = socket_->Send(ctx(), !plan_->body.raw && IsText(*codec_.in), bytes);
  return status.ok() ? Status() : Why(std::move(status));
}

Status WebSocketStreamCall::CloseSend() {
  if (Status status = EnsureOpen(nullptr); !status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(send_closed_, true)) return {};
  }
  // Where the server has ended the call already, Recv says how.
  return socket_->Send(ctx(), true, kEndMark).ok() ? Status() : Ended();
}

Status WebSocketStreamCall::Decode(WebSocketMessage frame, pb::Message* message) const {
  message->Clear();
  if (message->GetDescriptor()->full_name() == "google.api.HttpBody") {
    SetRawBody({}, std::move(frame.data), "", message);
    return {};
  }
  Status status = codec_.out->Decode(frame.data, nullptr, {}, message);
  if (status.ok()) return status;
  return InternalServer(kReasonCodec, "a message cannot be read: " + status.message())
      .WithCause(status);
}

Result<bool> WebSocketStreamCall::ReadFrame(pb::Message* message) {
  WebSocketMessage frame;
  const auto received = socket_->Receive(ctx(), &frame);
  if (!received.ok()) return Why(received.status());
  if (Status status = Ended(); !status.ok()) return status;
  if (!*received || frame.data == kEndMark) return false;
  if (frame.data.starts_with(kErrorMark))
    return ParseErrorText(std::string_view(frame.data).substr(kErrorMark.size()));
  if (Status status = Decode(std::move(frame), message); !status.ok()) return status;
  return true;
}

Result<bool> WebSocketStreamCall::Recv(pb::Message* message) {
  if (over_) return over_->ok() ? Result<bool>(false) : Result<bool>(*over_);
  if (Status status = EnsureOpen(nullptr); !status.ok()) return status;
  auto more = ReadFrame(message);
  if (more.ok() && *more && !OneReply()) return more;
  over_ = more.status();
  if (Ended().ok()) socket_->Finish();
  return more;
}

}  // namespace

std::unique_ptr<StreamCall> MakeWebSocketCall(StreamCallSetup setup) {
  return std::make_unique<WebSocketStreamCall>(std::move(setup));
}

}  // namespace kratos::http
