// One call on the server: from gRPC's callbacks to a handler that waits, and back.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/generic/async_generic_service.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "kratos/context/context.h"
#include "kratos/fiber/fiber.h"
#include "kratos/grpc/method.h"
#include "kratos/stream/stream.h"
#include "kratos_grpc/operation.h"

namespace kratos::grpc {

class ServerCall;

/// What calls need of their server.
class CallHost {
 public:
  /// Has Run called on a thread or in a fiber, soon.
  virtual void Launch(ServerCall& call) = 0;
  /// The call's last word; `call` is gone right after.
  virtual void OnEnd(ServerCall& call) = 0;
  /// The server's own URL.
  virtual const std::string& endpoint() const = 0;
  /// The application it belongs to, or null.
  virtual const AppInfo* app() const = 0;
  /// Stopped when streams have to end because the server does.
  virtual std::stop_token streams_over() const = 0;

 protected:
  ~CallHost() = default;
};

/// Belongs to itself: gone once gRPC has said that all is done. Callbacks of gRPC only take notes;
/// handlers run where the host says.
class ServerCall final : public ::grpc::ServerGenericBidiReactor,
                         private internal::MessageReader,
                         private internal::MessageWriter {
 public:
  ServerCall(CallHost& host, const Operation& operation, ::grpc::GenericCallbackServerContext& rpc);

  /// Begins: reads the one request first where there is one.
  void Start();
  /// Runs middleware and method and sends the answer. The call may be gone when it returns.
  void Run();
  /// Answers without running anything. The call may be gone when it returns.
  void Refuse(const Status& status);

  const Operation& operation() const { return operation_; }
  /// True for a call that the host counts; its own note.
  bool counted = false;

  /// The end of every middleware chain.
  static Status RunMethod(Context& ctx, const google::protobuf::Message& request,
                          google::protobuf::Message* reply);

 private:
  Status Send(const google::protobuf::Message& message) override;
  Result<bool> Recv(google::protobuf::Message* message) override;

  void OnSendInitialMetadataDone(bool ok) override;
  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void ReadRequest();
  // True when the peer ended its stream, false when it went away: gRPC says the same of both.
  bool EndedWell(std::unique_lock<std::mutex>& lock);
  // Puts the reply's header fields into the initial metadata, once; how that went.
  Status SealHeader();
  // What was set too late for that goes out at the end.
  void AddTrailers();
  void Answer(Status status);

  CallHost& host_;
  const Operation& operation_;
  ::grpc::GenericCallbackServerContext& rpc_;
  google::protobuf::Arena arena_;
  google::protobuf::Message* const request_;
  google::protobuf::Message* const reply_;
  Context ctx_;

  std::mutex mutex_;
  fiber::ConditionVariable changed_;
  ::grpc::ByteBuffer in_;
  ::grpc::ByteBuffer out_;
  bool reading_ = false;  // gRPC has in_.
  bool read_ok_ = false;  // What became of it.
  bool unread_ = false;   // The outcome is there and nobody has taken it.
  bool at_end_ = false;   // The peer has sent its last message.
  bool writing_ = false;  // gRPC has out_.
  bool broken_ = false;   // A write failed: nothing arrives any more.
  bool sending_header_ = false;
  bool header_ok_ = false;  // What became of it.
  bool sealed_ = false;     // SealHeader was called,
  Status seal_status_;      // with this result,
  Metadata sealed_header_;  // and took these.
  bool launched_ = false;   // Unary calls: the request has come.
  std::atomic<bool> stopping_ = false;
  std::optional<std::stop_callback<std::function<void()>>> on_streams_over_;
};

}  // namespace kratos::grpc
