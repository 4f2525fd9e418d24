// The caller's end of a server-streaming rpc: one request, and a reply that streams.
#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "http/client_error.h"
#include "http/client_stream_call.h"
#include "http/message_splitter.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"

namespace kratos::http {

namespace {

namespace pb = google::protobuf;

constexpr std::string_view kEventStream = "text/event-stream";

enum class Framing { kEvents, kLines, kArray, kRaw };

// kRaw for a type that is no stream of messages.
Framing FramingOf(std::string_view content_type) {
  const auto parsed = codec::ParseMediaType(content_type);
  const auto type = parsed.value_or(codec::MediaType());
  if (type.type == "text" && type.subtype == "event-stream") return Framing::kEvents;
  if (type.type != "application") return Framing::kRaw;
  const std::string& name = type.subtype;
  if (name == "x-ndjson" || name == "ndjson" || name == "jsonl" || name == "x-jsonlines")
    return Framing::kLines;
  if (name == "json" || name == "protojson" || name.ends_with("+json")) return Framing::kArray;
  return Framing::kRaw;
}

class ServerStreamCall final : public StreamCall {
 public:
  using StreamCall::Open;
  using StreamCall::StreamCall;
  ~ServerStreamCall() override { Unguard(); }

  Status Send(const pb::Message&) override {
    return BadRequest(kReasonCodec, "this call takes one request");
  }
  Status CloseSend() override { return {}; }
  Result<bool> Recv(pb::Message* message) override;

 private:
  BaseFields FirstHeaders(const pb::Message& request) override;
  Status Connect(Context& ctx, const pb::Message& request, Metadata headers) override;
  Status MakeBody(const pb::Message& request);
  Status Begin(OpenedStream opened);
  Result<bool> NextItem(StreamItem* item);
  Result<bool> NextPiece(pb::Message* message);
  Status Decode(const StreamItem& item, pb::Message* message);
  Result<bool> Reconnect(Status broken);
  const pb::Descriptor* ReplyType() const { return rpc() ? rpc()->output_type() : nullptr; }

  std::shared_ptr<const BindingPlan> plan_;
  OutgoingCall call_;
  std::string target_;

