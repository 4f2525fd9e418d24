#include "kratos/http/server.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "http/dispatcher.h"
#include "http/engine.h"
#include "http/listener.h"
#include "http/router_scope.h"
#include "http/server_access.h"
#include "http/tls.h"
#include "kratos/errors/errors.h"
#include "transport/endpoint.h"

namespace kratos::http {

namespace {
#ifdef KRATOS_HAVE_BOOST
constexpr char kEngineNames[] = "asio, httplib";
#else
constexpr char kEngineNames[] = "httplib";
#endif
}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions o) : options(std::move(o)) {
    settings.middleware.Use(options.middleware);
    settings.middleware.set_accumulate(options.accumulate_middleware);
  }

  ServerOptions options;
  OperationSettings settings;
  std::vector<RouteSpec> routes;

  std::mutex mutex;  // Guards what follows while the server is brought up.
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<Engine> engine;
  Listener listener;
  std::string host;
  int port = 0;
  std::shared_ptr<const AppInfo> app;
  std::atomic<bool> stopped = false;
  std::atomic<bool> serving = false;

  kratos::Result<std::unique_ptr<Dispatcher>> MakeDispatcher() const;
  Status ListenLocked();
  std::string EndpointLocked() const;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

void Server::Use(std::string selector, std::vector<Middleware> chain) {
  impl_->settings.middleware.Use(std::move(selector), std::move(chain));
}

void Server::EncodeWith(std::string operation, codec::EncodeOptions options) {
  impl_->settings.encode.emplace_back(std::move(operation), options);
}

void Server::RunInline(std::string selector) {
  impl_->settings.run_inline.push_back(std::move(selector));
}

Status Server::ReloadTls(const TlsOptions& tls) {
  auto context = MakeServerTls(tls);
  if (!context.ok()) return context.status();
  const std::lock_guard lock(impl_->mutex);
  if (impl_->engine != nullptr) impl_->engine->ReplaceTls(std::move(*context));
  return {};
}

void Server::TimeoutFor(std::string operation, std::chrono::milliseconds timeout) {
  impl_->settings.timeouts.emplace_back(std::move(operation), timeout);
}

Router Server::Route(std::string_view prefix, std::vector<Filter> filters) {
  auto scope = std::make_shared<Router::Scope>();
  scope->add = [impl = impl_.get()](std::string method, std::string path, HandlerFunc handler,
                                    bool stream) {
    RouteSpec spec;
    spec.method = std::move(method);
    spec.path = std::move(path);
    spec.handler = std::move(handler);
    spec.stream_body = stream;
    impl->routes.push_back(std::move(spec));
  };
  return Router(std::move(scope)).Group(prefix, std::move(filters));
}

void Server::Bind(const Binding& binding, const google::protobuf::Descriptor& request,
                  HandlerFunc handler) {
  RouteSpec spec;
  spec.operation = binding.operation;
  spec.method = binding.method;
  spec.path = binding.path;
  spec.body = binding.body;
  spec.request_type = &request;
  spec.stream = binding.stream;
  spec.handler = std::move(handler);
  impl_->routes.push_back(std::move(spec));
}

std::vector<RouteInfo> Server::Routes() const {
  std::vector<RouteInfo> list;
  for (const RouteSpec& spec : impl_->routes) {
    list.push_back({spec.method, impl_->options.path_prefix + spec.path, spec.operation});
  }
  return list;
}

kratos::Result<std::unique_ptr<Dispatcher>> Server::Impl::MakeDispatcher() const {
  return Dispatcher::Create(options, settings, routes);
}

kratos::Result<std::unique_ptr<Dispatcher>> internal::ServerAccess::MakeDispatcher(Server& server) {
  return server.impl_->MakeDispatcher();
}

Status Server::Impl::ListenLocked() {
  if (engine != nullptr) return {};
  auto made = MakeDispatcher();
  if (!made.ok()) return made.status();
  std::shared_ptr<SSL_CTX> tls;
  if (options.tls) {
    auto context = MakeServerTls(*options.tls);
    if (!context.ok()) return context.status();
    tls = std::move(*context);
  }
  std::unique_ptr<Engine> new_engine;
  if (options.engine == "asio" || options.engine.empty())
    new_engine = MakeAsioEngine(options, tls, **made);
  if (new_engine == nullptr && (options.engine == "httplib" || options.engine.empty()))
    new_engine = MakeHttplibEngine(options, tls, **made);
  if (new_engine == nullptr) {
    return InternalServer(
        "BAD_OPTIONS",
        fmt::format("there is no engine \"{}\"; this build has: {}", options.engine, kEngineNames));
  }
  auto opened = Listener::Open(options.address, options.reuse_port);
  if (!opened.ok()) return opened.status();
  listener = std::move(*opened);
  host = listener.host();
  port = listener.port();
  dispatcher = std::move(*made);
  engine = std::move(new_engine);
  dispatcher->set_endpoint(EndpointLocked());
  dispatcher->set_app(app);
  return {};
}

std::string Server::Impl::EndpointLocked() const {
  if (!options.endpoint.empty()) return options.endpoint;
  if (port == 0) return options.address;  // A Unix-domain socket.
  const bool everywhere = host.empty() || host == "0.0.0.0" || host == "::";
  return fmt::format(
      "{}://{}", options.tls ? "https" : "http",
      transport::FormatHostPort(everywhere ? transport::FirstUsableAddress() : host, port));
}

Status Server::Listen() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->ListenLocked();
}

Status Server::Start() {
  if (impl_->stopped) return {};
  if (Status status = Listen(); !status.ok()) return status;
  Listener listener;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopped) return {};
    listener = std::move(impl_->listener);
  }
  impl_->serving = true;
  return impl_->engine->Serve(std::move(listener));
}

bool Server::Ready() const { return impl_->serving && !impl_->stopped; }

Status Server::Stop(std::chrono::milliseconds grace) {
  const bool first = !impl_->stopped.exchange(true);
  Engine* engine = nullptr;
  {
    const std::lock_guard lock(impl_->mutex);
    engine = impl_->engine.get();
  }
  if (first && impl_->serving && impl_->options.stop_delay.count() > 0) {
    engine->CloseAfterReplies();
    std::this_thread::sleep_for(impl_->options.stop_delay);
  }
  if (engine == nullptr || engine->Stop(grace)) return {};
  return GatewayTimeout(
      kReasonDeadlineExceeded,
      fmt::format("calls were still running after {} ms and were cut off", grace.count()));
}

kratos::Result<std::string> Server::Endpoint() {
  const std::lock_guard lock(impl_->mutex);
  if (Status status = impl_->ListenLocked(); !status.ok()) return status;
  return impl_->EndpointLocked();
}

void Server::SetApp(std::shared_ptr<const AppInfo> app) {
  const std::lock_guard lock(impl_->mutex);
  impl_->app = std::move(app);
  if (impl_->dispatcher != nullptr) impl_->dispatcher->set_app(impl_->app);
}

int Server::port() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->port;
}

ServerStats Server::stats() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->dispatcher != nullptr ? impl_->dispatcher->stats() : ServerStats();
}

const ServerOptions& Server::options() const { return impl_->options; }

}  // namespace kratos::http
