#include "kratos/http/client.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

#include "http/client_binding.h"
#include "http/client_call.h"
#include "http/client_endpoint.h"
#include "http/client_error.h"
#include "http/client_exchange.h"
#include "http/client_headers.h"
#include "http/client_reply.h"
#include "http/client_stream_call.h"
#include "http/client_stream_exchange.h"
#include "http/client_watchdog.h"
#include "http/grpc_timeout.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "middleware/handler_cache.h"

namespace kratos::http {

namespace {

class HttpClient final : public Client,
                         public StreamHost,
                         public std::enable_shared_from_this<HttpClient> {
 public:
  HttpClient(ClientOptions options, std::shared_ptr<const codec::Registry> codecs,
             ContentChoice content, std::optional<Endpoint> endpoint,
             std::shared_ptr<Resolver> resolver)
      : options_(std::move(options)),
        user_agent_(options_.user_agent.empty() ? std::string(kDefaultUserAgent)
                                                : options_.user_agent),
        codecs_(std::move(codecs)),
        content_(std::move(content)),
        endpoint_(std::move(endpoint)),
        resolver_(std::move(resolver)),
        exchanger_(options_),
        streams_(options_, exchanger_),
        handlers_(options_.middleware,
                  [this](Context& ctx, const google::protobuf::Message& request,
                         google::protobuf::Message* reply) { return Send(ctx, request, reply); }) {}

  Status LoadTls() { return exchanger_.LoadTls(); }

  Status Invoke(Context& ctx, const ClientMethod& method, const google::protobuf::Message& request,
                google::protobuf::Message* reply, const CallOptions& options) override;
  Result<std::unique_ptr<internal::ClientCall>> Open(Context& ctx, const ClientMethod& method,
                                                     const google::protobuf::Message* request,
                                                     const CallOptions& options) override;
  Result<Response> Do(Context& ctx, const Request& request) override;

  const ClientOptions& options() const override { return options_; }
  const codec::Registry& codecs() const override { return *codecs_; }
  const ContentChoice& content() const override { return content_; }
  std::string_view user_agent() const override { return user_agent_; }
  Watchdog& watchdog() override { return watchdog_; }
  BindingPlans& plans() override { return plans_; }
  Status RunMiddleware(Context& ctx, std::string_view operation,
                       const google::protobuf::Message& request,
                       google::protobuf::Message* reply) override {
    return (*handlers_.For(operation))(ctx, request, reply);
  }
  OpenedStream Connect(Context& ctx, const Context& whole, StreamWire wire, OutgoingCall& call,
                       std::string_view target) override;

 private:
  // What the middleware wraps.
  Status Send(Context& ctx, const google::protobuf::Message& request,
              google::protobuf::Message* reply);
  // Tries `run` until there is a reply, or no more tries. The server is told the time that `whole`
  // has left.
  template <class Run>
  auto Try(Context& ctx, const Context& whole, OutgoingCall& call, std::string_view target,
           Run run);
  Result<Endpoint> PickEndpoint(const Context& ctx, std::function<void(const Status&)>* done);

  const ClientOptions options_;
  const std::string user_agent_;
  const std::shared_ptr<const codec::Registry> codecs_;
  const ContentChoice content_;
  const std::optional<Endpoint> endpoint_;
  const std::shared_ptr<Resolver> resolver_;
  Watchdog watchdog_;
  Exchanger exchanger_;
  StreamExchanger streams_;
  BindingPlans plans_;
  HandlerCache handlers_;
};

Result<Endpoint> HttpClient::PickEndpoint(const Context& ctx,
                                          std::function<void(const Status&)>* done) {
  if (resolver_ == nullptr) return *endpoint_;
  const auto picked = resolver_->Pick(ctx, done);
  if (!picked.ok()) return picked.status();
  return ParseEndpoint(*picked, options_.tls.has_value());
}

template <class Run>
auto HttpClient::Try(Context& ctx, const Context& whole, OutgoingCall& call,
                     std::string_view target, Run run) {
  const int tries = IsIdempotent(call.method) ? std::max(options_.max_attempts, 1) : 1;
  CallGuard guard(watchdog_, ctx.deadline(), ctx.stop_token());
  decltype(run(guard, call)) result;
  for (int attempt = 1;; ++attempt) {
    result = {};
    result.reply.status = 0;
    std::function<void(const Status&)> done;
    auto endpoint = PickEndpoint(ctx, &done);
    if (!endpoint.ok()) {
      result.status = endpoint.status();
      if (done) done(result.status);
      return result;
    }
    ctx.mutable_transport().endpoint = endpoint->origin.ToString();
    call.address = {endpoint->origin, endpoint->prefix + std::string(target)};
    if (const auto left = whole.TimeLeft(); left && options_.send_deadline) {
      call.headers.Set("Grpc-Timeout", FormatGrpcTimeout(*left));
    }
    result = run(guard, call);
    const bool answered = result.status.ok();
    if (done) {
      done(!answered || IsSuccess(result.reply.status) ? result.status
                                                       : ErrorFromReply(*codecs_, result.reply));
    }
    if (attempt >= tries || (answered ? result.reply.status != 503 : !result.may_pass))
      return result;
    const auto delay = Backoff(attempt);
    // A wait that would use up the rest is no use to the caller; the failure at hand says more than
    // a time-out.
    if (const auto left = guard.TimeLeft(); left && *left <= delay) return result;
    if (!fiber::SleepFor(ctx, delay).ok()) {
      result.status = guard.Check();
      return result;
    }
  }
}

Status HttpClient::Invoke(Context& ctx, const ClientMethod& method,
                          const google::protobuf::Message& request,
                          google::protobuf::Message* reply, const CallOptions& options) {
  if (options.reply_info != nullptr) *options.reply_info = ReplyInfo();
  const auto chosen_binding = ChooseBinding(method, options);
  if (!chosen_binding.ok()) return chosen_binding.status();
  CallState state;
  state.options = &options;
  state.binding = chosen_binding->binding;
  state.method = chosen_binding->method;

  auto plan = plans_.Find(*state.binding, *request.GetDescriptor(), *reply->GetDescriptor());
  if (!plan.ok()) return plan.status();
  state.plan = *plan;

  const ContentChoice* content = &content_;
  Result<ContentChoice> chosen = Status();
  if (!options.content_type.empty() && !state.plan->body.raw) {
    chosen = ChooseContent(*codecs_, options.content_type);
    if (!chosen.ok()) return chosen.status();
    content = &*chosen;
  }
  state.codec = content->codec;

  Context call(&ctx);
  if (const auto timeout = options.timeout.value_or(options_.timeout);
      timeout > std::chrono::milliseconds::zero()) {
    call.LimitDeadline(timeout);
  }
  auto& transport = call.mutable_transport();
  transport.side = TransportInfo::Side::kClient;
  transport.kind = "http";
  transport.operation = method.operation;
  transport.path_template = state.binding->path;
  transport.http_method = state.method;
  if (endpoint_) transport.endpoint = endpoint_->origin.ToString();

  BaseFields fields;
  fields.user_agent = user_agent_;
  fields.accept = AcceptFor(options, content_.media_type);
  if (state.plan->body.raw) {
    fields.content_type = RawContentType(state.plan->body, request);
    if (fields.content_type.empty()) fields.content_type = options.content_type;
    if (fields.content_type.empty()) fields.content_type = "application/octet-stream";
  } else if (state.plan->body.kind != BodyRule::Kind::kNone) {
    fields.content_type = content->media_type;
  }
  call.mutable_request_header() = MakeHeaders(fields, options.headers);
  state.call = &call;
  call.Set(&state);
  return (*handlers_.For(method.operation))(call, request, reply);
}

Status HttpClient::Send(Context& ctx, const google::protobuf::Message& request,
                        google::protobuf::Message* reply) {
  auto* const* found = ctx.Get<CallState*>();
  if (found == nullptr) {
    return InternalServer(
        "NO_CALL", "a client middleware went on with a context that is no child of the call's");
  }
  CallState& state = **found;
  Metadata headers = state.call->request_header();
  if (&ctx != state.call) {
    for (const auto name : ctx.request_header().Names()) headers.Remove(name);
    for (const auto& [name, value] : ctx.request_header()) headers.Add(name, value);
  }
  if (state.open) {
    Metadata reply_headers;
    Status status = state.open(ctx, request, std::move(headers), &reply_headers);
    state.call->mutable_reply_header() = reply_headers;
    if (&ctx != state.call) ctx.mutable_reply_header() = std::move(reply_headers);
    return status;
  }
  auto plan = state.plan;
  if (plan->request != request.GetDescriptor() || plan->reply != reply->GetDescriptor()) {
    // A middleware put other messages in place.
    auto other = plans_.Find(*state.binding, *request.GetDescriptor(), *reply->GetDescriptor());
    if (!other.ok()) return other.status();
    plan = *other;
  }

  OutgoingCall call;
  call.method = state.method;
  const auto target = BuildTarget(*plan, request);
  if (!target.ok()) return target.status();
  call.headers = std::move(headers);
  if (auto status = FinishHeaders(&call.headers, user_agent_); !status.ok()) return status;
  if (auto status = BuildBody(plan->body, request, *state.codec, options_.encode, &call.body);
      !status.ok()) {
    return BadRequest(kReasonCodec, "the request cannot be encoded: " + status.message())
        .WithCause(status);
  }

  auto result = Try(ctx, ctx, call, *target, [this](CallGuard& guard, OutgoingCall& tried) {
    return exchanger_.Run(guard, tried);
  });
  if (auto* info = state.options->reply_info; info != nullptr) {
    info->status = result.reply.status;
    info->headers = result.reply.headers;
  }
  state.call->mutable_reply_header() = result.reply.headers;
  if (&ctx != state.call) ctx.mutable_reply_header() = result.reply.headers;
  if (!result.status.ok()) return result.status;
  if (!IsSuccess(result.reply.status)) return ErrorFromReply(*codecs_, std::move(result.reply));
  return DecodeReply(*codecs_, plan->response_body, &result.reply, reply);
}

OpenedStream HttpClient::Connect(Context& ctx, const Context& whole, StreamWire wire,
                                 OutgoingCall& call, std::string_view target) {
  return Try(ctx, whole, call, target, [this, wire](CallGuard& guard, OutgoingCall& tried) {
    return streams_.Open(guard, wire, tried);
  });
}

Result<std::unique_ptr<internal::ClientCall>> HttpClient::Open(
    Context& ctx, const ClientMethod& method, const google::protobuf::Message* request,
    const CallOptions& options) {
  auto chosen = ChooseBinding(method, options);
  if (!chosen.ok()) return chosen.status();
  return OpenStreamCall({shared_from_this(), &ctx, *chosen->binding, std::move(chosen->method),
                         method.operation, options},
                        request);
}

Result<Response> HttpClient::Do(Context& ctx, const Request& request) {
  OutgoingCall call;
  call.method = ToUpper(request.method);
  if (!IsToken(call.method)) return BadRequest(kReasonCodec, "the HTTP method is not a token");
  if (!request.target.starts_with('/') ||
      std::any_of(request.target.begin(), request.target.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '#';
      })) {
    return BadRequest(
        kReasonCodec,
        "the request target must begin with '/' and hold no space, '#' or control character");
  }
  call.headers = request.headers;
  // httplib would call it text.
  if (!request.body.empty() && !call.headers.Has("Content-Type")) {
    call.headers.Add("Content-Type", "application/octet-stream");
  }
  if (auto status = FinishHeaders(&call.headers, user_agent_); !status.ok()) return status;
  call.body = request.body;

