// A streaming call of the client.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "kratos/context/context.h"
#include "kratos/fiber/fiber.h"
#include "kratos/grpc/client.h"
#include "kratos/stream/stream.h"

namespace kratos::grpc {

/// gRPC's callbacks take notes under a lock; whoever sends or receives waits for them, in a fiber
/// without a thread.
class ClientStreamCall final : public internal::ClientCall {
 public:
  /// `ctx` and options.reply_info must outlive the call.
  ClientStreamCall(std::shared_ptr<Client> client, Context& ctx, bool reply_stream,
                   const CallOptions& options);
  /// Gives the call up if it has not ended, and waits for gRPC to let go of it, which is soon: a
  /// channel whose last owner is one of gRPC's own threads brings the program down.
  ~ClientStreamCall() override;

  /// Of the whole call.
  Context& context() { return ctx_; }
  ::grpc::ClientContext& rpc() { return reactor_.rpc; }

  /// Starts the call, with its one request where `request` is not null. `done` is told the end.
  Status Start(std::shared_ptr<::grpc::Channel> channel, const std::string& operation,
               const google::protobuf::Message* request, std::function<void(const Status&)> done);

  Status Send(const google::protobuf::Message& message) override;
  Status CloseSend() override;
  Result<bool> Recv(google::protobuf::Message* message) override;
  void Cancel() override { ctx_.Cancel(); }
  const Metadata& reply_header() const override { return reply_header_; }

 private:
  struct Reactor final : ::grpc::ClientBidiReactor<::grpc::ByteBuffer, ::grpc::ByteBuffer> {
    void OnReadInitialMetadataDone(bool ok) override;
    void OnReadDone(bool ok) override;
    void OnWriteDone(bool ok) override;
    void OnWritesDoneDone(bool ok) override;
    void OnDone(const ::grpc::Status& status) override;

    ::grpc::ClientContext rpc;
    std::mutex mutex;
    fiber::ConditionVariable changed;
    ::grpc::ByteBuffer in;
    ::grpc::ByteBuffer out;
    bool reading = false;                 // gRPC has `in`.
    bool unread = false;                  // It came back, and nobody has taken it.
    bool read_ok = false;                 // What became of it.
    bool writing = false;                 // gRPC has `out`, or the half-close.
    bool broken = false;                  // A write failed.
    bool header_done = false;             // The initial metadata has come, or never will;
    bool header_ok = false;               // which of the two.
    std::optional<::grpc::Status> ended;  // gRPC needs nothing of this any more.
  };

  // Waits for the next message: true when reactor_->in has it, false when the call has ended.
  bool Read();
  void TakeReply(bool with_trailers);
  // How the call ended; only when it has.
  Status End();

  const std::shared_ptr<Client> client_;
  const bool reply_stream_;
  ReplyInfo* const reply_info_;
  Context ctx_;
  std::shared_ptr<::grpc::Channel> channel_;
  Reactor reactor_;
  std::function<void(const Status&)> done_;
  Metadata reply_header_;
  bool header_taken_ = false;
  bool held_ = false;  // gRPC waits for more reads and writes.
  bool started_ = false;
  bool closed_ = false;  // Nothing more is sent.
  std::optional<Status> end_;
  std::optional<std::stop_callback<std::function<void()>>> on_cancel_;
};

}  // namespace kratos::grpc
