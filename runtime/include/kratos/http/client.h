// The HTTP client that generated clients call.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/codec/codec.h"
#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/http/binding.h"
#include "kratos/http/message.h"
#include "kratos/http/stream_options.h"
#include "kratos/middleware/middleware.h"
#include "kratos/stream/stream.h"
#include "kratos/transport/resolver.h"
#include "kratos/transport/tls.h"

namespace kratos::http {

// Every member has an initializer, so that {.endpoint = "..."} compiles without a warning about the
// others.

/// What came back, also on errors; see CallOptions::reply_info.
struct ReplyInfo {
  int status = 0;
  Metadata headers{};
};

using ClientTlsOptions = transport::ClientTlsOptions;

struct ClientOptions {
  /// "host:port", "http://host:port/prefix" or "https://..."; a path becomes a prefix of every
  /// call.
  std::string endpoint{};
  /// For the whole call, connection included (Kratos: 2 s). Zero: none. The context's deadline can
  /// only shorten it.
  std::chrono::milliseconds timeout{2'000};
  std::chrono::milliseconds connect_timeout{2'000};
  /// Idle connections kept for reuse. Default 16.
  std::size_t max_idle_connections = 16;
  /// How long an idle connection is kept. Default 30 s.
  std::chrono::milliseconds idle_timeout{30'000};
  std::vector<Middleware> middleware{};
  std::string user_agent{};
  /// Codec of requests, and of replies through Accept: "protojson" as Kratos's generated clients,
  /// "json", "proto", ...
  std::string codec = "protojson";
  codec::EncodeOptions encode{.emit_unpopulated = false};
  std::shared_ptr<const codec::Registry> codecs{};
  /// Largest reply body taken, counted without its content codings; beyond: the call fails. Default
  /// 64 MiB; zero: no limit.
  std::size_t max_reply_bytes = 64u << 20;
  /// Redirects followed (307/308 for every method, 301/302/303 for GET and HEAD only); 0: none.
  /// Default 10.
  int max_redirects = 10;
  /// Tries of a call whose method is idempotent (GET, HEAD, PUT, DELETE, OPTIONS) after a
  /// connection failure or 503. Default 1: no retry.
  int max_attempts = 1;
  /// Writes the time left into Grpc-Timeout so that the server gives up when we do. Default: off,
  /// as Kratos.
  bool send_deadline = false;
  std::optional<ClientTlsOptions> tls{};
  ClientStreamOptions streams{};
};

/// What one call may change. A plain value.
struct CallOptions {
  /// Which binding: 0 the primary, 1 the first of additional_bindings, ...
  std::size_t binding = 0;
  /// HTTP method for a binding whose method is "*"; required there.
  std::string method{};
  /// Added to the request.
  Metadata headers{};
  /// Wins over ClientOptions::timeout; zero: none.
  std::optional<std::chrono::milliseconds> timeout{};
  /// Wins over ClientOptions::codec for the request body / for Accept.
  std::string content_type{};
  std::string accept{};
  /// Filled with status and headers of the reply, on errors too, when not null.
  ReplyInfo* reply_info = nullptr;
};

/// An rpc as generated clients describe it: every binding, primary first.
struct ClientMethod {
  std::string_view operation;
  std::vector<Binding> bindings;
};

using Resolver = transport::Resolver;

/// Calls one service's endpoint. Thread-safe: share one client among threads and generated clients.
class Client {
 public:
  /// Fails when the endpoint or the TLS material is not usable; connects lazily.
  static kratos::Result<std::shared_ptr<Client>> Create(ClientOptions options);
  /// With a resolver in place of a fixed endpoint.
  static kratos::Result<std::shared_ptr<Client>> Create(ClientOptions options,
                                                        std::shared_ptr<Resolver> resolver);
  virtual ~Client() = default;

  /// One unary call: URL and body from `request` by the chosen binding, middleware, exchange, reply
  /// or error decoded. A google.api.HttpBody, as message or as the field `body` or `response_body`
  /// names, travels as raw bytes.
  virtual Status Invoke(kratos::Context& ctx, const ClientMethod& method,
                        const google::protobuf::Message& request, google::protobuf::Message* reply,
                        const CallOptions& options) = 0;
  /// Opens a streaming call. `request` is the one request of a server-streaming rpc: what refuses
  /// it is this call's error. It is null for the others, which connect with the first message sent,
  /// whose fields make the URL; where the path has no variables Recv or CloseSend may come first.
  ///
  /// ClientOptions::timeout bounds the time until the server has answered (for uploads: until the
  /// request's head is sent), the deadline of `ctx` the whole call; it and its cancellation wake
  /// whoever waits. Middleware runs once, around the opening, with a reply that stays empty.
  /// Redirects are followed, except by uploads. 501 in a build without Boost.
  ///
  /// `ctx`, options.reply_info and what the texts of `method` point to must outlive the call. The
  /// call keeps its client alive.
  virtual kratos::Result<std::unique_ptr<kratos::internal::ClientCall>> Open(
      kratos::Context& ctx, const ClientMethod& method, const google::protobuf::Message* request,
      const CallOptions& options) = 0;
  /// Sends a ready request (target relative to the endpoint) and gives back the reply whatever its
  /// status. Runs no middleware.
  virtual kratos::Result<Response> Do(kratos::Context& ctx, const Request& request) = 0;

 protected:
  Client() = default;
};

}  // namespace kratos::http
