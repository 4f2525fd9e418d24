// The gRPC server: options, services, middleware, life cycle.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/errors/status.h"
#include "kratos/grpc/method.h"
#include "kratos/health/registry.h"
#include "kratos/middleware/middleware.h"
#include "kratos/transport/server.h"
#include "kratos/transport/tls.h"

namespace grpc {
class ServerBuilder;
class Service;
}  // namespace grpc

namespace kratos::grpc {

using TlsOptions = transport::TlsOptions;

/// What a client may make the server hold or wait for. Zero means no limit unless said otherwise.
struct Limits {
  /// One message, in bytes; beyond: RESOURCE_EXHAUSTED. Default 4 MiB.
  std::size_t max_receive_bytes = 4u << 20;
  std::size_t max_send_bytes = 0;
  /// All metadata of a call, in bytes; beyond: RESOURCE_EXHAUSTED. Default 64 KiB.
  std::size_t max_metadata_bytes = 64u << 10;
  /// Calls open on one connection; more wait in the client. Default 1000.
  std::size_t max_calls_per_connection = 1000;
  /// Threads that run calls. Default 0: started as calls need them, up to 32, or eight times the
  /// cores if that is more.
  std::size_t threads = 0;
  /// Unary calls waiting for a thread; further ones get UNAVAILABLE. Default 1024.
  std::size_t max_queued_calls = 1024;
  /// Streaming calls open at once; further ones get UNAVAILABLE. Default 65536.
  std::size_t max_streams = 65'536;
  /// Stack of each streaming call, in bytes; memory that is not touched costs nothing. Default 256
  /// KiB.
  std::size_t stream_stack_bytes = 256u << 10;
};

/// Life of connections. Zero means never unless said otherwise.
struct ServerKeepalive {
  /// Silence after which a client is pinged. Default 2 h, as gRPC.
  std::chrono::milliseconds time{7'200'000};
  /// Longest wait for the answer; beyond: the connection is closed. Default 20 s.
  std::chrono::milliseconds timeout{20'000};
  /// Pings clients that have no call open too.
  bool without_calls = false;
  /// Clients that ping more often than this without sending anything are turned away with GOAWAY.
  /// Default 5 min, as gRPC.
  std::chrono::milliseconds min_client_interval{300'000};
  /// Time without calls after which a connection is closed.
  std::chrono::milliseconds max_idle{0};
  /// Age at which a connection is closed, and how long its calls may go on then (zero: as long as
  /// they like). Gives load balancers a chance.
  std::chrono::milliseconds max_age{0};
  std::chrono::milliseconds max_age_grace{0};
};

struct ServerOptions {
  /// "host:port", ":port", "[::1]:port"; port 0 takes a free one. "unix:/path" and "unix:@name"
  /// (abstract) for a Unix-domain socket. Default ":0".
  std::string address = ":0";
  /// The URL told to registries. Default: derived from the address and the first usable interface.
  std::string endpoint{};
  /// Lets other sockets listen on the same TCP port (SO_REUSEPORT). Default: off.
  bool reuse_port = false;
  /// Deadline given to each unary call (Kratos: 1 s). Zero or less: none. A client's deadline can
  /// only shorten it. Streams have the client's alone.
  std::chrono::milliseconds timeout{1'000};
  /// Middleware around every service method; see also Server::Use.
  std::vector<Middleware> middleware{};
  /// Every rule of Use that matches runs, not the most specific one alone (see MiddlewareTable).
  /// Default: off, as Kratos.
  bool accumulate_middleware = false;
  std::optional<TlsOptions> tls{};
  /// Serves grpc.health.v1.Health: SERVING from Start to Stop, for "" and for each service.
  /// Default: on.
  bool health = true;
  /// What health asks too: while it does not serve or a check fails, health says NOT_SERVING for ""
  /// and for each service, as /readyz of kratos::admin does. A watch asks again after its max_age.
  /// Default: none.
  std::shared_ptr<kratos::health::Registry> health_registry{};
  /// Serves grpc.reflection.v1 and v1alpha, which show the whole schema to everyone who asks.
  /// Default: on, as Kratos.
  bool reflection = true;
  Limits limits{};
  ServerKeepalive keepalive{};
  /// When the server stops, streams have this long to end by themselves; then their contexts are
  /// cancelled and the peers told UNAVAILABLE. Unary calls have the whole grace period. Default 1
  /// s.
  std::chrono::milliseconds stream_drain{1'000};
  /// How long Stop goes on serving with Ready() false and health NOT_SERVING before it stops
  /// accepting. Default: none.
  std::chrono::milliseconds stop_delay{0};
  /// Last word on gRPC's own builder, for what has no option here. Must not add ports or generic
  /// services.
  std::function<void(::grpc::ServerBuilder&)> configure{};
};

/// Serves generated services over gRPC, with the middleware and the contexts that the HTTP server
/// gives them. Register everything first, then Start. Not movable.
///
/// Unary calls run on a pool of threads and may block; streaming ones run in fibers, so that those
/// that wait cost no thread (see kratos/fiber/fiber.h).
class Server : public transport::Server {
 public:
  explicit Server(ServerOptions options = {});
  /// Stops at once if need be, and waits for calls that run. Start must have returned.
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Middleware for one operation, or for all with a prefix when `selector` ends in '*' (see
  /// MiddlewareTable).
  void Use(std::string selector, std::vector<Middleware> chain);
  /// Deadline for one unary operation; wins over ServerOptions::timeout. Zero or less: none.
  void TimeoutFor(std::string operation, std::chrono::milliseconds timeout);

  /// Adds one rpc; called by generated code.
  void Bind(ServiceMethod method);
  /// Serves a service of gRPC's own code generator beside the generated ones, as gRPC does: without
  /// middleware, on threads of gRPC. It must outlive the server.
  void AddNativeService(::grpc::Service& service);
  /// All operations in order of registration.
  std::vector<std::string> Operations() const;

  /// Opens the listening socket, so that address() and Endpoint() are known. Calls that come before
  /// Start wait for it. Start does it if need be.
  Status Listen();
  /// Serves until Stop; returns when all is closed. Fails with one clear sentence when an option is
  /// wrong or the address is taken.
  Status Start() override;
  /// True from Start until Stop is called: what a readiness probe asks. Thread-safe.
  bool Ready() const override;
  /// Turns Ready() false and health NOT_SERVING, waits ServerOptions::stop_delay, stops accepting,
  /// waits up to `grace` (zero: no limit) for running calls, then cancels them. Returns 504 when
  /// calls were cut off. Thread-safe.
  Status Stop(std::chrono::milliseconds grace) override;
  /// "grpc://10.0.0.1:9000", grpcs with TLS.
  Result<std::string> Endpoint() override;
  void SetApp(std::shared_ptr<const AppInfo> app) override;
  /// "host:port" as bound, or the Unix-domain address; empty before Listen.
  std::string address() const;
  /// The bound port; 0 before Listen and for a Unix-domain socket.
  int port() const;

  /// Whether health tells of one service ("package.Service", "" for the server) that it serves
  /// while the server does. Default: it does. Thread-safe.
  void SetServing(std::string service, bool serving);

  const ServerOptions& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kratos::grpc
