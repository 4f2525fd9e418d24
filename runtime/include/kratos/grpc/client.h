// The gRPC client that generated clients call.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/grpc/method.h"
#include "kratos/middleware/middleware.h"
#include "kratos/stream/stream.h"
#include "kratos/transport/resolver.h"
#include "kratos/transport/tls.h"

namespace grpc {
class Channel;
class ChannelArguments;
class Service;
}  // namespace grpc

namespace kratos::grpc {

using ClientTlsOptions = transport::ClientTlsOptions;

/// What came back, also on errors; see CallOptions::reply_info.
struct ReplyInfo {
  /// Initial metadata.
  Metadata headers{};
  /// Trailing metadata, without what carries the status.
  Metadata trailers{};
};

/// Life of a client's connections.
struct ClientKeepalive {
  /// Silence after which the server is pinged; servers close connections that ping more often than
  /// they allow (gRPC: 5 min). Zero: never, the default.
  std::chrono::milliseconds time{0};
  /// Longest wait for the answer; beyond: the connection is closed. Default 20 s.
  std::chrono::milliseconds timeout{20'000};
  /// Pings while no call is open too.
  bool without_calls = false;
};

struct ClientOptions {
  /// "host:port", "grpc://host:port", "grpcs://host:port", or a name of gRPC's own ("dns:///name",
  /// "ipv4:1.2.3.4:9000,1.2.3.5:9000", "unix:/path").
  std::string endpoint{};
  /// For a whole unary call, connection included (Kratos: 2 s). Zero: none. The context's deadline
  /// can only shorten it. Streams have the context's alone.
  std::chrono::milliseconds timeout{2'000};
  std::vector<Middleware> middleware{};
  /// Put in front of gRPC's own.
  std::string user_agent{};
  /// Largest message taken; beyond: the call fails with 429. Default 64 MiB; zero: no limit.
  std::size_t max_receive_bytes = 64u << 20;
  /// Largest message sent; zero, the default: no limit.
  std::size_t max_send_bytes = 0;
  /// All metadata of a reply, in bytes. Default 64 KiB.
  std::size_t max_metadata_bytes = 64u << 10;
  /// TLS even where the endpoint does not say grpcs. gRPC always verifies the server.
  std::optional<ClientTlsOptions> tls{};
  ClientKeepalive keepalive{};
  /// gRPC's service config in JSON: retry policies, load balancing. Empty: none.
  std::string service_config{};
  /// Calls wait for a connection instead of failing while there is none. Default: off.
  bool wait_for_ready = false;
  /// Connections kept, one for each address a resolver picks; the longest unused one goes first.
  /// Default 256.
  std::size_t max_channels = 256;
  /// Last word on the channel's arguments, for what has no option here.
  std::function<void(::grpc::ChannelArguments&)> configure{};
};

/// What one call may change. A plain value.
struct CallOptions {
  /// Added to the request's metadata. Names that end in "-bin" carry any bytes, others printable
  /// ASCII.
  Metadata headers{};
  /// Wins over ClientOptions::timeout, and bounds a streaming call too; zero: none.
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<bool> wait_for_ready{};
  /// Filled with metadata of the reply, on errors too, when not null.
  ReplyInfo* reply_info = nullptr;
};

/// Calls one service's endpoint. Thread-safe: share one client among threads and generated clients.
/// In a fiber a call that waits holds no thread.
class Client {
 public:
  /// Fails when the endpoint or the TLS material is not usable; connects with the first call.
  static Result<std::shared_ptr<Client>> Create(ClientOptions options);
  /// With a resolver in place of a fixed endpoint.
  static Result<std::shared_ptr<Client>> Create(ClientOptions options,
                                                std::shared_ptr<transport::Resolver> resolver);
  /// Over a channel that was made elsewhere; of the options those about calls count.
  static std::shared_ptr<Client> OverChannel(std::shared_ptr<::grpc::Channel> channel,
                                             ClientOptions options = {});
  /// Calls `service`, of gRPC's own code generator, inside this process: nobody else can, but
  /// contexts, metadata, deadlines and all kinds of streams are as over the wire. `service` must
  /// outlive the client. Its synchronous methods run on at most `threads` threads; zero: 32, or
  /// eight times the cores if that is more.
  static std::shared_ptr<Client> InProcess(::grpc::Service& service, std::size_t threads = 0);
  virtual ~Client() = default;

  /// One unary call: middleware, exchange, reply or error decoded.
  virtual Status Invoke(Context& ctx, const ClientMethod& method,
                        const google::protobuf::Message& request, google::protobuf::Message* reply,
                        const CallOptions& options) = 0;
  /// Opens a streaming call. `request` is the one request of a server-streaming rpc, null for the
  /// others. Middleware runs once, around the opening, with a reply that stays empty. Does not wait
  /// for the server: what it refuses shows in Recv.
  ///
  /// `ctx` and options.reply_info must outlive the call. The call keeps its client alive.
  virtual Result<std::unique_ptr<kratos::internal::ClientCall>> Open(
      Context& ctx, const ClientMethod& method, const google::protobuf::Message* request,
      const CallOptions& options) = 0;

 protected:
  Client() = default;
};

}  // namespace kratos::grpc
