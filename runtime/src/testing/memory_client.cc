#include "testing/memory_client.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <utility>

#include "http/client_binding.h"
#include "http/client_call.h"
#include "http/client_error.h"
#include "http/client_headers.h"
#include "http/client_reply.h"
#include "http/grpc_timeout.h"
#include "kratos/errors/errors.h"
#include "testing/memory_stream_calls.h"

namespace kratos::testing::internal {

namespace {

using google::protobuf::Message;
using http::BindingPlan;
using http::BodyRule;
using http::ClientMethod;

// The rpc as protobuf knows it; null for one whose .pb.cc is not linked.
const google::protobuf::MethodDescriptor* FindRpc(std::string_view operation) {
  std::string name(operation.substr(operation.starts_with('/') ? 1 : 0));
  for (char& c : name) {
    if (c == '/') c = '.';
  }
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
}

class MemoryClient final : public http::Client, public std::enable_shared_from_this<MemoryClient> {
 public:
  MemoryClient(InMemoryServer::Impl& server, http::ClientOptions options,
               http::ContentChoice content, std::shared_ptr<const codec::Registry> codecs)
      : server_(server),
        options_(std::move(options)),
        content_(std::move(content)),
        codecs_(std::move(codecs)),
        user_agent_(options_.user_agent.empty() ? std::string(http::kDefaultUserAgent)
                                                : options_.user_agent) {}

  Status Invoke(Context& ctx, const ClientMethod& method, const Message& request, Message* reply,
                const http::CallOptions& options) override;
  Result<std::unique_ptr<kratos::internal::ClientCall>> Open(
      Context& ctx, const ClientMethod& method, const Message* request,
      const http::CallOptions& options) override;
  Result<http::Response> Do(Context& ctx, const http::Request& request) override;

 private:
  // One call's choice among the bindings.
  struct Route {
    http::Binding binding;
    std::string method;
    http::ContentChoice content;
  };
  Result<Route> Choose(const ClientMethod& method, const http::CallOptions& options) const;
  // The request's fields as middleware sees them.
  Metadata Fields(const BindingPlan& plan, const Message* request, const Route& route,
                  const http::CallOptions& options) const;
  static Status CheckContent(const BindingPlan& plan, const Route& route);
  Status Finish(Metadata* headers) const;
  Status Send(Context& ctx, const Route& route, const Message& request, Message* reply,
              const http::CallOptions& options);
  void Describe(Context* call, const Route& route) const;

