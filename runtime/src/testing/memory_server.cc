#include "testing/memory_server.h"

#include <fmt/format.h>

#include <utility>

#include "fiber/fiber.h"
#include "http/client_error.h"
#include "http/request_loop.h"
#include "http/server_access.h"
#include "http/server_connection.h"
#include "kratos/errors/errors.h"
#include "testing/memory_client.h"
#include "testing/memory_transport.h"

namespace kratos::testing {

using internal::MemoryExchange;

namespace {
constexpr char kDefaultEndpoint[] = "http://in-memory";
}  // namespace

InMemoryServer::Impl::~Impl() {
  std::unique_lock lock(mutex_);
  const auto open = open_;
  lock.unlock();
  for (const auto& exchange : open) exchange->HangUp();
  lock.lock();
  changed_.Wait(lock, [this] { return open_.empty(); });
}

// What an engine does between the head of a request and the end of its reply.
void InMemoryServer::Impl::Serve(MemoryExchange& exchange) {
  const std::size_t most = dispatcher_->options().limits.max_body_bytes;
  if (exchange.plan.stream_body || exchange.ReadWholeBody(most)) {
    dispatcher_->Serve(exchange);
  } else {
    exchange.request.body.clear();
    dispatcher_->Reject(exchange.request, 413,
                        fmt::format("the body is longer than {} bytes", most), &exchange.response);
  }
  exchange.Finish();
}

std::shared_ptr<MemoryExchange> InMemoryServer::Impl::Make(http::Request request,
                                                           std::size_t window) {
  auto exchange =
      std::make_shared<MemoryExchange>(std::move(request), draining_.get_token(), calls_, window);
  dispatcher_->Plan(exchange->request, &exchange->plan);
  exchange->began = std::chrono::steady_clock::now();
  return exchange;
}

std::shared_ptr<MemoryExchange> InMemoryServer::Impl::Make(http::Request request) {
  return Make(std::move(request), options_.window_bytes);
}

void InMemoryServer::Impl::Begin(std::shared_ptr<MemoryExchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    open_.insert(exchange);
  }
  const bool fiber = exchange->plan.run == http::CallPlan::Run::kFiber;
  auto run = [this, exchange = std::move(exchange)] {
    Serve(*exchange);
    const std::lock_guard lock(mutex_);
    open_.erase(exchange);
    changed_.NotifyAll();
  };
  if (!fiber) return calls_.Post(std::move(run));
  fiber::Fiber::Start(calls_, dispatcher_->options().limits.stream_stack_bytes, std::move(run));
}

Result<http::Response> InMemoryServer::Impl::Call(const Context& ctx, http::Request request) {
  std::string body = std::move(request.body);
  request.body.clear();
  const auto exchange = Make(std::move(request), /*window=*/0);
  exchange->SetBody(std::move(body), /*whole=*/true);
  exchange->set_deadline(ctx.deadline());
  {
    const std::stop_callback hang_up(ctx.stop_token(), [&exchange] { exchange->HangUp(); });
    Serve(*exchange);
  }
  const Context all;  // What was written before a deadline can still be read.
  auto whole = exchange->ReadWholeReply(all);
  if (!whole.ok()) return ctx.Err().ok() ? whole.status() : ctx.Err();
  http::Response response = exchange->head();
  response.body = std::move(*whole);
  response.trailers = exchange->trailers();
  return response;
}

std::string InMemoryServer::Impl::CallRaw(std::string_view bytes, const RawOptions& options) {
  const http::Limits& limits = dispatcher_->options().limits;
  internal::MemoryTransport transport(bytes, options);
  internal::NoWait waiter;
  internal::MemoryHost host(transport, draining_.get_token(), calls_);
  http::ServerConnection connection(transport, waiter, limits);
  auto afterwards = http::Afterwards::kKeep;
  for (std::size_t count = 0; afterwards == http::Afterwards::kKeep && connection.HasUnread();
       ++count)
    afterwards = ServeRequest(connection, limits, count, *dispatcher_, host);
  connection.Close(afterwards == http::Afterwards::kLinger);
  return transport.TakeOutput();
}

Result<std::shared_ptr<MemoryExchange>> InMemoryServer::Impl::Connect(const Context& ctx,
                                                                      http::Request request) {
  const auto add = [&request](const char* name, const char* value) {
    if (!request.headers.Has(name)) request.headers.Set(name, value);
  };
  if (request.method.empty()) request.method = "GET";
  add("Host", "in-memory");
  add("Upgrade", "websocket");
  add("Connection", "Upgrade");
  add("Sec-WebSocket-Version", "13");
  add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
  auto exchange = Make(std::move(request));
  exchange->SetBody("", /*whole=*/true);
  exchange->set_deadline(ctx.deadline());
  exchange->AllowWebSocket();
  Begin(exchange);
  if (Status status = exchange->WaitForHead(ctx); !status.ok()) {
    exchange->HangUp();
    return status;
  }
  if (exchange->upgraded()) return exchange;
  http::Response reply = exchange->head();
  if (auto body = exchange->ReadWholeReply(ctx); body.ok()) reply.body = std::move(*body);
  return http::ErrorFromReply(dispatcher_->codecs(), std::move(reply));
}