  Context child(&ctx);
  if (options_.timeout > std::chrono::milliseconds::zero()) child.LimitDeadline(options_.timeout);
  child.mutable_transport().side = TransportInfo::Side::kClient;
  child.mutable_transport().kind = "http";
  auto result =
      Try(child, child, call, request.target,
          [this](CallGuard& guard, OutgoingCall& tried) { return exchanger_.Run(guard, tried); });
  if (!result.status.ok()) return result.status;
  return std::move(result.reply);
}

Result<std::shared_ptr<Client>> Make(ClientOptions options, std::shared_ptr<Resolver> resolver) {
  if (!IsFieldValue(options.user_agent))
    return BadRequest(kReasonCodec, "user_agent holds a control character");
  std::optional<Endpoint> endpoint;
  if (resolver == nullptr) {
    auto parsed = ParseEndpoint(options.endpoint, options.tls.has_value());
    if (!parsed.ok()) return parsed.status();
    endpoint = std::move(parsed).value();
  }
  auto codecs = options.codecs;
  if (codecs == nullptr) {
    static const auto defaults =
        std::make_shared<const codec::Registry>(codec::Registry::WithDefaults());
    codecs = defaults;
  }
  auto content = ChooseContent(*codecs, options.codec);
  if (!content.ok()) return content.status();
  const bool tls = options.tls.has_value() || (endpoint && endpoint->origin.tls);
  auto client = std::make_shared<HttpClient>(std::move(options), std::move(codecs),
                                             std::move(content).value(), std::move(endpoint),
                                             std::move(resolver));
  if (tls) {
    if (auto status = client->LoadTls(); !status.ok()) return status;
  }
  return std::shared_ptr<Client>(std::move(client));
}

}  // namespace

Result<std::shared_ptr<Client>> Client::Create(ClientOptions options) {
  return Make(std::move(options), nullptr);
}

Result<std::shared_ptr<Client>> Client::Create(ClientOptions options,
                                               std::shared_ptr<Resolver> resolver) {
  return Make(std::move(options), std::move(resolver));
}

}  // namespace kratos::http
