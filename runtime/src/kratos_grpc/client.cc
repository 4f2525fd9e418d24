#include "kratos/grpc/client.h"

#include <google/protobuf/message.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>
#include <sys/socket.h>

#include <functional>
#include <stop_token>
#include <utility>

#include "fiber/parker.h"
#include "kratos/errors/errors.h"
#include "kratos_grpc/channel_arguments.h"
#include "kratos_grpc/channel_pool.h"
#include "kratos_grpc/client_call.h"
#include "kratos_grpc/client_stream.h"
#include "kratos_grpc/message_bytes.h"
#include "middleware/handler_cache.h"
#include "stream/rpc_types.h"

namespace kratos::grpc {

using google::protobuf::Message;

namespace {

/// A server of gRPC's that only one channel reaches, over a pair of sockets. gRPC's own in-process
/// transport drops a message that comes together with its call's end before anybody reads it.
class PrivateServer {
 public:
  PrivateServer(::grpc::Service& service, std::size_t threads) {
    ::grpc::ServerBuilder builder;
    builder.RegisterService(&service);
    builder.SetMaxReceiveMessageSize(-1);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
    ::grpc::ResourceQuota quota("kratos in-process");
    quota.SetMaxThreads(static_cast<int>(CallThreads(threads)));
    builder.SetResourceQuota(quota);
    server_ = builder.BuildAndStart();
    int ends[2];
    if (server_ == nullptr ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
      return;
    // Both take their end over.
    ::grpc::AddInsecureChannelFromFd(server_.get(), ends[0]);
    ::grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
    channel_ = ::grpc::CreateCustomInsecureChannelFromFd("in-process", ends[1], arguments);
  }
  ~PrivateServer() {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  /// Null when the system has no sockets left.
  const std::shared_ptr<::grpc::Channel>& channel() const { return channel_; }

 private:
  // As much as an HTTP request may bring along.
  static constexpr int kMetadataBytes = 1 << 20;

  std::unique_ptr<::grpc::Server> server_;
  std::shared_ptr<::grpc::Channel> channel_;
};

class GrpcClient final : public Client, public std::enable_shared_from_this<GrpcClient> {
 public:
  GrpcClient(ClientOptions options, std::shared_ptr<transport::Resolver> resolver)
      : options_(std::move(options)),
        resolver_(std::move(resolver)),
        pool_(options_),
        handlers_(options_.middleware,
                  [this](Context& ctx, const Message& request, Message* reply) {
                    return Send(ctx, request, reply);
                  }) {}

  Status Connect();
  void UseChannel(std::shared_ptr<::grpc::Channel> channel, std::string endpoint,
                  std::unique_ptr<PrivateServer> server = nullptr) {
    server_ = std::move(server);
    channel_ = std::move(channel);
    endpoint_ = std::move(endpoint);
  }

  Status Invoke(Context& ctx, const ClientMethod& method, const Message& request, Message* reply,
                const CallOptions& options) override;
  Result<std::unique_ptr<internal::ClientCall>> Open(Context& ctx, const ClientMethod& method,
                                                     const Message* request,
                                                     const CallOptions& options) override;

 private:
  /// Where one try of a call goes.
  struct Picked {
    std::shared_ptr<::grpc::Channel> channel;
    std::function<void(const Status&)> done;
  };

  // Describes a call to its middleware.
  void Describe(const ClientMethod& method, const CallOptions& options, Context* call) const;
  // What the middleware wraps.
  Status Send(Context& ctx, const Message& request, Message* reply);
  Status Exchange(Context& ctx, const CallState& state, const Message& request, Message* reply);
  Result<Picked> Pick(Context& ctx);
  bool WaitsForReady(const CallOptions& options) const {
    return options.wait_for_ready.value_or(options_.wait_for_ready);
  }

  const ClientOptions options_;
  const std::shared_ptr<transport::Resolver> resolver_;
  std::unique_ptr<PrivateServer> server_;
  std::shared_ptr<::grpc::Channel> channel_;  // Without a resolver.
  std::string endpoint_;
  ChannelPool pool_;
  HandlerCache handlers_;
};

Status GrpcClient::Connect() {
  if (options_.tls) {
    if (Status status = pool_.LoadTls(); !status.ok()) return status;
  }
  if (resolver_ != nullptr) return {};
  auto target = ParseTarget(options_.endpoint, options_.tls.has_value());
  if (!target.ok()) return target.status();
  auto channel = pool_.Get(*target);
  if (!channel.ok()) return channel.status();
  UseChannel(std::move(*channel), target->endpoint);
  return {};
}

void GrpcClient::Describe(const ClientMethod& method, const CallOptions& options,
                          Context* call) const {
  auto& transport = call->mutable_transport();
  transport.side = TransportInfo::Side::kClient;
  transport.kind = "grpc";
  transport.endpoint = endpoint_;
  transport.operation = method.operation;
  transport.request_stream = method.request_stream;
  transport.reply_stream = method.reply_stream;
  call->mutable_request_header() = options.headers;
}

Result<GrpcClient::Picked> GrpcClient::Pick(Context& ctx) {
  Picked picked;
  if (resolver_ == nullptr) {
    if (channel_ == nullptr) {
      return ServiceUnavailable(kReasonUnavailable, "no channel to the service could be made");
    }
    picked.channel = channel_;
    return picked;
  }
  const auto fail = [&picked](Status status) {
    if (picked.done) picked.done(status);
    return status;
  };
  auto endpoint = resolver_->Pick(ctx, &picked.done);
  if (!endpoint.ok()) return fail(endpoint.status());
  auto target = ParseTarget(*endpoint, options_.tls.has_value());
  if (!target.ok()) return fail(target.status());
  auto channel = pool_.Get(*target);
  if (!channel.ok()) return fail(channel.status());
  ctx.mutable_transport().endpoint = target->endpoint;
  picked.channel = std::move(*channel);
  return picked;
}

Status GrpcClient::Invoke(Context& ctx, const ClientMethod& method, const Message& request,
                          Message* reply, const CallOptions& options) {
  if (options.reply_info != nullptr) *options.reply_info = ReplyInfo();
  Context call(&ctx);
  if (const auto timeout = options.timeout.value_or(options_.timeout); timeout.count() > 0) {
    call.LimitDeadline(timeout);
  }
  Describe(method, options, &call);
  CallState state;
  state.method = &method;
  state.options = &options;
  state.call = &call;
  call.Set(&state);
  return (*handlers_.For(method.operation))(call, request, reply);
}

Status GrpcClient::Send(Context& ctx, const Message& request, Message* reply) {
  auto* const* found = ctx.Get<CallState*>();
  if (found == nullptr) {
    return InternalServer(
        "NO_CALL", "a client middleware went on with a context that is no child of the call's");
  }
  const CallState& state = **found;
  if (state.open) return state.open(ctx, request, HeadersOf(state, ctx));
  return Exchange(ctx, state, request, reply);
}

Status GrpcClient::Exchange(Context& ctx, const CallState& state, const Message& request,
                            Message* reply) {
  if (Status status = ctx.Err(); !status.ok()) return status;
  ::grpc::ByteBuffer out;
  if (Status status = WriteMessage(request, &out); !status.ok()) return status;
  ::grpc::ClientContext rpc;
  Status prepared = Prepare(ctx, HeadersOf(state, ctx), WaitsForReady(*state.options), &rpc);
  if (!prepared.ok()) return prepared;
  auto picked = Pick(ctx);
  if (!picked.ok()) return picked.status();

  ::grpc::GenericStub stub(picked->channel);
  ::grpc::ByteBuffer in;
  ::grpc::Status ended;
  fiber::Parker done;
  const std::string operation(state.method->operation);
  stub.UnaryCall(&rpc, operation, ::grpc::StubOptions(), &out, &in, [&](::grpc::Status status) {
    ended = std::move(status);
    done.Unpark();
  });
  {
    const std::stop_callback cancel(ctx.stop_token(), [&rpc] { rpc.TryCancel(); });
    done.Park();
  }
  ReplyInfo info = ReplyOf(rpc, true);
  state.call->mutable_reply_header() = info.headers;
  if (&ctx != state.call) ctx.mutable_reply_header() = info.headers;
  if (state.options->reply_info != nullptr) *state.options->reply_info = std::move(info);
  Status status = Outcome(ctx, ended);
  if (status.ok()) status = in.Valid() ? ReadReply(in, reply) : internal::MissingReply();
  if (picked->done) picked->done(status);
  return status;
}

Result<std::unique_ptr<internal::ClientCall>> GrpcClient::Open(Context& ctx,
                                                               const ClientMethod& method,
                                                               const Message* request,
                                                               const CallOptions& options) {
  if (method.request_stream == (request != nullptr) ||
      (!method.request_stream && !method.reply_stream)) {
    return BadRequest(kReasonCodec,
                      std::string(method.operation) +
                          (method.request_stream ? " streams its requests: none is given"
                           : method.reply_stream ? " takes one request"
                                                 : " does not stream") +
                          " when it is opened");
  }
  if (options.reply_info != nullptr) *options.reply_info = ReplyInfo();
  auto stream =
      std::make_unique<ClientStreamCall>(shared_from_this(), ctx, method.reply_stream, options);
  Context& whole = stream->context();
  if (options.timeout && options.timeout->count() > 0) whole.LimitDeadline(*options.timeout);
  Context opening(&whole);
  Describe(method, options, &opening);
  bool opened = false;
  CallState state;
  state.method = &method;
  state.options = &options;
  state.call = &opening;
  state.open = [&](Context& call, const Message& message, const Metadata& headers) -> Status {
    if (opened) {
      return InternalServer("NO_CALL", "a client middleware opened a streaming call twice");
    }
    // A middleware's deadline for the opening is no deadline of the stream.
    Status status = Prepare(whole, headers, WaitsForReady(options), &stream->rpc());
    if (!status.ok()) return status;
    auto picked = Pick(call);
    if (!picked.ok()) return picked.status();
    opened = true;
    return stream->Start(std::move(picked->channel), std::string(method.operation),
                         request == nullptr ? nullptr : &message, std::move(picked->done));
  };
  opening.Set(&state);
  const auto* rpc = FindRpc(method.operation);
  const std::unique_ptr<Message> reply(EmptyReply(rpc).New());
  Status status = (*handlers_.For(method.operation))(
      opening, request == nullptr ? EmptyRequest(rpc) : *request, reply.get());
  if (!status.ok()) return status;
  if (!opened) {
    return InternalServer("NO_STREAM",
                          "a client middleware answered a streaming call without opening it");
  }
  return std::unique_ptr<internal::ClientCall>(std::move(stream));
}

Result<std::shared_ptr<Client>> Make(ClientOptions options,
                                     std::shared_ptr<transport::Resolver> resolver) {
  auto client = std::make_shared<GrpcClient>(std::move(options), std::move(resolver));
  if (Status status = client->Connect(); !status.ok()) return status;
  return std::shared_ptr<Client>(std::move(client));
}

}  // namespace

Result<std::shared_ptr<Client>> Client::Create(ClientOptions options) {
  return Make(std::move(options), nullptr);
}

Result<std::shared_ptr<Client>> Client::Create(ClientOptions options,
                                               std::shared_ptr<transport::Resolver> resolver) {
  return Make(std::move(options), std::move(resolver));
}

std::shared_ptr<Client> Client::OverChannel(std::shared_ptr<::grpc::Channel> channel,
                                            ClientOptions options) {
  std::string endpoint = options.endpoint;
  auto client = std::make_shared<GrpcClient>(std::move(options), nullptr);
  client->UseChannel(std::move(channel), std::move(endpoint));
  return client;
}

std::shared_ptr<Client> Client::InProcess(::grpc::Service& service, std::size_t threads) {
  ClientOptions options;
  options.timeout = std::chrono::milliseconds(0);
  auto client = std::make_shared<GrpcClient>(std::move(options), nullptr);
  auto server = std::make_unique<PrivateServer>(service, threads);
  auto channel = server->channel();
  client->UseChannel(std::move(channel), "in-process", std::move(server));
  return client;
}

}  // namespace kratos::grpc
