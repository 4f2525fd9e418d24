#include "kratos/http/client.h"

#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <utility>

#include "http/client_binding.h"
#include "http/client_endpoint.h"
#include "http/client_error.h"
#include "http/client_exchange.h"
#include "http/client_headers.h"
#include "http/client_reply.h"
#include "http/client_watchdog.h"
#include "http/grpc_timeout.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

constexpr std::chrono::milliseconds kFirstBackoff{50};
constexpr std::chrono::milliseconds kMaxBackoff{2'000};

std::string ToUpper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// Doubles with each attempt; anywhere from half of it to all, so that clients do not come back in
// step.
std::chrono::microseconds Backoff(int attempt) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const std::chrono::microseconds full =
      std::min(kFirstBackoff * (1 << std::min(attempt - 1, 10)), kMaxBackoff);
  std::uniform_int_distribution<std::chrono::microseconds::rep> pick(full.count() / 2,
                                                                     full.count());
  return std::chrono::microseconds(pick(random));
}

bool IsSuccess(int status) { return status >= 200 && status <= 299; }

// A codec and the media type that announces it.
struct ContentChoice {
  const codec::Codec* codec = nullptr;
  std::string media_type;
};

// `text` is a codec's name or a whole media type.
Result<ContentChoice> ChooseContent(const codec::Registry& registry, const std::string& text) {
  ContentChoice choice;
  if (text.find('/') == std::string::npos) {
    choice.codec = registry.Find(text);
    if (choice.codec != nullptr)
      choice.media_type = fmt::format("application/{}", choice.codec->name());
  } else if (const auto type = codec::ParseMediaType(text)) {
    choice.codec = registry.Find(type->subtype);
    choice.media_type = text;
  }
  if (choice.codec == nullptr) {
    return BadRequest(kReasonCodec, fmt::format("no codec is registered for \"{}\"", text));
  }
  return choice;
}

// One Invoke on its way through the middleware.
struct CallState {
  const Binding* binding = nullptr;
  const CallOptions* options = nullptr;
  std::string method;
  std::shared_ptr<const BindingPlan> plan;
  const codec::Codec* codec = nullptr;
  Context* call = nullptr;
};

class HttpClient final : public Client {
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
        exchanger_(options_) {}

  Status LoadTls() { return exchanger_.LoadTls(); }

  Status Invoke(Context& ctx, const ClientMethod& method, const google::protobuf::Message& request,
                google::protobuf::Message* reply, const CallOptions& options) override;
  Result<std::unique_ptr<internal::ClientCall>> Open(Context& ctx, const ClientMethod& method,
                                                     const google::protobuf::Message* request,
                                                     const CallOptions& options) override;
  Result<Response> Do(Context& ctx, const Request& request) override;

 private:
  // What the middleware wraps.
  Status Send(Context& ctx, const google::protobuf::Message& request,
              google::protobuf::Message* reply);
  // Tries until there is a reply, or no more tries.
  ExchangeResult Try(Context& ctx, OutgoingCall& call, std::string_view target);
  Result<Endpoint> PickEndpoint(const Context& ctx, std::function<void(const Status&)>* done);
  std::shared_ptr<const Handler> HandlerFor(std::string_view operation);

  const ClientOptions options_;
  const std::string user_agent_;
  const std::shared_ptr<const codec::Registry> codecs_;
  const ContentChoice content_;
  const std::optional<Endpoint> endpoint_;
  const std::shared_ptr<Resolver> resolver_;
  Watchdog watchdog_;
  Exchanger exchanger_;
  BindingPlans plans_;
  std::shared_mutex handlers_mutex_;
  std::map<std::string, std::shared_ptr<const Handler>, std::less<>> handlers_;
};

std::shared_ptr<const Handler> HttpClient::HandlerFor(std::string_view operation) {
  {
    const std::shared_lock lock(handlers_mutex_);
    if (const auto found = handlers_.find(operation); found != handlers_.end())
      return found->second;
  }
  const std::unique_lock lock(handlers_mutex_);
  auto& handler = handlers_[std::string(operation)];
  if (handler == nullptr) {
    handler = std::make_shared<const Handler>(
        Chain(options_.middleware,
              [this](Context& ctx, const google::protobuf::Message& request,
                     google::protobuf::Message* reply) { return Send(ctx, request, reply); }));
  }
  return handler;
}

