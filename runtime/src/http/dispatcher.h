// From a request to its answer: the route table and the call around a handler. Built when the
// server starts, then only read.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/call_counters.h"
#include "http/call_pace.h"
#include "http/compression/options.h"
#include "http/engine.h"
#include "kratos/codec/codec.h"
#include "kratos/form/form.h"
#include "kratos/http/binding.h"
#include "kratos/http/server.h"
#include "kratos/middleware/middleware.h"
#include "kratos/route/matcher.h"
#include "kratos/route/path_template.h"

namespace kratos::http {

namespace internal {
struct CallState;
}  // namespace internal

/// A route as registered: what Bind and Router::Handle collect before the server starts.
struct RouteSpec {
  std::string operation;
  std::string method;
  std::string path;
  std::string body;
  /// The request's type for a generated binding, null for a hand-written route.
  const google::protobuf::Descriptor* request_type = nullptr;
  HandlerFunc handler;
  StreamKind stream = StreamKind::kUnary;
  /// A hand-written route that reads its body piece by piece and may go on for long.
  bool stream_body = false;
};

/// A route as served.
struct RouteEntry {
  RouteSpec spec;
  route::PathTemplate path_template;
  /// The variables' field paths, in template order.
  std::vector<std::string> variable_names;
  /// The field each variable binds, in template order; empty for a hand-written route.
  std::vector<form::FieldPath> path_fields;
  /// path_fields and the body's field: what the query must leave alone.
  std::vector<form::FieldPath> bound_elsewhere;
  /// The FieldMask that a PATCH derives from its body, or null.
  const google::protobuf::FieldDescriptor* derived_mask = nullptr;
  /// The operation's middleware around the call's target.
  Handler chain;
  codec::EncodeOptions encode;
  std::chrono::milliseconds timeout{0};
  /// Only a WebSocket may open it.
  bool websocket = false;
  /// How the engine is to carry it.
  CallPlan plan;
};

/// Settings by operation, as Server::Use, EncodeWith, TimeoutFor and RunInline collect them.
struct OperationSettings {
  MiddlewareTable middleware;
  std::vector<std::pair<std::string, codec::EncodeOptions>> encode;
  std::vector<std::pair<std::string, std::chrono::milliseconds>> timeouts;
  /// Operations, or prefixes of them that end in '*'.
  std::vector<std::string> run_inline;
};

class Dispatcher final : public EngineHandler {
 public:
  /// Builds the table. Fails with one sentence that names every route that is wrong.
  static kratos::Result<std::unique_ptr<Dispatcher>> Create(const ServerOptions& options,
                                                            const OperationSettings& settings,
                                                            std::vector<RouteSpec> routes);

  void Plan(const Request& request, CallPlan* plan) const override;
  void Serve(Exchange& exchange) override;
  void Reject(const Request& request, int status, const std::string& message,
              Response* response) override;

  /// The server's own URL, for TransportInfo; set before serving.
  void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }

  /// Whose server this is, for the contexts; set before serving.
  void set_app(std::shared_ptr<const AppInfo> app) { app_ = std::move(app); }

  ServerStats stats() const { return counters_.Read(); }

  /// Adds what every reply carries and makes sure that its head can be sent; an error says what
  /// keeps it from being.
  Status SealHead(Context& ctx) const;

  const ServerOptions& options() const { return options_; }
  const codec::Registry& codecs() const { return *codecs_; }
  /// Never null.
  const codec::Codec* json() const { return json_; }
  /// The content codings of replies, best first.
  const std::vector<Coding>& codings() const { return codings_; }

 private:
  Dispatcher(const ServerOptions& options, std::shared_ptr<const codec::Registry> codecs)
      : options_(options),
        codecs_(std::move(codecs)),
        json_(codecs_->Find("json")),
        codings_(OfferedCodings(options.compression)) {}

  Status AddRoute(RouteSpec spec, const OperationSettings& settings);
  Status Route(Context& ctx, internal::CallState& state) const;
  Status NoRoute(Context& ctx, route::Match::Outcome outcome) const;
  Status RunRoute(Context& ctx, internal::CallState& state, const route::Match& match) const;
  void Answer(Context& ctx, Status status) const;
  void Finish(Context& ctx) const;
  bool answers_unknown_inline() const;

  const ServerOptions& options_;
  std::shared_ptr<const codec::Registry> codecs_;
  const codec::Codec* json_;
  std::vector<Coding> codings_;
  CallCounters counters_;
  std::string endpoint_;
  std::shared_ptr<const AppInfo> app_;
  std::shared_ptr<const route::Matcher> matcher_;
  std::vector<RouteEntry> routes_;
  std::unique_ptr<CallPace[]> paces_;  // One for each route.
  bool has_websockets_ = false;
  /// Filters around routing.
  HandlerFunc entry_;
};

}  // namespace kratos::http
