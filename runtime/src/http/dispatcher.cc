#include "http/dispatcher.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "http/call_state.h"
#include "http/compression/request_body.h"
#include "http/error_encoder.h"
#include "http/grpc_timeout.h"
#include "http/http_date.h"
#include "http/update_mask.h"
#include "http/vary.h"
#include "http/websocket_handshake.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"
#include "kratos/log/log.h"
#include "kratos/route/percent.h"
#include "metadata/refill.h"
#include "middleware/guard_exceptions.h"

namespace kratos::http {

namespace {

using internal::CallState;
using kratos::internal::Refill;

// The routes that are opened as WebSockets stand apart: GET on the same path may be another rpc's.
// No request has such a method, which is no token.
constexpr char kWebSocketMethod[] = "GET WEBSOCKET";

// Fills in what the template and the body rule of a generated binding refer to.
Status ResolveFields(const ServerOptions& options, RouteEntry* entry) {
  const RouteSpec& spec = entry->spec;
  if (spec.request_type == nullptr) return {};
  for (const auto& variable : entry->path_template.variables()) {
    auto path = form::ResolveFieldPath(*spec.request_type, variable.FieldPath());
    if (!path.ok()) return path.status();
    entry->path_fields.push_back(*path);
  }
  entry->bound_elsewhere = entry->path_fields;
  if (!spec.body.empty() && spec.body != "*") {
    auto path = form::ResolveFieldPath(*spec.request_type, spec.body);
    if (!path.ok()) return path.status();
    entry->bound_elsewhere.push_back(*path);
    if (options.derive_update_mask && spec.method == "PATCH") {
      entry->derived_mask = FindUpdateMask(*spec.request_type);
    }
  }
  return {};
}

// The end of every middleware chain: the service method, unless the request could not be bound.
Status CallTarget(kratos::Context& ctx, const google::protobuf::Message& request,
                  google::protobuf::Message* reply) {
  Context* http = Context::From(ctx);
  if (!http->bind_status().ok()) return http->bind_status();
  const auto& target = http->state().target;
  return GuardExceptions(ctx, http->transport().operation, [&] {
    return target.function(target.object, ctx, request, reply, target.streams);
  });
}

// What keeps a reply from being sent as it is; "" when nothing does. Handlers and middleware reach
// the reply without going through Context's checked setters, and a header field with a line break
// in it would let its author write the rest of the reply.
std::string Unsendable(const Response& response) {
  if (response.status < 200 || response.status > 999)
    return fmt::format("the status {}", response.status);
  for (const auto& [name, value] : response.headers) {
    if (!IsToken(name)) return fmt::format("the header field name \"{}\"", name);
    if (!IsFieldValue(value))
      return fmt::format("the value of the header field {}: \"{}\"", name, value);
  }
  return "";
}

// Whether a cache may answer others with the reply: one without these fields is kept by none that
// would need to know by what it was chosen.
bool MayBeStored(const Metadata& headers) {
  return headers.Has("Cache-Control") || headers.Has("ETag") || headers.Has("Last-Modified") ||
         headers.Has("Expires");
}

}  // namespace

// Adds one route, or two where the rule's method and a WebSocket both lead to it.
Status Dispatcher::AddRoute(RouteSpec spec, const OperationSettings& settings) {
  route::ParseError error;
  const std::string path = options_.path_prefix + spec.path;
  auto path_template = route::PathTemplate::Parse(path, &error);
  if (!path_template) {
    return InternalServer("BAD_ROUTE",
                          fmt::format("{} (column {})", error.message, error.offset + 1));
  }
  if (path_template->variables().size() > route::kMaxVariables) {
    return InternalServer("BAD_ROUTE", fmt::format("more than {} variables", route::kMaxVariables));
  }
  RouteEntry entry;
  entry.spec = std::move(spec);
  entry.path_template = std::move(*path_template);
  if (entry.spec.operation.empty()) entry.spec.operation = path;
  entry.spec.path = path;
  for (const auto& variable : entry.path_template.variables())
    entry.variable_names.push_back(variable.FieldPath());
  if (Status status = ResolveFields(options_, &entry); !status.ok()) return status;
  const std::string& operation = entry.spec.operation;
  entry.chain = Chain(settings.middleware.Match(operation), CallTarget);
  entry.encode = options_.encode;
  for (const auto& [selector, encode] : settings.encode) {
    if (operation == selector) entry.encode = encode;
  }
  entry.timeout = options_.timeout;
  for (const auto& [selector, timeout] : settings.timeouts) {
    if (operation == selector) entry.timeout = timeout;
  }
  const StreamKind stream = entry.spec.stream;
  entry.plan.stream_body = entry.spec.stream_body || stream == StreamKind::kClient ||
                           stream == StreamKind::kUpload || stream == StreamKind::kBidi;
  entry.plan.long_lived = entry.plan.stream_body || stream == StreamKind::kServer;
  // The time-out of unary calls is none for streams.
  if (entry.plan.long_lived) entry.timeout = std::chrono::milliseconds(0);
  entry.plan.run = entry.plan.long_lived ? CallPlan::Run::kFiber : CallPlan::Run::kWorker;
  for (const std::string_view selector : settings.run_inline) {
    if (operation == selector ||
        (selector.ends_with('*') && operation.starts_with(selector.substr(0, selector.size() - 1))))
      entry.plan.run = CallPlan::Run::kInline;
  }
  const bool over_websocket =
      stream == StreamKind::kClient || stream == StreamKind::kUpload || stream == StreamKind::kBidi;
  if (over_websocket) {
    RouteEntry upgrade = entry;
    upgrade.spec.method = kWebSocketMethod;
    upgrade.websocket = true;
    routes_.push_back(std::move(upgrade));
    has_websockets_ = true;
    if (stream != StreamKind::kUpload) return {};
  }
  routes_.push_back(std::move(entry));
  return {};
}

kratos::Result<std::unique_ptr<Dispatcher>> Dispatcher::Create(const ServerOptions& options,
                                                               const OperationSettings& settings,
                                                               std::vector<RouteSpec> routes) {
  if (Status status = CheckCompression(options.compression); !status.ok()) return status;
  auto codecs = options.codecs;
  if (codecs == nullptr)
    codecs = std::make_shared<const codec::Registry>(codec::Registry::WithDefaults());
  if (codecs->Find("json") == nullptr) {
    return InternalServer(
        "BAD_OPTIONS", "the codec registry has no codec named json, which errors are written with");
  }
  std::unique_ptr<Dispatcher> dispatcher(new Dispatcher(options, std::move(codecs)));

  std::string wrong;
  for (RouteSpec& spec : routes) {
    const std::string name = spec.method + ' ' + options.path_prefix + spec.path;
    if (Status status = dispatcher->AddRoute(std::move(spec), settings); !status.ok())
      wrong += fmt::format("{}{}: {}", wrong.empty() ? "" : "; ", name, status.message());
  }
  if (!wrong.empty()) return InternalServer("BAD_ROUTE", "routes that cannot be served: " + wrong);

  route::Matcher::Builder builder({.ignore_trailing_slash = options.ignore_trailing_slash});
  for (const RouteEntry& entry : dispatcher->routes_)
    builder.Add(entry.spec.method, entry.path_template);
  std::vector<route::Conflict> conflicts;
  dispatcher->matcher_ = std::move(builder).Build(&conflicts);
  dispatcher->paces_ = std::make_unique<CallPace[]>(dispatcher->routes_.size());
  for (const route::Conflict& conflict : conflicts) {
    const bool same = conflict.relation == route::Relation::kSame;
    log::Write(same ? log::Level::kWarn : log::Level::kDebug,
               same ? "two routes match the same requests; the first registered one answers"
                    : "two routes overlap and neither is more specific",
               {{"first", dispatcher->routes_[conflict.first].spec.path},
                {"second", dispatcher->routes_[conflict.second].spec.path},
                {"example", conflict.witness}});
  }

  dispatcher->entry_ = [d = dispatcher.get()](Context& ctx) { return d->Route(ctx, ctx.state()); };
  for (auto it = options.filters.rbegin(); it != options.filters.rend(); ++it) {
    dispatcher->entry_ = (*it)(std::move(dispatcher->entry_));
  }
  return dispatcher;
}

// Without code of the user's a request that matches nothing is answered at once.
bool Dispatcher::answers_unknown_inline() const {
  return options_.filters.empty() && !options_.error_encoder && !options_.not_found_handler &&
         !options_.method_not_allowed_handler;
}

void Dispatcher::Plan(const Request& request, CallPlan* plan) const {
  using Outcome = route::Match::Outcome;
  plan->path = request.path();
  const auto find = [&](std::string_view method) {
    route::Match match;
    matcher_->Find(method, plan->path, &match);
    const bool found = match.outcome == Outcome::kFound;
    if (found) plan->match = match;
    return found;
  };
  const std::string_view method = request.method;
  const bool get = method == "GET";
  if (!get || !has_websockets_ || !IsWebSocketRequest(request) || !find(kWebSocketMethod)) {
    matcher_->Find(method, plan->path, &plan->match);
    // HEAD is answered by GET's route; the engine leaves the body out (RFC 9110, 9.3.2). A
    // WebSocket's route tells those who come without a handshake what is missing.
    if (plan->match.outcome != Outcome::kFound) {
      if (method == "HEAD") find("GET");
      if (get && has_websockets_) find(kWebSocketMethod);
    }
  }
  if (plan->match.outcome == Outcome::kFound) {
    const CallPlan& route = routes_[plan->match.route].plan;
    plan->run = route.run;
    plan->pace = &paces_[plan->match.route];
    plan->stream_body = route.stream_body;
    plan->long_lived = route.long_lived;
  } else if (answers_unknown_inline()) {
    plan->run = CallPlan::Run::kInline;
  }
}

void Dispatcher::Serve(Exchange& exchange) {
  const CallCounters::Running running(counters_, exchange.response);
  CallState state(*this, exchange.request, exchange.response, &exchange);
  Context ctx(state);
  TransportInfo& transport = ctx.mutable_transport();
  transport.side = TransportInfo::Side::kServer;
  Refill("http", &transport.kind);
  Refill(endpoint_, &transport.endpoint);
  Refill(exchange.request.peer, &transport.peer);
  ctx.set_app(app_.get());
  if (const auto deadline = exchange.deadline()) ctx.LimitDeadline(*deadline);
  const std::stop_callback cancel(exchange.peer_gone(), [&ctx] { ctx.Cancel(); });
  Status status = GuardExceptions(ctx, exchange.plan.path, [&] { return entry_(ctx); });
  if (state.head_sent) {
    if (status.ok() && state.reply_stream) status = state.reply_stream->Close();
    if (!status.ok()) exchange.BreakReply();
    return;
  }
  Answer(ctx, std::move(status));
  Finish(ctx);
}

Status Dispatcher::SealHead(Context& ctx) const {
  Response& response = ctx.response();
  if (std::string what = Unsendable(response); !what.empty()) {
    log::Write(ctx, log::Level::kError, "a reply holds what HTTP cannot carry",
               {{"operation", ctx.transport().operation}, {"what", std::move(what)}});
    return InternalServer("BAD_REPLY", "internal error");
  }
  response.headers.Set("Date", HttpDateNow());
  return {};
}

void Dispatcher::Finish(Context& ctx) const {
  Response& response = ctx.response();
  if (response.status == 205) {  // RFC 9110, 15.3.6: it has no content.
    response.body.clear();
    response.headers.Remove("Content-Type");
  }
  Status sealed = SealHead(ctx);
  if (!sealed.ok()) {
    response.Clear();
    Answer(ctx, std::move(sealed));
    if (!SealHead(ctx).ok()) {  // The error encoder's own doing.
      response.Clear();
      response.status = 500;
    }
  }
  if (ctx.state().by_accept && MayBeStored(response.headers)) AddVary("Accept", &response.headers);
  ctx.state().compression.Apply(&response);
}

void Dispatcher::Reject(const Request& request, int status, const std::string& message,
                        Response* response) {
  counters_.CountRefused();
  Request copy = request;
  CallState state(*this, copy, *response, nullptr);
  Context ctx(state);
  Answer(ctx, Error(status, std::string(ReasonOfRefusal(status)), message));
  Finish(ctx);
}

// Turns a failure into its body. Without a failure and without an answer the reply is an empty 200.
void Dispatcher::Answer(Context& ctx, Status status) const {
  if (status.ok()) return;
  Response& response = ctx.response();
  response.committed = false;
  const Status encoded = GuardExceptions(ctx, ctx.transport().operation, [&] {
    if (options_.error_encoder) {
      options_.error_encoder(ctx, status.error());
    } else {
      DefaultErrorEncoder(ctx, status.error());
    }
    return Status();
  });
  if (!encoded.ok()) {
    response.status = 500;
    response.headers.Remove("Content-Type");
    response.body.clear();
  }
  response.committed = true;
}

Status Dispatcher::Route(Context& ctx, CallState& state) const {
  const route::Match& match = state.exchange->plan.match;
  return match.outcome == route::Match::Outcome::kFound ? RunRoute(ctx, state, match)
                                                        : NoRoute(ctx, match.outcome);
}

Status Dispatcher::NoRoute(Context& ctx, route::Match::Outcome outcome) const {
  const Request& request = ctx.request();
  if (outcome == route::Match::Outcome::kBadPath && request.target != "*") {
    return BadRequest(kReasonCodec, "the path holds a malformed percent-escape");
  }
  if (outcome == route::Match::Outcome::kNotFound && request.target != "*") {
    if (options_.not_found_handler) return options_.not_found_handler(ctx);
    return NotFound(kReasonNotFound,
                    fmt::format("no route for {} {}", request.method, request.path()));
  }
  std::vector<std::string> allowed;
  if (request.target != "*") allowed = matcher_->AllowedMethods(request.path());
  if (std::find(allowed.begin(), allowed.end(), "GET") != allowed.end()) allowed.push_back("HEAD");
  if (std::erase(allowed, kWebSocketMethod) != 0) allowed.push_back("GET");
  allowed.push_back("OPTIONS");
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  ctx.mutable_reply_header().Set("Allow", fmt::format("{}", fmt::join(allowed, ", ")));
  if (request.method == "OPTIONS") return ctx.Blob(204, "", "");
  if (options_.method_not_allowed_handler) return options_.method_not_allowed_handler(ctx);
  return Error(405, kReasonMethodNotAllowed,
               fmt::format("{} is not allowed for {}; allowed: {}", request.method, request.path(),
                           ctx.reply_header().Get("Allow")));
}

Status Dispatcher::RunRoute(Context& ctx, CallState& state, const route::Match& match) const {
  const RouteEntry& entry = routes_[match.route];
  state.route = &entry;
  TransportInfo& transport = ctx.mutable_transport();
  Refill(entry.spec.operation, &transport.operation);
  Refill(entry.spec.path, &transport.path_template);
  Refill(state.request.method, &transport.http_method);
  Refill(state.exchange->plan.path, &transport.http_path);
  const auto& variables = entry.path_template.variables();
  state.vars.reserve(variables.size());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    std::string value;
    const auto error = variables[i].multi_segment ? route::DecodeSegments(match.capture(i), &value)
                                                  : route::DecodeSegment(match.capture(i), &value);
    if (error != route::DecodeError::kNone) {
      return BadRequest(
          kReasonCodec,
          fmt::format("path variable \"{}\": {}", entry.variable_names[i],
                      error == route::DecodeError::kBadEscape ? "malformed percent-escape"
                                                              : "the decoded bytes are not UTF-8"));
    }
    state.vars.emplace_back(entry.variable_names[i], std::move(value));
  }
  const Context::Clock::time_point began = state.exchange->began;
  if (entry.timeout.count() > 0) ctx.LimitDeadline(began + entry.timeout);
  if (const std::string* text = state.request.headers.Find("Grpc-Timeout")) {
    const auto timeout = ParseGrpcTimeout(*text);
    if (!timeout)
      return BadRequest(
          kReasonCodec,
          fmt::format("Grpc-Timeout \"{}\" is not up to eight digits and a unit", *text));
    ctx.LimitDeadline(began + std::chrono::duration_cast<Context::Clock::duration>(*timeout));
  }
  if (options_.compression.requests) {
    const Limits& limits = options_.limits;
    state.body_status = DecompressBody(
        limits.max_decompressed_bytes.value_or(limits.max_body_bytes), &state.request);
    // A generated handler meets it when it binds, so that middleware runs first.
    if (!state.body_status.ok() && entry.spec.request_type == nullptr)
      return state.RefuseBody(state.body_status);
  }
  return entry.spec.handler(ctx);
}

}  // namespace kratos::http
