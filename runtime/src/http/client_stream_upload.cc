// The caller's end of an upload: raw bytes as the request's own body, and a reply as of a unary
// call.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "http/client_error.h"
#include "http/client_reply.h"
#include "http/client_stream_call.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

namespace pb = google::protobuf;

class UploadCall final : public StreamCall {
 public:
  using StreamCall::StreamCall;
  ~UploadCall() override { Unguard(); }

  Status Send(const pb::Message& message) override;
  Status CloseSend() override;
  Result<bool> Recv(pb::Message* reply) override;

 private:
  BaseFields FirstHeaders(const pb::Message& request) override;
  Status Connect(Context& ctx, const pb::Message& request, Metadata headers) override;
  Status EnsureOpen(const pb::Message& first);
  Status ReadReply(pb::Message* reply);

  std::optional<Status> opened_;
  std::shared_ptr<const BindingPlan> plan_;
  const pb::Descriptor* request_type_ = nullptr;
  std::unique_ptr<HttpStream> http_;
  bool body_ended_ = false;
  bool answered_ = false;
  std::optional<Status> over_;
};

BaseFields UploadCall::FirstHeaders(const pb::Message& request) {
  BaseFields fields;
  fields.accept = AcceptFor(options(), host().content().media_type);
  if (const auto plan = Plan(*request.GetDescriptor(), nullptr); plan.ok() && (*plan)->body.raw)
    fields.content_type = RawContentType((*plan)->body, request);
  if (fields.content_type.empty()) fields.content_type = options().content_type;
  if (fields.content_type.empty()) fields.content_type = "application/octet-stream";
  return fields;
}

Status UploadCall::Connect(Context& ctx, const pb::Message& request, Metadata headers) {
  auto plan = Plan(*request.GetDescriptor(), nullptr);
  if (!plan.ok()) return plan.status();
  plan_ = *plan;
  if (!plan_->body.raw)
    return BadRequest(kReasonCodec, "what is uploaded is no google.api.HttpBody");
  request_type_ = request.GetDescriptor();
  auto target = BuildTarget(*plan_, request);
  if (!target.ok()) return target.status();
  OutgoingCall call;
  call.method = method();
  call.headers = std::move(headers);
  auto opened = host().Connect(ctx, this->ctx(), StreamWire::kUpload, call, *target);
  Unguard();
  if (!opened.status.ok()) return opened.status;
  http_ = std::move(opened.http);
  return Guard(opened.descriptor);
}

Status UploadCall::EnsureOpen(const pb::Message& first) {
  if (!opened_) opened_ = Open(first);
  return opened_->ok() ? Ended() : *opened_;
}

Status UploadCall::Send(const pb::Message& message) {
  if (body_ended_) return BadRequest("SEND_CLOSED", "nothing can be sent behind the last message");
  if (Status status = EnsureOpen(message); !status.ok()) return status;
  std::string bytes;
  if (Status status = BuildBody(plan_->body, message, *host().content().codec, {}, &bytes);
      !status.ok()) {
    return status;
  }
  switch (answered_ ? HttpStream::Wrote::kAnswered : http_->WriteBody(bytes)) {
    case HttpStream::Wrote::kSent:
      return {};
    case HttpStream::Wrote::kAnswered:
      answered_ = true;
      return Why(ServiceUnavailable(kReasonUnavailable, "the server has answered already"));
    case HttpStream::Wrote::kBroken:
      break;
  }
  return Why(ServiceUnavailable(kReasonUnavailable, "the connection broke during the upload"));
}

Status UploadCall::CloseSend() {
  // Where nothing was sent: an empty body, if the path can do without a message.
  if (Status status = EnsureOpen(EmptyRequest()); !status.ok()) return status;
  // However that goes, the reply says what became of it.
  if (!std::exchange(body_ended_, true) && !answered_) (void)http_->EndBody();
  return Ended();
}

Status UploadCall::ReadReply(pb::Message* reply) {
  Response response;
  std::string why;
  auto outcome = http_->ReadHead(&response, &why);
  if (outcome == WireOutcome::kReply) {
    TakeReply(response);
    outcome = http_->ReadAll(host().options().max_reply_bytes, &response.body, &why);
  }
  if (Status status = Ended(); !status.ok()) return status;
  if (outcome == WireOutcome::kTooLarge) {
    return InternalServer(kReasonTooLarge, why)
        .WithPeerReply({response.status, response.headers, ""});
  }
  if (outcome != WireOutcome::kReply) return ServiceUnavailable(kReasonUnavailable, why);
  if (!IsSuccess(response.status)) return ErrorFromReply(host().codecs(), std::move(response));
  const auto plan = Plan(*request_type_, reply->GetDescriptor());
  if (!plan.ok()) return plan.status();
  return DecodeReply(host().codecs(), (*plan)->response_body, &response, reply);
}

Result<bool> UploadCall::Recv(pb::Message* reply) {
  if (over_) return over_->ok() ? Result<bool>(false) : Result<bool>(*over_);
  if (Status status = CloseSend(); !status.ok()) return status;
  over_ = ReadReply(reply);
  Unguard();
  http_.reset();
  if (!over_->ok()) return *over_;
  return true;
}

}  // namespace

std::unique_ptr<StreamCall> MakeUploadCall(StreamCallSetup setup) {
  return std::make_unique<UploadCall>(std::move(setup));
}

}  // namespace kratos::http
