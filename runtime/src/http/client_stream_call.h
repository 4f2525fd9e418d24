// What streaming calls of all kinds have in common: contexts, middleware, and the end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/client_binding.h"
#include "http/client_call.h"
#include "http/client_headers.h"
#include "http/client_stream_exchange.h"
#include "http/client_watchdog.h"
#include "kratos/http/client.h"
#include "kratos/stream/stream.h"
#include "stream/rpc_types.h"

namespace google::protobuf {
class MethodDescriptor;
}  // namespace google::protobuf

namespace kratos::http {

/// What streaming calls need of their client.
class StreamHost {
 public:
  virtual ~StreamHost() = default;
  virtual const ClientOptions& options() const = 0;
  virtual const codec::Registry& codecs() const = 0;
  /// What ClientOptions::codec names.
  virtual const ContentChoice& content() const = 0;
  virtual std::string_view user_agent() const = 0;
  virtual Watchdog& watchdog() = 0;
  virtual BindingPlans& plans() = 0;
  /// Runs the operation's middleware, and behind it what the CallState of `ctx` says.
  virtual Status RunMiddleware(Context& ctx, std::string_view operation,
                               const google::protobuf::Message& request,
                               google::protobuf::Message* reply) = 0;
  /// Opens `call` at the endpoint, or where the resolver says, as often as the options allow.
  /// `whole` is the context of the whole call.
  virtual OpenedStream Connect(Context& ctx, const Context& whole, StreamWire wire,
                               OutgoingCall& call, std::string_view target) = 0;
};

struct StreamCallSetup {
  std::shared_ptr<StreamHost> host;
  Context* ctx = nullptr;
  Binding binding;
  /// The HTTP method.
  std::string method;
  std::string_view operation;
  CallOptions options;
};

class StreamCall : public kratos::internal::ClientCall {
 public:
  explicit StreamCall(StreamCallSetup setup);

  void Cancel() override { ctx_.Cancel(); }
  const Metadata& reply_header() const override { return reply_header_; }

 protected:
  /// Runs the middleware around Connect, for at most the time that opening may take.
  Status Open(const google::protobuf::Message& request);
  /// Opens the stream. `headers` are the request's, checked.
  virtual Status Connect(Context& ctx, const google::protobuf::Message& request,
                         Metadata headers) = 0;
  /// The header fields that middleware finds.
  virtual BaseFields FirstHeaders(const google::protobuf::Message& request) = 0;

  /// A plan for messages of these types; the reply's does not count where `reply` is null.
  Result<std::shared_ptr<const BindingPlan>> Plan(const google::protobuf::Descriptor& request,
                                                  const google::protobuf::Descriptor* reply);
  /// What request bodies, or frames, are written in.
  Result<ContentChoice> Content() const;
  /// Lets the whole call's end end the connection, too; tells when it already has.
  Status Guard(int descriptor);
  /// Notes what came back.
  void TakeReply(const Response& reply);
  /// OK while the call may go on.
  Status Ended() const { return guard_ ? guard_->Check() : ctx_.Err(); }
  /// Why the call failed with `status`: because it was ended, or what `status` says.
  Status Why(Status status) const;

  StreamHost& host() { return *setup_.host; }
  const Binding& binding() const { return setup_.binding; }
  const std::string& method() const { return setup_.method; }
  const CallOptions& options() const { return setup_.options; }
  Context& ctx() { return ctx_; }
  /// The rpc's own description, or null when the program does not have it.
  const google::protobuf::MethodDescriptor* rpc() const { return rpc_; }
  /// An empty request, for opening before there is one.
  const google::protobuf::Message& EmptyRequest() const { return kratos::EmptyRequest(rpc_); }

 private:
  StreamCallSetup setup_;
  const google::protobuf::MethodDescriptor* const rpc_;
  // Of the whole call; that of its opening is a child.
  Context ctx_;
  Metadata reply_header_;
  std::optional<CallGuard> guard_;

 protected:
  /// Destructors call it before they let go of the connection.
  void Unguard() { guard_.reset(); }
};

std::unique_ptr<StreamCall> MakeServerStreamCall(StreamCallSetup setup,
                                                 const google::protobuf::Message& request,
                                                 Status* opened);
std::unique_ptr<StreamCall> MakeWebSocketCall(StreamCallSetup setup);
std::unique_ptr<StreamCall> MakeUploadCall(StreamCallSetup setup);

/// The call for `setup`, by its kind; 501 where the build cannot stream.
Result<std::unique_ptr<kratos::internal::ClientCall>> OpenStreamCall(
    StreamCallSetup setup, const google::protobuf::Message* request);

}  // namespace kratos::http