Status HttpClient::Invoke(Context& ctx, const ClientMethod& method,
                          const google::protobuf::Message& request,
                          google::protobuf::Message* reply, const CallOptions& options) {
  if (options.reply_info != nullptr) *options.reply_info = ReplyInfo();
  if (options.binding >= method.bindings.size()) {
    return BadRequest(kReasonCodec,
                      fmt::format("{} has {} bindings, there is no number {}", method.operation,
                                  method.bindings.size(), options.binding));
  }
  CallState state;
  state.options = &options;
  state.binding = &method.bindings[options.binding];
  state.method = ToUpper(state.binding->method);
  if (state.method == "*") {
    if (options.method.empty()) {
      return BadRequest(kReasonCodec,
                        fmt::format("{} takes any HTTP method: CallOptions::method must name one",
                                    method.operation));
    }
    state.method = ToUpper(options.method);
  } else if (!options.method.empty() && ToUpper(options.method) != state.method) {
    return BadRequest(kReasonCodec,
                      fmt::format("{} is called with {}: CallOptions::method cannot change that",
                                  method.operation, state.method));
  }
  if (!IsToken(state.method)) return BadRequest(kReasonCodec, "the HTTP method is not a token");

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
  if (endpoint_) transport.endpoint = endpoint_->origin.ToString();

  BaseFields fields;
  fields.user_agent = user_agent_;
  fields.accept = options.accept.empty()                          ? content_.media_type
                  : options.accept.find('/') == std::string::npos ? "application/" + options.accept
                                                                  : options.accept;
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
  return (*HandlerFor(method.operation))(call, request, reply);
}

Status HttpClient::Send(Context& ctx, const google::protobuf::Message& request,
                        google::protobuf::Message* reply) {
  auto* const* found = ctx.Get<CallState*>();
  if (found == nullptr) {
    return InternalServer(
        "NO_CALL", "a client middleware went on with a context that is no child of the call's");
  }
  CallState& state = **found;
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
  call.headers = state.call->request_header();
  if (&ctx != state.call) {
    for (const auto name : ctx.request_header().Names()) call.headers.Remove(name);
    for (const auto& [name, value] : ctx.request_header()) call.headers.Add(name, value);
  }
  if (auto status = FinishHeaders(&call.headers, user_agent_); !status.ok()) return status;
  if (auto status = BuildBody(plan->body, request, *state.codec, options_.encode, &call.body);
      !status.ok()) {
    return BadRequest(kReasonCodec, "the request cannot be encoded: " + status.message())
        .WithCause(status);
  }

  auto result = Try(ctx, call, *target);
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

Result<Endpoint> HttpClient::PickEndpoint(const Context& ctx,
                                          std::function<void(const Status&)>* done) {
  if (resolver_ == nullptr) return *endpoint_;
  const auto picked = resolver_->Pick(ctx, done);
  if (!picked.ok()) return picked.status();
  return ParseEndpoint(*picked, options_.tls.has_value());
}

ExchangeResult HttpClient::Try(Context& ctx, OutgoingCall& call, std::string_view target) {
  const int tries = IsIdempotent(call.method) ? std::max(options_.max_attempts, 1) : 1;
  CallGuard guard(watchdog_, ctx.deadline(), ctx.stop_token());
  ExchangeResult result;
  for (int attempt = 1;; ++attempt) {
    result = ExchangeResult();
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
    if (const auto left = guard.TimeLeft(); left && options_.send_deadline) {
      call.headers.Set("Grpc-Timeout", FormatGrpcTimeout(*left));
    }
    result = exchanger_.Run(guard, call);
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
    if (!guard.Sleep(delay)) {
      result.status = guard.Check();
      return result;
    }
  }
}

Result<std::unique_ptr<internal::ClientCall>> HttpClient::Open(Context&, const ClientMethod& method,
                                                               const google::protobuf::Message*,
                                                               const CallOptions&) {
  return NotImplemented(kReasonUnimplemented,
                        fmt::format("{}: this client cannot stream", method.operation));
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
  auto result = Try(child, call, request.target);
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
