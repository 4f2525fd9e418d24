#include "kratos_grpc/client_stream.h"

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>

#include <utility>

#include "kratos/errors/errors.h"
#include "kratos_grpc/client_call.h"
#include "kratos_grpc/message_bytes.h"

namespace kratos::grpc {

using google::protobuf::Message;

void ClientStreamCall::Reactor::OnReadInitialMetadataDone(bool ok) {
  const std::lock_guard lock(mutex);
  header_done = true;
  header_ok = ok;
  changed.NotifyAll();
}

void ClientStreamCall::Reactor::OnReadDone(bool ok) {
  const std::lock_guard lock(mutex);
  reading = false;
  read_ok = ok;
  unread = true;
  changed.NotifyAll();
}

void ClientStreamCall::Reactor::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex);
  writing = false;
  broken = broken || !ok;
  changed.NotifyAll();
}

void ClientStreamCall::Reactor::OnWritesDoneDone(bool ok) { OnWriteDone(ok); }

void ClientStreamCall::Reactor::OnDone(const ::grpc::Status& status) {
  const std::lock_guard lock(mutex);
  ended = status;
  changed.NotifyAll();
}

ClientStreamCall::ClientStreamCall(std::shared_ptr<Client> client, Context& ctx, bool reply_stream,
                                   const CallOptions& options)
    : client_(std::move(client)),
      reply_stream_(reply_stream),
      reply_info_(options.reply_info),
      ctx_(&ctx) {}

ClientStreamCall::~ClientStreamCall() {
  on_cancel_.reset();
  if (!started_) return;
  const bool over = end_.has_value();
  if (!over) reactor_.rpc.TryCancel();
  if (held_) reactor_.RemoveHold();
  {
    std::unique_lock lock(reactor_.mutex);
    reactor_.changed.Wait(lock, [this] { return reactor_.ended.has_value(); });
  }
  if (done_) done_(ClientClosed(kReasonCanceled, "the call was given up"));
}

Status ClientStreamCall::Start(std::shared_ptr<::grpc::Channel> channel,
                               const std::string& operation, const Message* request,
                               std::function<void(const Status&)> done) {
  ::grpc::ByteBuffer bytes;
  if (request != nullptr) {
    if (Status status = WriteMessage(*request, &bytes); !status.ok()) {
      if (done) done(status);
      return status;
    }
  }
  channel_ = std::move(channel);
  done_ = std::move(done);
  ::grpc::GenericStub stub(channel_);
  stub.PrepareBidiStreamingCall(&reactor_.rpc, operation, ::grpc::StubOptions(), &reactor_);
  started_ = true;
  // Reads and writes are started as the caller goes along.
  reactor_.AddHold();
  held_ = true;
  if (request != nullptr) {
    closed_ = true;
    reactor_.out.Swap(&bytes);
    reactor_.writing = true;
    reactor_.StartWriteLast(&reactor_.out, ::grpc::WriteOptions());
  }
  reactor_.StartCall();
  on_cancel_.emplace(ctx_.stop_token(), [this] { reactor_.rpc.TryCancel(); });
  return {};
}

Status ClientStreamCall::Send(const Message& message) {
  if (closed_) return BadRequest(kReasonCodec, "nothing can be sent after CloseSend");
  ::grpc::ByteBuffer bytes;
  if (Status status = WriteMessage(message, &bytes); !status.ok()) return status;
  Reactor& reactor = reactor_;
  std::unique_lock lock(reactor.mutex);
  if (Status status = reactor.changed.Wait(lock, ctx_, [&] { return !reactor.writing; });
      !status.ok())
    return status;
  if (!reactor.broken) {
    reactor.out.Swap(&bytes);
    reactor.writing = true;
    lock.unlock();
    reactor.StartWrite(&reactor.out);
    lock.lock();
    if (Status status = reactor.changed.Wait(lock, ctx_, [&] { return !reactor.writing; });
        !status.ok())
      return status;
  }
  if (!reactor.broken) return {};
  return ServiceUnavailable(kReasonUnavailable, "the server has ended the call");
}

Status ClientStreamCall::CloseSend() {
  if (std::exchange(closed_, true)) return {};
  Reactor& reactor = reactor_;
  std::unique_lock lock(reactor.mutex);
  if (Status status = reactor.changed.Wait(lock, ctx_, [&] { return !reactor.writing; });
      !status.ok())
    return status;
  // A call that has ended already tells how in Recv.
  if (reactor.broken) return {};
  reactor.writing = true;
  lock.unlock();
  reactor.StartWritesDone();
  return {};
}

void ClientStreamCall::TakeReply(bool with_trailers) {
  if (header_taken_ && !with_trailers) return;
  header_taken_ = true;
  ReplyInfo info = ReplyOf(reactor_.rpc, with_trailers);
  reply_header_ = info.headers;
  // Fields that the server set late come behind the messages.
  for (const auto& [name, value] : info.trailers) reply_header_.Add(name, value);
  if (reply_info_ != nullptr) *reply_info_ = std::move(info);
}

Status ClientStreamCall::End() {
  if (end_) return *end_;
  std::unique_lock lock(reactor_.mutex);
  end_ = Outcome(ctx_, *reactor_.ended);
  lock.unlock();
  TakeReply(true);
  if (done_) std::exchange(done_, nullptr)(*end_);
  return *end_;
}

bool ClientStreamCall::Read() {
  if (end_) return false;
  Reactor& reactor = reactor_;
  std::unique_lock lock(reactor.mutex);
  if (!reactor.reading && !reactor.unread) {
    reactor.reading = true;
    lock.unlock();
    reactor.StartRead(&reactor.in);
    lock.lock();
  }
  // Cancellation and deadline are gRPC's too: it ends the read.
  reactor.changed.Wait(lock, [&] { return reactor.unread; });
  if (reactor.read_ok) {
    reactor.unread = false;
    // It came before the message, but its news may come after.
    reactor.changed.Wait(lock, [&] { return reactor.header_done; });
    const bool header = reactor.header_ok;
    lock.unlock();
    if (header) TakeReply(false);
    return true;
  }
  // The call is over. Once nobody is about to write gRPC may finish it.
  reactor.broken = true;
  reactor.changed.Wait(lock, [&] { return !reactor.writing; });
  lock.unlock();
  if (std::exchange(held_, false)) reactor.RemoveHold();
  lock.lock();
  reactor.changed.Wait(lock, [&] { return reactor.ended.has_value(); });
  return false;
}

Result<bool> ClientStreamCall::Recv(Message* message) {
  if (Read()) {
    if (Status status = ReadReply(reactor_.in, message); !status.ok()) {
      ctx_.Cancel();
      return status;
    }
    if (reply_stream_) return true;
    // The one reply counts only with a good status behind it.
    if (Read()) {
      ctx_.Cancel();
      return InternalServer(kReasonCodec, "the server sent more than the one reply of this call");
    }
    if (Status status = End(); !status.ok()) return status;
    return true;
  }
  Status status = End();
  if (!status.ok()) return status;
  return false;
}

}  // namespace kratos::grpc
