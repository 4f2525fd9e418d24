#include "http/client_stream_call.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "kratos/errors/errors.h"
#include "stream/rpc_types.h"

namespace kratos::http {

namespace pb = google::protobuf;

StreamCall::StreamCall(StreamCallSetup setup)
    : setup_(std::move(setup)), rpc_(FindRpc(setup_.operation)), ctx_(setup_.ctx) {
  if (setup_.options.reply_info != nullptr) *setup_.options.reply_info = ReplyInfo();
}

Status StreamCall::Open(const pb::Message& request) {
  Context opening(&ctx_);
  const auto timeout = options().timeout.value_or(host().options().timeout);
  if (timeout > std::chrono::milliseconds::zero()) opening.LimitDeadline(timeout);
  auto& transport = opening.mutable_transport();
  transport.side = TransportInfo::Side::kClient;
  transport.kind = "http";
  transport.operation = setup_.operation;
  transport.path_template = binding().path;
  transport.request_stream = binding().stream != StreamKind::kServer;
  transport.reply_stream =
      binding().stream == StreamKind::kServer || binding().stream == StreamKind::kBidi;
  BaseFields fields = FirstHeaders(request);
  fields.user_agent = host().user_agent();
  opening.mutable_request_header() = MakeHeaders(fields, options().headers);

  bool opened = false;
  CallState state;
  state.binding = &binding();
  state.options = &options();
  state.call = &opening;
  state.open = [&](Context& ctx, const pb::Message& message, Metadata headers,
                   Metadata* reply_headers) -> Status {
    for (const auto name : {"Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Accept",
                            "Sec-WebSocket-Extensions"}) {
      headers.Remove(name);
    }
    // What comes in pieces is not decompressed here.
    if (!headers.Has("Accept-Encoding")) headers.Add("Accept-Encoding", "identity");
    Status status = FinishHeaders(&headers, host().user_agent());
    if (status.ok()) status = Connect(ctx, message, std::move(headers));
    *reply_headers = reply_header_;
    opened = status.ok();
    return status;
  };
  opening.Set(&state);
  const std::unique_ptr<pb::Message> reply(EmptyReply(rpc_).New());
  Status status = host().RunMiddleware(opening, setup_.operation, request, reply.get());
  if (status.ok() && !opened) {
    return InternalServer("NO_STREAM",
                          "a client middleware answered a streaming call without opening it");
  }
  return status;
}

Result<std::shared_ptr<const BindingPlan>> StreamCall::Plan(const pb::Descriptor& request,
                                                            const pb::Descriptor* reply) {
  Binding changed = binding();
  // Where the client streams, no body rule means the same as "*".
  if (changed.body.empty() && changed.stream != StreamKind::kServer) changed.body = "*";
  if (reply == nullptr) changed.response_body = "";
  return host().plans().Find(changed, request, reply == nullptr ? request : *reply);
}

Result<ContentChoice> StreamCall::Content() const {
  if (options().content_type.empty()) return setup_.host->content();
  return ChooseContent(setup_.host->codecs(), options().content_type);
}

Status StreamCall::Guard(int descriptor) {
  guard_.emplace(host().watchdog(), ctx_.deadline(), ctx_.stop_token());
  guard_->Attach(descriptor);
  return guard_->Check();
}

void StreamCall::TakeReply(const Response& reply) {
  reply_header_ = reply.headers;
  if (auto* info = options().reply_info; info != nullptr) {
    info->status = reply.status;
    info->headers = reply.headers;
  }
}

Status StreamCall::Why(Status status) const {
  Status why = Ended();
  why.Update(std::move(status));
  return why;
}

Result<std::unique_ptr<kratos::internal::ClientCall>> OpenStreamCall(StreamCallSetup setup,
                                                                     const pb::Message* request) {
  const StreamKind kind = setup.binding.stream;
  const bool streams_requests = kind != StreamKind::kServer && kind != StreamKind::kUnary;
  if (streams_requests == (request != nullptr)) {
    return BadRequest(kReasonCodec, std::string(setup.operation) +
                                        (streams_requests ? " streams its requests: none is given"
                                                          : " takes one request") +
                                        " when it is opened");
  }
  std::unique_ptr<StreamCall> call;
  switch (kind) {
    case StreamKind::kUnary:
      return BadRequest(kReasonCodec, std::string(setup.operation) + " does not stream");
    case StreamKind::kServer: {
      Status opened;
      call = MakeServerStreamCall(std::move(setup), *request, &opened);
      if (!opened.ok()) return opened;
      break;
    }
    case StreamKind::kUpload:
      call = setup.host->options().streams.kratos_uploads ? MakeWebSocketCall(std::move(setup))
                                                          : MakeUploadCall(std::move(setup));
      break;
    case StreamKind::kClient:
    case StreamKind::kBidi:
      call = MakeWebSocketCall(std::move(setup));
      break;
  }
  return std::unique_ptr<kratos::internal::ClientCall>(std::move(call));
}

}  // namespace kratos::http