InMemoryServer::InMemoryServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

InMemoryServer::~InMemoryServer() = default;

Result<std::unique_ptr<InMemoryServer>> InMemoryServer::Create(http::Server& server,
                                                               InMemoryOptions options) {
  auto dispatcher = http::internal::ServerAccess::MakeDispatcher(server);
  if (!dispatcher.ok()) return dispatcher.status();
  const std::string& endpoint = server.options().endpoint;
  (*dispatcher)->set_endpoint(endpoint.empty() ? kDefaultEndpoint : endpoint);
  return std::unique_ptr<InMemoryServer>(
      new InMemoryServer(std::make_unique<Impl>(std::move(*dispatcher), options)));
}

Result<http::Response> InMemoryServer::Call(http::Request request) {
  const Context ctx;
  return impl_->Call(ctx, std::move(request));
}

Result<http::Response> InMemoryServer::Call(const Context& ctx, http::Request request) {
  return impl_->Call(ctx, std::move(request));
}

std::string InMemoryServer::CallRaw(std::string_view bytes, RawOptions options) {
  return impl_->CallRaw(bytes, options);
}

std::unique_ptr<StreamCall> InMemoryServer::Open(http::Request request) {
  std::string body = std::move(request.body);
  request.body.clear();
  auto exchange = impl_->Make(std::move(request));
  const bool whole = !exchange->plan.stream_body;
  exchange->SetBody(std::move(body), whole);
  impl_->Begin(exchange);
  return std::make_unique<StreamCall>(std::move(exchange));
}

Result<std::unique_ptr<WebSocket>> InMemoryServer::Connect(http::Request request) {
  const Context ctx;
  auto exchange = impl_->Connect(ctx, std::move(request));
  if (!exchange.ok()) return exchange.status();
  return std::make_unique<WebSocket>(std::move(*exchange));
}

Result<std::shared_ptr<http::Client>> InMemoryServer::MakeClient(http::ClientOptions options) {
  return internal::MakeMemoryClient(*impl_, std::move(options));
}

void InMemoryServer::Drain() { impl_->Drain(); }

StreamCall::StreamCall(std::shared_ptr<MemoryExchange> exchange) : exchange_(std::move(exchange)) {}

StreamCall::~StreamCall() { exchange_->HangUp(); }

bool StreamCall::WriteBody(std::string_view bytes) {
  const Context ctx;
  return exchange_->WriteBody(ctx, bytes).value();
}

void StreamCall::EndBody(Metadata trailers) { exchange_->EndBody(std::move(trailers)); }

const http::Response& StreamCall::Head() {
  const Context ctx;
  (void)exchange_->WaitForHead(ctx).ok();
  return exchange_->head();
}

Result<bool> StreamCall::Read(std::string* part) {
  const Context ctx;
  return exchange_->ReadReply(ctx, part);
}

Result<std::string> StreamCall::ReadAll() {
  const Context ctx;
  return exchange_->ReadWholeReply(ctx);
}

const Metadata& StreamCall::trailers() const { return exchange_->trailers(); }

void StreamCall::HangUp() { exchange_->HangUp(); }

WebSocket::WebSocket(std::shared_ptr<MemoryExchange> exchange) : exchange_(std::move(exchange)) {}

WebSocket::~WebSocket() { exchange_->HangUp(); }

Status WebSocket::SendText(std::string_view data) {
  const Context ctx;
  return exchange_->SendMessage(ctx, {true, std::string(data)});
}

Status WebSocket::SendBinary(std::string_view data) {
  const Context ctx;
  return exchange_->SendMessage(ctx, {false, std::string(data)});
}

Result<bool> WebSocket::Receive(Message* message) {
  const Context ctx;
  http::WebSocketMessage received;
  auto more = exchange_->ReceiveMessage(ctx, &received);
  if (more.ok() && *more) *message = {received.text, std::move(received.data)};
  return more;
}

void WebSocket::Close(int code, std::string_view reason) { exchange_->CloseByClient(code, reason); }

void WebSocket::HangUp() { exchange_->HangUp(); }

int WebSocket::close_code() const { return exchange_->close_code(); }

std::string WebSocket::close_reason() const { return exchange_->close_reason(); }

std::string WebSocket::subprotocol() const { return exchange_->subprotocol(); }

const Metadata& WebSocket::reply_header() const { return exchange_->head().headers; }

}  // namespace kratos::testing
