// The HTTP server: options, routes, middleware, life cycle.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/codec/codec.h"
#include "kratos/errors/status.h"
#include "kratos/http/binding.h"
#include "kratos/http/compression.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"
#include "kratos/middleware/middleware.h"
#include "kratos/transport/server.h"
#include "kratos/transport/tls.h"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace kratos::http {

class Context;

namespace internal {
class ServerAccess;
}  // namespace internal

/// Answers one request through its context.
using HandlerFunc = std::function<Status(Context& ctx)>;
/// Wraps a handler at HTTP level; composed when the server starts.
using Filter = std::function<HandlerFunc(HandlerFunc next)>;
/// Writes an OK reply. `field` is null for the whole message.
using ResponseEncoder = std::function<Status(Context& ctx, const google::protobuf::Message& reply,
                                             const google::protobuf::FieldDescriptor* field)>;
/// Writes an error. Must leave ctx.response() answered.
using ErrorEncoder = std::function<void(Context& ctx, const Error& error)>;

/// What a client may make the server hold or wait for. Zero means no limit unless said otherwise.
struct Limits {
  /// Request body after removal of the transfer coding, in bytes; beyond: 413. Default 4 MiB.
  std::size_t max_body_bytes = 4u << 20;
  /// A compressed request body after decompression, in bytes, and what lies between two codings;
  /// beyond: 413. Default: as max_body_bytes.
  std::optional<std::size_t> max_decompressed_bytes{};
  /// Request target, in bytes; beyond: 414. Default 8000.
  std::size_t max_target_bytes = 8000;
  /// All header fields together, in bytes; beyond: 431. Default 64 KiB.
  std::size_t max_header_bytes = 64u << 10;
  /// Number of header fields; beyond: 431. Default 100.
  std::size_t max_header_count = 100;
  /// Query parameters; beyond: 400. Default 1000.
  std::size_t max_query_pairs = 1000;
  /// Nesting of a JSON, XML or YAML body; beyond: 400. Default 100.
  int max_json_depth = 100;
  /// Longest time for one head, and longest silence of a body; beyond: 408. Default 10 s.
  std::chrono::milliseconds read_timeout{10'000};
  /// Longest stall while a reply is written; beyond: the connection is closed. Default 10 s.
  std::chrono::milliseconds write_timeout{10'000};
  /// Longest idle time between two requests of a connection; beyond: it is closed. Shorter while
  /// others wait for a thread; a fresh connection has read_timeout instead. Default 60 s.
  std::chrono::milliseconds idle_timeout{60'000};
  /// Requests served on one connection before it is closed. Default 1000.
  std::size_t max_requests_per_connection = 1000;
  /// Threads that run calls. Default 0. asio engine: the most calls at once, those on the threads
  /// for sockets included (see io_threads); threads are started as calls need them, up to 32, or
  /// eight times the cores if that is more. httplib engine: connections served at once; 8, or twice
  /// the cores if that is more.
  std::size_t threads = 0;
  /// Calls waiting for a thread (asio engine); further ones get 503 with Retry-After. Default 1024.
  std::size_t max_queued_calls = 1024;
  /// Threads that read and write sockets, and run the calls of methods that have been quick so far
  /// (asio engine); another one takes over from a thread that such a call holds up. Default 0: one
  /// for each two cores, at least one.
  std::size_t io_threads = 0;
  /// Open connections (asio engine); further ones get 503 with Retry-After, or are closed when the
  /// connection is encrypted. Default 65536.
  std::size_t max_connections = 65'536;
  /// Connections waiting for a thread (httplib engine); further ones get 503 with Retry-After, or
  /// are closed when the connection is encrypted. Default 1024.
  std::size_t max_queued_connections = 1024;
  /// Stack of each streaming call (asio engine), in bytes; memory that is not touched costs
  /// nothing. Default 256 KiB.
  std::size_t stream_stack_bytes = 256u << 10;
};

using TlsOptions = transport::TlsOptions;

/// The shape of error bodies.
enum class ErrorBody {
  kKratos,     ///< {"code":404,"reason":"...","message":"...","metadata":{}}
  kGoogleRpc,  ///< google.rpc.Status: {"code":5,"message":"...","details":[ErrorInfo]}
};

struct ServerOptions {
  /// "host:port", ":port", "[::1]:port"; port 0 takes a free one. "unix:/path" and "unix:@name"
  /// (abstract) for a Unix-domain socket, "systemd:" or "systemd:name" for a socket handed over by
  /// systemd. Default ":0".
  std::string address = ":0";
  /// The URL told to registries. Default: derived from the address and the first usable interface.
  std::string endpoint{};
  /// Which engine serves: "asio" (event-driven: idle connections cost memory only) or "httplib" (a
  /// thread a connection). Default "": asio where the build has Boost, else httplib.
  std::string engine{};
  /// Lets other sockets, of this process or another, listen on the same TCP port; the kernel shares
  /// the connections out (SO_REUSEPORT). Default: off.
  bool reuse_port = false;
  /// Deadline given to each call (Kratos: 1 s). Zero or less: none. A client's Grpc-Timeout can
  /// only shorten it.
  std::chrono::milliseconds timeout{1'000};
  /// Prefixed to every route: "/api".
  std::string path_prefix{};
  /// A trailing '/' of the request path is ignored. Default: off. There are never redirects.
  bool ignore_trailing_slash = false;
  /// Unknown query parameters, and ones that name a field of path or body, are 400. Default:
  /// ignored.
  bool strict_query = false;
  /// Derives the mask of a PATCH with `body: "field"` from the body's keys when it is absent.
  /// Default: on.
  bool derive_update_mask = true;
  /// Middleware around every service method; see also Server::Use.
  std::vector<Middleware> middleware{};
  /// Every rule of Use that matches runs, not the most specific one alone (see MiddlewareTable).
  /// Default: off, as Kratos.
  bool accumulate_middleware = false;
  /// Around everything, also 404 and 405; the first is outermost.
  std::vector<Filter> filters{};
  /// Compression of replies and decompression of request bodies. Default: both on.
  CompressionOptions compression{};
  /// Emit style of replies.
  codec::EncodeOptions encode{};
  /// Reads the Go-struct shapes of Timestamp and Duration too.
  bool go_struct_shapes = false;
  /// Null: the default set.
  std::shared_ptr<const codec::Registry> codecs{};
  /// Null: the built-in ones.
  ResponseEncoder response_encoder{};
  ErrorEncoder error_encoder{};
  /// What the built-in error encoder writes. Default: as Kratos.
  ErrorBody error_body = ErrorBody::kKratos;
  HandlerFunc not_found_handler{};
  HandlerFunc method_not_allowed_handler{};
  std::optional<TlsOptions> tls{};
  Limits limits{};
  StreamOptions streams{};
  WebSocketOptions websocket{};
  /// How long Stop goes on serving with Ready() false before it stops accepting: time for whoever
  /// sends requests here to notice. Replies say "Connection: close" meanwhile, so that clients
  /// leave between two requests and not in the middle of one. Default: none.
  std::chrono::milliseconds stop_delay{0};
};

/// A group of routes below a prefix, with filters of its own. A small handle; the server must
/// outlive it.
class Router {
 public:
  Router Group(std::string_view prefix, std::vector<Filter> filters = {}) const;
  /// Adds a route; `path` is a path template below the prefix. A broken template or one variable
  /// too many is remembered and fails Start.
  void Handle(std::string_view method, std::string_view path, HandlerFunc handler,
              std::vector<Filter> filters = {}) const;
  void Get(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Head(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Post(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Put(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Patch(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Delete(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  void Options(std::string_view path, HandlerFunc handler, std::vector<Filter> filters = {}) const;
  /// As Handle for a handler that reads the body itself, with Context::ReadBody, or takes long over
  /// its reply. It runs in a fiber where the engine has them, has no deadline but the client's, and
  /// no limit on the body.
  void Stream(std::string_view method, std::string_view path, HandlerFunc handler,
              std::vector<Filter> filters = {}) const;

 private:
  friend class Server;
  struct Scope;
  explicit Router(std::shared_ptr<const Scope> scope) : scope_(std::move(scope)) {}
  std::shared_ptr<const Scope> scope_;
};

/// A route as Server::Routes lists it.
struct RouteInfo {
  std::string method{};
  std::string path{};
  /// Empty for hand-written routes.
  std::string operation{};
};

/// What a server has done since it began to listen. The numbers are read one after the other.
struct ServerStats {
  /// Calls that were begun.
  std::uint64_t started = 0;
  /// Calls that have not ended, open streams included.
  std::uint64_t running = 0;
  /// Requests that never became calls: malformed, beyond a limit, too many at once.
  std::uint64_t refused = 0;
  /// Calls that have ended by the first digit of their status: 1xx to 5xx (others count as 5xx).
  std::array<std::uint64_t, 5> answered{};
};

/// Serves generated services and hand-written routes. Register everything first, then Start; the
/// route table is built once and then only read. Not movable.
class Server : public transport::Server {
 public:
  explicit Server(ServerOptions options = {});
  ~Server() override;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Middleware for one operation, or for all with a prefix when `selector` ends in '*' (see
  /// MiddlewareTable).
  void Use(std::string selector, std::vector<Middleware> chain);
  /// Emit style for one operation; wins over ServerOptions::encode.
  void EncodeWith(std::string operation, codec::EncodeOptions options);
  /// Runs the calls of an operation, or of all with a prefix when `selector` ends in '*', on the
  /// threads for sockets without looking whether they are quick: for methods that never block only,
  /// since every connection of the thread waits for them, and with a stack of
  /// Limits::stream_stack_bytes. They are not told when their client leaves. The httplib engine
  /// runs calls where their connection is anyway.
  void RunInline(std::string selector);
  /// Deadline for one operation; wins over ServerOptions::timeout. Zero or less: none.
  void TimeoutFor(std::string operation, std::chrono::milliseconds timeout);

  /// Routes below `prefix`, written by hand, beside generated ones.
  Router Route(std::string_view prefix, std::vector<Filter> filters = {});
  /// Adds one binding of an rpc; called by generated code. `request` resolves the field paths of
  /// template and body.
  void Bind(const Binding& binding, const google::protobuf::Descriptor& request,
            HandlerFunc handler);
  /// All routes in order of registration.
  std::vector<RouteInfo> Routes() const;

  /// Opens the listening socket without serving yet, so that address() and Endpoint() are known.
  /// Start does it if need be.
  Status Listen();
  /// Serves until Stop; returns when all is closed. Fails with one clear sentence when a route or
  /// option is wrong or the address is taken.
  Status Start() override;
  /// True from the moment requests are answered until Stop is called: what a readiness probe asks.
  /// Thread-safe.
  bool Ready() const override;
  /// Turns Ready() false, waits ServerOptions::stop_delay, stops accepting, waits up to `grace`
  /// (zero: no limit) for running calls, then closes. A request that has come by then is answered;
  /// a connection that was made within the last half second may still send its first one. Returns
  /// 504 when calls were cut off. Thread-safe.
  Status Stop(std::chrono::milliseconds grace) override;
  /// Uses other certificates for connections that come from now on; the options must have had `tls`
  /// from the start. Fails, and changes nothing, when they are not usable. Thread-safe.
  Status ReloadTls(const TlsOptions& tls);
  /// "http://10.0.0.1:8000", https with TLS.
  kratos::Result<std::string> Endpoint() override;
  void SetApp(std::shared_ptr<const AppInfo> app) override;
  /// The bound port; 0 before Listen.
  int port() const;

  const ServerOptions& options() const;
  /// Thread-safe; zeros before Listen.
  ServerStats stats() const;

 private:
  friend class Router;
  friend class internal::ServerAccess;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kratos::http