  InMemoryServer::Impl& server_;
  const http::ClientOptions options_;
  const http::ContentChoice content_;
  const std::shared_ptr<const codec::Registry> codecs_;
  const std::string user_agent_;
};

Result<MemoryClient::Route> MemoryClient::Choose(const ClientMethod& method,
                                                 const http::CallOptions& options) const {
  auto chosen = http::ChooseBinding(method, options);
  if (!chosen.ok()) return chosen.status();
  Route route{*chosen->binding, std::move(chosen->method), content_};
  if (options.content_type.empty()) return route;
  auto content = http::ChooseContent(*codecs_, options.content_type);
  if (content.ok()) {
    route.content = std::move(*content);
  } else if (options.content_type.find('/') == std::string::npos) {
    return content.status();
  } else {
    // What a raw body may be called; nothing else can be written in it.
    route.content = {nullptr, options.content_type};
  }
  return route;
}

Metadata MemoryClient::Fields(const BindingPlan& plan, const Message* request, const Route& route,
                              const http::CallOptions& options) const {
  http::BaseFields fields;
  fields.user_agent = user_agent_;
  fields.accept = http::AcceptFor(options, content_.media_type);
  if (plan.body.raw) {
    if (request != nullptr) fields.content_type = http::RawContentType(plan.body, *request);
    if (fields.content_type.empty()) fields.content_type = options.content_type;
    if (fields.content_type.empty()) fields.content_type = "application/octet-stream";
  } else if (plan.body.kind != BodyRule::Kind::kNone) {
    fields.content_type = route.content.media_type;
  }
  return http::MakeHeaders(fields, options.headers);
}

Status MemoryClient::CheckContent(const BindingPlan& plan, const Route& route) {
  if (route.content.codec != nullptr || plan.body.raw) return {};
  return BadRequest(kReasonCodec,
                    fmt::format("no codec is registered for \"{}\"", route.content.media_type));
}

Status MemoryClient::Finish(Metadata* headers) const {
  // There is no network to spare.
  if (!headers->Has("Accept-Encoding")) headers->Set("Accept-Encoding", "identity");
  if (Status status = http::FinishHeaders(headers, user_agent_); !status.ok()) return status;
  if (!headers->Has("Host")) headers->Set("Host", "in-memory");
  return {};
}

void MemoryClient::Describe(Context* call, const Route& route) const {
  auto& transport = call->mutable_transport();
  transport.side = TransportInfo::Side::kClient;
  transport.kind = "http";
  transport.endpoint = "http://in-memory";
  transport.operation = route.binding.operation;
  transport.path_template = route.binding.path;
}

Status MemoryClient::Invoke(Context& ctx, const ClientMethod& method, const Message& request,
                            Message* reply, const http::CallOptions& options) {
  if (options.reply_info != nullptr) *options.reply_info = {};
  auto route = Choose(method, options);
  if (!route.ok()) return route.status();
  auto plan = http::MakePlan(route->binding, *request.GetDescriptor(), *reply->GetDescriptor());
  if (!plan.ok()) return plan.status();
  if (Status status = CheckContent(**plan, *route); !status.ok()) return status;
  Context call(&ctx);
  if (options.timeout && options.timeout->count() > 0) call.LimitDeadline(*options.timeout);
  Describe(&call, *route);
  call.mutable_request_header() = Fields(**plan, &request, *route, options);
  const Handler handler =
      Chain(options_.middleware, [&](Context& c, const Message& sent, Message* received) {
        return Send(c, *route, sent, received, options);
      });
  return handler(call, request, reply);
}

Status MemoryClient::Send(Context& ctx, const Route& route, const Message& request, Message* reply,
                          const http::CallOptions& options) {
  if (Status status = ctx.Err(); !status.ok()) return status;
  const auto plan =
      http::MakePlan(route.binding, *request.GetDescriptor(), *reply->GetDescriptor());
  if (!plan.ok()) return plan.status();
  auto target = http::BuildTarget(**plan, request);
  if (!target.ok()) return target.status();
  http::Request out;
  out.method = route.method;
  out.target = std::move(*target);
  out.headers = ctx.request_header();
  if (Status status = Finish(&out.headers); !status.ok()) return status;
  if (const auto left = ctx.TimeLeft(); left && options_.send_deadline)
    out.headers.Set("Grpc-Timeout", http::FormatGrpcTimeout(*left));
  if (Status status =
          http::BuildBody((*plan)->body, request, *route.content.codec, options_.encode, &out.body);
      !status.ok()) {
    return BadRequest(kReasonCodec, "the request cannot be encoded: " + status.message())
        .WithCause(status);
  }
  auto response = server_.Call(ctx, std::move(out));
  if (!response.ok()) return response.status();
  if (options.reply_info != nullptr) *options.reply_info = {response->status, response->headers};
  ctx.mutable_reply_header() = response->headers;
  if (response->status < 200 || response->status > 299)
    return http::ErrorFromReply(*codecs_, std::move(*response));
  return http::DecodeReply(*codecs_, (*plan)->response_body, &*response, reply);
}

Result<http::Response> MemoryClient::Do(Context& ctx, const http::Request& request) {
  http::Request out = request;
  out.method = http::ToUpper(request.method);
  if (Status status = Finish(&out.headers); !status.ok()) return status;
  return server_.Call(ctx, std::move(out));
}

Result<std::unique_ptr<kratos::internal::ClientCall>> MemoryClient::Open(
    Context& ctx, const ClientMethod& method, const Message* request,
    const http::CallOptions& options) {
  auto route = Choose(method, options);
  if (!route.ok()) return route.status();
  const auto* rpc = FindRpc(method.operation);
  if (rpc == nullptr) {
    return NotImplemented(
        kReasonUnimplemented,
        fmt::format("{} is not among the rpcs of this program's generated code", method.operation));
  }
  if (Status status = ctx.Err(); !status.ok()) return status;
  http::Binding binding = route->binding;
  const bool messages =
      binding.stream == http::StreamKind::kClient || binding.stream == http::StreamKind::kBidi;
  if (messages) {
    // What travels in messages is left out of the URL, and only one message in a field does.
    const auto* field = rpc->input_type()->FindFieldByName(std::string(binding.body));
    if (field == nullptr || field->is_repeated() || field->message_type() == nullptr)
      binding.body = "*";
  }
  auto plan = http::MakePlan(binding, *rpc->input_type(), *rpc->output_type());
  if (!plan.ok()) return plan.status();

  if (Status status = CheckContent(**plan, *route); !status.ok()) return status;

  StreamSetup setup{.server = server_,
                    .ctx = ctx,
                    .plan = std::move(*plan),
                    .codecs = codecs_,
                    .codec = route->content.codec,
                    .encode = options_.encode,
                    .request_type = rpc->input_type(),
                    .request = {},
                    .fields = {}};
  setup.request.method = route->method;
  setup.fields = [self = shared_from_this(), plan = setup.plan, route = *route, options,
                  stream = binding.stream](const Message* first) -> Result<Metadata> {
    http::CallOptions own = options;
    if (stream == http::StreamKind::kServer && own.accept.empty() && !plan->response_body.raw)
      own.accept = "text/event-stream";
    if (stream == http::StreamKind::kServer && own.accept.empty()) own.accept = "*/*";
    Metadata headers = self->Fields(*plan, first, route, own);
    if (Status status = self->Finish(&headers); !status.ok()) return status;
    return headers;
  };
  switch (binding.stream) {
    case http::StreamKind::kServer:
      if (request == nullptr) break;
      return OpenServerStream(std::move(setup), *request);
    case http::StreamKind::kUpload:
      return OpenUpload(std::move(setup));
    case http::StreamKind::kClient:
    case http::StreamKind::kBidi:
      return OpenMessages(std::move(setup));
    case http::StreamKind::kUnary:
      break;
  }
  return InternalServer("BAD_CALL", fmt::format("{} is not opened like this", method.operation));
}

}  // namespace

Result<std::shared_ptr<http::Client>> MakeMemoryClient(InMemoryServer::Impl& server,
                                                       http::ClientOptions options) {
  if (!IsFieldValue(options.user_agent))
    return BadRequest(kReasonCodec, "user_agent holds a control character");
  auto codecs = options.codecs;
  if (codecs == nullptr)
    codecs = std::make_shared<const codec::Registry>(codec::Registry::WithDefaults());
  auto content = http::ChooseContent(*codecs, options.codec);
  if (!content.ok()) return content.status();
  return std::shared_ptr<http::Client>(std::make_shared<MemoryClient>(
      server, std::move(options), std::move(*content), std::move(codecs)));
}

}  // namespace kratos::testing::internal
