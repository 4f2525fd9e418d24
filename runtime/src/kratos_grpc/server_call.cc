#include "kratos_grpc/server_call.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "kratos_grpc/message_bytes.h"
#include "kratos_grpc/metadata_fields.h"
#include "kratos_grpc/status_details.h"
#include "middleware/guard_exceptions.h"

namespace kratos::grpc {

using google::protobuf::Message;

namespace {

// How long the news of a cancellation can lag behind the end of the messages.
constexpr std::chrono::milliseconds kNewsBehind{2};

Error Gone() { return ClientClosed(kReasonCanceled, "the call was cancelled"); }

Error Stopping() { return ServiceUnavailable(kReasonUnavailable, "the server is stopping"); }

// The client's deadline on the clock that contexts use; nothing when it set none.
std::optional<Context::Clock::time_point> DeadlineOf(const ::grpc::ServerContextBase& rpc) {
  using System = std::chrono::system_clock;
  const System::time_point deadline = rpc.deadline();
  // What gRPC calls infinite is far, and the sum with another clock's now must not overflow.
  if (deadline > System::now() + std::chrono::hours(24 * 365)) return std::nullopt;
  return Context::Clock::now() +
         std::chrono::duration_cast<Context::Clock::duration>(deadline - System::now());
}

}  // namespace

ServerCall::ServerCall(CallHost& host, const Operation& operation,
                       ::grpc::GenericCallbackServerContext& rpc)
    : host_(host),
      operation_(operation),
      rpc_(rpc),
      request_(operation.method.request->New(&arena_)),
      reply_(operation.method.reply->New(&arena_)) {
  ctx_.mutable_transport() = {.side = TransportInfo::Side::kServer,
                              .kind = "grpc",
                              .endpoint = "",
                              .operation = operation.name,
                              .path_template = "",
                              .peer = PeerText(rpc.peer()),
                              .request_stream = operation.method.request_stream,
                              .reply_stream = operation.method.reply_stream};
  ctx_.mutable_request_header() = FromGrpc(rpc.client_metadata());
  if (const auto deadline = DeadlineOf(rpc)) ctx_.LimitDeadline(*deadline);
  if (operation.timeout.count() > 0 && !operation.streams()) {
    ctx_.LimitDeadline(std::chrono::duration_cast<Context::Clock::duration>(operation.timeout));
  }
  ctx_.Set(this);
}

void ServerCall::Start() {
  if (operation_.method.request_stream) return host_.Launch(*this);
  reading_ = true;
  StartRead(&in_);
}

void ServerCall::Run() {
  // Not before: a call may come while the server finds out.
  ctx_.mutable_transport().endpoint = host_.endpoint();
  ctx_.set_app(host_.app());
  if (operation_.streams()) {
    on_streams_over_.emplace(host_.streams_over(), [this] {
      stopping_ = true;
      ctx_.Cancel();
    });
  }
  if (!operation_.method.request_stream) ReadRequest();
  Status status = GuardExceptions(ctx_, operation_.name,
                                  [&] { return operation_.chain(ctx_, *request_, reply_); });
  on_streams_over_.reset();
  if (stopping_ && !status.ok()) status = Stopping();
  // gRPC cancels calls whose time is up.
  if (status.code() == 499 && ctx_.TimeLeft() == Context::Clock::duration::zero()) {
    status = GatewayTimeout(kReasonDeadlineExceeded, "the deadline has passed");
  }
  Answer(std::move(status));
}

void ServerCall::Refuse(const Status& status) { Finish(ToGrpc(status)); }

Status ServerCall::RunMethod(Context& ctx, const Message& request, Message* reply) {
  auto* const* found = ctx.Get<ServerCall*>();
  if (found == nullptr) {
    return InternalServer("NO_CALL",
                          "a middleware went on with a context that is no child of the call's");
  }
  ServerCall& call = **found;
  if (!call.ctx_.bind_status().ok()) return call.ctx_.bind_status();
  const ServiceMethod& method = call.operation_.method;
  Streams streams;
  if (method.request_stream) streams.in = &call;
  if (method.reply_stream) streams.out = &call;
  return GuardExceptions(ctx, call.operation_.name,
                         [&] { return method.run(ctx, request, reply, streams); });
}

void ServerCall::ReadRequest() {
  if (!read_ok_) {
    ctx_.set_bind_status(BadRequest(kReasonCodec, "the call came without its request"));
  } else {
    ctx_.set_bind_status(ReadMessage(in_, request_));
  }
}

Result<bool> ServerCall::Recv(Message* message) {
  std::unique_lock lock(mutex_);
  if (at_end_) return false;
  if (!reading_ && !unread_) {
    reading_ = true;
    lock.unlock();
    StartRead(&in_);
    lock.lock();
  }
  Status status = changed_.Wait(lock, ctx_, [this] { return unread_; });
  if (stopping_) return Stopping();
  if (!status.ok()) return status;
  unread_ = false;
  if (!read_ok_) {
    at_end_ = true;
    if (!EndedWell(lock)) return Gone();
    return false;
  }
  lock.unlock();
  status = ReadMessage(in_, message);
  if (!status.ok()) return status;
  return true;
}

bool ServerCall::EndedWell(std::unique_lock<std::mutex>& lock) {
  if (ctx_.cancelled()) return false;
  if (!sealed_ && SealHeader().ok()) {
    // The header can be sent on a stream that the peer has only half closed, and on no other.
    sending_header_ = true;
    lock.unlock();
    StartSendInitialMetadata();
    lock.lock();
    changed_.Wait(lock, [this] { return !sending_header_; });
    return header_ok_;
  }
  // Its header has gone: all that is left is to see whether the news of a cancellation, which comes
  // on another thread, is just behind.
  changed_.WaitUntil(lock, fiber::ConditionVariable::Clock::now() + kNewsBehind,
                     [this] { return ctx_.cancelled(); });
  return !ctx_.cancelled();
}

Status ServerCall::Send(const Message& message) {
  std::unique_lock lock(mutex_);
  Status status = changed_.Wait(lock, ctx_, [this] { return !writing_; });
  if (stopping_) return Stopping();
  if (!status.ok()) return status;
  if (broken_) return Gone();
  if (status = SealHeader(); !status.ok()) return status;
  if (status = WriteMessage(message, &out_); !status.ok()) {
    return InternalServer("BAD_REPLY", status.message()).WithCause(status);
  }
  writing_ = true;
  lock.unlock();
  StartWrite(&out_);
  lock.lock();
  // Until the transport has taken it: that is what keeps a fast handler and a slow peer in step.
  status = changed_.Wait(lock, ctx_, [this] { return !writing_; });
  if (stopping_) return Stopping();
  if (!status.ok()) return status;
  return broken_ ? Status(Gone()) : Status();
}

void ServerCall::OnSendInitialMetadataDone(bool ok) {
  const std::lock_guard lock(mutex_);
  sending_header_ = false;
  header_ok_ = ok;
  changed_.NotifyAll();
}

void ServerCall::OnReadDone(bool ok) {
  if (!operation_.method.request_stream) {
    if (std::exchange(launched_, true)) return;
    reading_ = false;
    read_ok_ = ok;
    return host_.Launch(*this);
  }
  const std::lock_guard lock(mutex_);
  reading_ = false;
  read_ok_ = ok;
  unread_ = true;
  changed_.NotifyAll();
}

void ServerCall::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  broken_ = broken_ || !ok;
  changed_.NotifyAll();
}