  std::unique_ptr<HttpStream> http_;
  Framing framing_ = Framing::kEvents;
  std::unique_ptr<MessageSplitter> splitter_;
  std::string content_type_;  // Of raw bytes.
  std::string part_;
  int reconnects_ = 0;    // Since the last message.
  bool drained_ = false;  // The body has ended well.
  std::optional<Status> over_;
};

BaseFields ServerStreamCall::FirstHeaders(const pb::Message& request) {
  BaseFields fields;
  // Our own servers send HttpBody as events only to who asks for events.
  const auto plan = Plan(*request.GetDescriptor(), ReplyType());
  const bool raw = plan.ok() && ReplyType() != nullptr && (*plan)->response_body.raw;
  fields.accept = AcceptFor(options(), raw ? "*/*" : kEventStream);
  const bool raw_request = plan.ok() && (*plan)->body.raw;
  if (raw_request) fields.content_type = RawContentType((*plan)->body, request);
  if (!fields.content_type.empty()) return fields;
  if (raw_request) {
    fields.content_type =
        options().content_type.empty() ? "application/octet-stream" : options().content_type;
  } else {
    // Without a body, too: Go Kratos servers choose the codec of the events by it.
    const auto content = Content();
    if (content.ok()) fields.content_type = content->media_type;
  }
  return fields;
}

Status ServerStreamCall::MakeBody(const pb::Message& request) {
  const auto content = Content();
  if (!content.ok() && !plan_->body.raw) return content.status();
  const auto& codec = content.ok() ? *content->codec : *host().content().codec;
  Status status = BuildBody(plan_->body, request, codec, host().options().encode, &call_.body);
  if (status.ok()) return status;
  return BadRequest(kReasonCodec, "the request cannot be encoded: " + status.message())
      .WithCause(status);
}

Status ServerStreamCall::Connect(Context& ctx, const pb::Message& request, Metadata headers) {
  auto plan = Plan(*request.GetDescriptor(), ReplyType());
  if (!plan.ok()) return plan.status();
  plan_ = *plan;
  auto target = BuildTarget(*plan_, request);
  if (!target.ok()) return target.status();
  target_ = std::move(*target);
  call_ = OutgoingCall();
  call_.method = method();
  call_.headers = std::move(headers);
  if (Status status = MakeBody(request); !status.ok()) return status;
  return Begin(host().Connect(ctx, this->ctx(), StreamWire::kReply, call_, target_));
}

// Sets out to read what was opened.
Status ServerStreamCall::Begin(OpenedStream opened) {
  Unguard();
  TakeReply(opened.reply);
  if (!opened.status.ok()) return opened.status;
  if (!IsSuccess(opened.reply.status)) return ErrorFromReply(host().codecs(), opened.reply);
  http_ = std::move(opened.http);
  drained_ = false;
  if (Status status = Guard(opened.descriptor); !status.ok()) return status;

  const auto unreadable = [&](std::string why) {
    part_.clear();
    (void)http_->ReadBody(&part_);
    return InternalServer(kReasonCodec, "the reply cannot be read: " + std::move(why))
        .WithPeerReply({opened.reply.status, opened.reply.headers, part_});
  };
  if (const auto coding = opened.reply.headers.Get("Content-Encoding");
      !coding.empty() && !EqualsIgnoreCase(coding, "identity")) {
    return unreadable(fmt::format("its Content-Encoding is {}", coding));
  }
  const auto text = opened.reply.headers.Get("Content-Type");
  const bool raw = ReplyType() != nullptr && plan_->response_body.raw;
  framing_ = FramingOf(text);
  const std::size_t most = host().options().streams.max_message_bytes;
  if (raw && framing_ != Framing::kEvents) {
    framing_ = Framing::kRaw;
    content_type_ = text;
    return {};
  }
  if (framing_ == Framing::kRaw) {
    // Go Kratos servers leave the type out of a stream without messages.
    part_.clear();
    if (text.empty() && http_->ReadBody(&part_) == HttpStream::Part::kEnd) {
      drained_ = true;
      framing_ = Framing::kLines;
      splitter_ = SplitLines(most);
      return {};
    }
    return unreadable(text.empty() ? "it has no Content-Type"
                                   : fmt::format("its Content-Type {} is no stream", text));
  }
  switch (framing_) {
    case Framing::kEvents:
      splitter_ =
          SplitEvents(most, splitter_ == nullptr ? "" : std::string(splitter_->last_event_id()));
      break;
    case Framing::kLines:
      splitter_ = SplitLines(most);
      break;
    case Framing::kArray:
    case Framing::kRaw:
      splitter_ = SplitArray(most);
      break;
  }
  return {};
}

Result<bool> ServerStreamCall::NextItem(StreamItem* item) {
  while (true) {
    if (Status status = Ended(); !status.ok()) return status;
    auto found = splitter_->Next(item);
    if (!found.ok() || *found) return found;
    if (drained_) return false;
    part_.clear();
    switch (http_->ReadBody(&part_)) {
      case HttpStream::Part::kBytes:
        splitter_->Feed(part_);
        break;
      case HttpStream::Part::kEnd:
        // A reply without a length ends where the connection does, whoever ended that.
        if (Status status = Ended(); !status.ok()) return status;
        drained_ = true;
        return splitter_->Last(item);
      case HttpStream::Part::kTruncated: {
        if (Status status = Ended(); !status.ok()) return status;
        auto again = Reconnect(ServiceUnavailable(
            kReasonUnavailable, "the connection was closed before the stream was complete"));
        if (!again.ok() || !*again) return again;
        break;
      }
    }
  }
}

// Asks for the rest of a stream that broke: true when it comes. Gives back `broken` when that is
// not to be tried, or not any more.
Result<bool> ServerStreamCall::Reconnect(Status broken) {
  const int most = host().options().streams.max_reconnects;
  if (framing_ != Framing::kEvents || !IsIdempotent(method())) return broken;
  while (reconnects_ < most) {
    const auto pause = splitter_->retry();
    const auto delay = pause ? std::chrono::microseconds(*pause) : Backoff(reconnects_ + 1);
    ++reconnects_;
    Unguard();
    http_.reset();
    if (Status status = fiber::SleepFor(ctx(), delay); !status.ok()) return status;
    const auto id = splitter_->last_event_id();
    if (!id.empty()) call_.headers.Set("Last-Event-ID", id);
    Context opening(&ctx());
    const auto timeout = options().timeout.value_or(host().options().timeout);
    if (timeout > std::chrono::milliseconds::zero()) opening.LimitDeadline(timeout);
    auto opened = host().Connect(opening, ctx(), StreamWire::kReply, call_, target_);
    if (Status status = ctx().Err(); !status.ok()) return status;
    const bool refused = opened.status.ok() ? opened.reply.status != 503 : !opened.may_pass;
    // As EventSource has it: there is no more.
    if (opened.status.ok() && opened.reply.status == 204) {
      drained_ = true;
      return false;
    }
    Status status = Begin(std::move(opened));
    if (status.ok()) return true;
    if (refused) return status;
    broken = std::move(status);
  }
  return broken;
}

Status ServerStreamCall::Decode(const StreamItem& item, pb::Message* message) {
  message->Clear();
  const bool whole_raw = message->GetDescriptor()->full_name() == "google.api.HttpBody";
  if (framing_ == Framing::kEvents && whole_raw) {
    BodyRule rule;
    SetRawBody(rule, item.payload, "", message);
    return {};
  }
  if (item.payload.empty()) return {};
  if (framing_ != Framing::kEvents) {
    if (auto error = ErrorFromElement(host().codecs(), item.payload, *message->GetDescriptor()))
      return *std::move(error);
  }
  Status status = ReplyCodec(host().codecs(), {}).Decode(item.payload, nullptr, {}, message);
  if (status.ok()) return status;
  return InternalServer(kReasonCodec, "a message cannot be read: " + status.message())
      .WithCause(status);
}

Result<bool> ServerStreamCall::NextPiece(pb::Message* message) {
  if (Status status = Ended(); !status.ok()) return status;
  std::string piece;
  switch (http_->ReadBody(&piece)) {
    case HttpStream::Part::kBytes:
      break;
    case HttpStream::Part::kEnd:
      if (Status status = Ended(); !status.ok()) return status;
      return false;
    case HttpStream::Part::kTruncated:
      return Why(ServiceUnavailable(kReasonUnavailable,
                                    "the connection was closed before the reply was complete"));
  }
  message->Clear();
  SetRawBody(plan_->response_body, std::move(piece), content_type_, message);
  return true;
}

Result<bool> ServerStreamCall::Recv(pb::Message* message) {
  if (over_) return over_->ok() ? Result<bool>(false) : Result<bool>(*over_);
  Result<bool> more = false;
  if (framing_ == Framing::kRaw) {
    more = NextPiece(message);
  } else {
    StreamItem item;
    more = NextItem(&item);
    if (more.ok() && *more) {
      reconnects_ = 0;
      Status status = item.kind == StreamItem::Kind::kError
                          ? Status(ErrorFromEvent(host().codecs(), item.payload))
                          : Decode(item, message);
      if (!status.ok()) more = std::move(status);
    }
  }
  if (more.ok() && *more) return more;
  over_ = more.status();
  Unguard();
  http_.reset();
  return more;
}

}  // namespace

std::unique_ptr<StreamCall> MakeServerStreamCall(StreamCallSetup setup, const pb::Message& request,
                                                 Status* opened) {
  auto call = std::make_unique<ServerStreamCall>(std::move(setup));
  *opened = call->Open(request);
  return call;
}

}  // namespace kratos::http