void ServerCall::OnCancel() {
  ctx_.Cancel();
  const std::lock_guard lock(mutex_);
  changed_.NotifyAll();
}

void ServerCall::OnDone() {
  host_.OnEnd(*this);
  delete this;
}

Status ServerCall::SealHeader() {
  if (std::exchange(sealed_, true)) return seal_status_;
  sealed_header_ = ctx_.reply_header();
  std::string why =
      AddFields(ctx_.reply_header(), [this](const std::string& name, const std::string& value) {
        rpc_.AddInitialMetadata(name, value);
      });
  if (why.empty()) return {};
  log::Write(ctx_, log::Level::kError, "a reply holds what gRPC cannot carry",
             {{"operation", operation_.name}, {"what", std::move(why)}});
  seal_status_ = InternalServer("BAD_REPLY", "internal error");
  return seal_status_;
}

void ServerCall::AddTrailers() {
  for (const auto& entry : ctx_.reply_header()) {
    if (std::find(sealed_header_.begin(), sealed_header_.end(), entry) != sealed_header_.end())
      continue;
    AddFields(Metadata{entry}, [this](const std::string& name, const std::string& value) {
      rpc_.AddTrailingMetadata(name, value);
    });
  }
}

void ServerCall::Answer(Status status) {
  bool stuck = false;
  {
    const std::lock_guard lock(mutex_);
    if (sealed_) AddTrailers();
    Status sealed = SealHeader();
    if (status.ok()) status = std::move(sealed);
    if (status.ok() && !operation_.method.reply_stream) {
      if (Status written = WriteMessage(*reply_, &out_); !written.ok()) {
        log::Write(ctx_, log::Level::kError, "a reply cannot be written",
                   {{"operation", operation_.name}, {"what", written.message()}});
        status = InternalServer("BAD_REPLY", "internal error");
      }
    }
    stuck = writing_;
  }
  // A message that the peer does not take would hold the end of the call back as well.
  if (stuck) rpc_.TryCancel();
  if (status.ok() && !operation_.method.reply_stream) {
    StartWriteAndFinish(&out_, ::grpc::WriteOptions(), ::grpc::Status::OK);
  } else {
    Finish(ToGrpc(status));
  }
}

}  // namespace kratos::grpc
