#include "kratos/grpc/server.h"

#include <fmt/format.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "fiber/timer.h"
#include "kratos/errors/errors.h"
#include "kratos_grpc/channel_arguments.h"
#include "kratos_grpc/credentials.h"
#include "kratos_grpc/dispatcher.h"
#include "kratos_grpc/health.h"
#include "kratos_grpc/reflection.h"
#include "transport/endpoint.h"

namespace kratos::grpc {

using std::chrono::milliseconds;

namespace {

/// An address as given and as gRPC takes it.
struct ListenAddress {
  std::string text;
  /// Empty for all interfaces, and for a Unix-domain socket.
  std::string host;
  /// Nothing for a Unix-domain socket.
  std::optional<std::uint16_t> port;
};

Result<ListenAddress> ParseListenAddress(const std::string& address) {
  if (address.starts_with("unix:@")) {
    return ListenAddress{"unix-abstract:" + address.substr(6), "", std::nullopt};
  }
  if (address.starts_with("unix:")) return ListenAddress{address, "", std::nullopt};
  if (address.starts_with("systemd:")) {
    return InternalServer("BAD_ADDRESS",
                          "gRPC opens its listening socket itself and cannot take one over from "
                          "systemd: name a host and port");
  }
  auto parsed = transport::ParseHostPort(address);
  if (!parsed.ok()) return parsed.status();
  const std::string host = parsed->host.empty() ? "::" : parsed->host;
  return ListenAddress{transport::FormatHostPort(host, parsed->port), parsed->host, parsed->port};
}

// gRPC says only that it cannot listen; the system says why when it is asked again.
std::string WhyNotListening(const ListenAddress& address) {
  if (!address.port) return "the path cannot be used, or is in use";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(*address.port);
  const int failed = getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                                 port.c_str(), &hints, &found);
  if (failed != 0) return gai_strerror(failed);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  std::string why = "gRPC gives no reason";
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int probe = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) continue;
    const int on = 1;
    setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(probe, one->ai_addr, one->ai_addrlen) != 0) why = std::strerror(errno);
    close(probe);
  }
  return why;
}

// "package.Service" of "/package.Service/Method".
std::string ServiceOf(std::string_view operation) {
  const auto slash = operation.rfind('/');
  if (!operation.starts_with('/') || slash == 0) return "";
  return std::string(operation.substr(1, slash - 1));
}

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions o) : options(std::move(o)), health(options.health_registry) {
    settings.middleware.Use(options.middleware);
    settings.middleware.set_accumulate(options.accumulate_middleware);
  }

  ServerOptions options;
  OperationSettings settings;
  std::vector<ServiceMethod> methods;
  std::shared_ptr<const AppInfo> app;
  std::vector<::grpc::Service*> native;
  Health health;

  mutable std::mutex mutex;  // Guards what follows.
  std::condition_variable changed;
  std::unique_ptr<Reflection> reflection;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<::grpc::Server> server;
  std::string address;
  std::string endpoint;
  int port = 0;
  bool serving = false;                                          // Start waits for Stop.
  bool stop = false;                                             // Start is to shut down,
  std::optional<std::chrono::system_clock::time_point> cut_off;  // and may take until then.

  std::atomic<bool> started = false;
  std::atomic<bool> stopped = false;

  Status ListenLocked();
  void Configure(::grpc::ServerBuilder* builder) const;
  void ShutDown(const std::optional<std::chrono::system_clock::time_point>& limit);
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() {
  if (impl_->server == nullptr) return;
  (void)Stop(milliseconds(1));
  // Calls that run use the dispatcher.
  impl_->server.reset();
}

void Server::Use(std::string selector, std::vector<Middleware> chain) {
  impl_->settings.middleware.Use(std::move(selector), std::move(chain));
}

void Server::TimeoutFor(std::string operation, milliseconds timeout) {
  impl_->settings.timeouts.emplace_back(std::move(operation), timeout);
}

void Server::Bind(ServiceMethod method) { impl_->methods.push_back(std::move(method)); }

void Server::AddNativeService(::grpc::Service& service) { impl_->native.push_back(&service); }

std::vector<std::string> Server::Operations() const {
  std::vector<std::string> list;
  for (const ServiceMethod& method : impl_->methods) list.emplace_back(method.operation);
  return list;
}

void Server::Impl::Configure(::grpc::ServerBuilder* builder) const {
  const Limits& limits = options.limits;
  builder->SetMaxReceiveMessageSize(MessageLimit(limits.max_receive_bytes));
  builder->SetMaxSendMessageSize(MessageLimit(limits.max_send_bytes));
  // gRPC would share the port with whoever asks, and report no conflict.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, options.reuse_port ? 1 : 0);
  if (limits.max_metadata_bytes != 0) {
    builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, ToInt(limits.max_metadata_bytes));
  }
  if (limits.max_calls_per_connection != 0) {
    builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                                ToInt(limits.max_calls_per_connection));
  }
  const ServerKeepalive& keepalive = options.keepalive;
  const auto set = [&](const char* name, milliseconds value) {
    builder->AddChannelArgument(name, ArgumentOf(value));
  };
  set(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive.time);
  set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive.timeout);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, keepalive.without_calls);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              ToInt(keepalive.min_client_interval.count()));
  set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, keepalive.max_idle);
  set(GRPC_ARG_MAX_CONNECTION_AGE_MS, keepalive.max_age);
  set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, keepalive.max_age_grace);
}

Status Server::Impl::ListenLocked() {
  if (server != nullptr) return {};
  auto where = ParseListenAddress(options.address);
  if (!where.ok()) return where.status();
  auto credentials = MakeServerCredentials(options.tls);
  if (!credentials.ok()) return credentials.status();

  std::vector<ServiceMethod> built_in;
  std::vector<std::string> services;
  health.Add("");
  for (const ServiceMethod& method : methods) {
    if (std::string name = ServiceOf(method.operation); !name.empty()) {
      health.Add(name);
      services.push_back(std::move(name));
    }
  }
  if (options.health) {
    built_in = health.Methods();
    services.push_back("grpc.health.v1.Health");
  }
  if (options.reflection) {
    reflection = std::make_unique<Reflection>(std::move(services));
    for (ServiceMethod& method : reflection->Methods()) built_in.push_back(std::move(method));
  }
  auto made = Dispatcher::Create(options, settings, methods, built_in);
  if (!made.ok()) return made.status();
  dispatcher = std::move(*made);

  ::grpc::ServerBuilder builder;
  Configure(&builder);
  int bound = 0;
  builder.AddListeningPort(where->text, *credentials, &bound);
  for (::grpc::Service* service : native) builder.RegisterService(service);
  if (!native.empty()) {
    // gRPC starts threads for its synchronous services as long as calls come.
    ::grpc::ResourceQuota quota("kratos");
    quota.SetMaxThreads(static_cast<int>(CallThreads(options.limits.threads)));
    builder.SetResourceQuota(quota);
  }
  builder.RegisterCallbackGenericService(dispatcher.get());
  if (options.configure) options.configure(builder);
  server = builder.BuildAndStart();
  if (server == nullptr || (where->port && bound == 0)) {
    server = nullptr;
    return InternalServer("CANNOT_LISTEN", fmt::format("cannot listen on \"{}\": {}",
                                                       options.address, WhyNotListening(*where)));
  }
  if (where->port) {
    port = bound;
    const std::string& host = where->host;
    const bool everywhere = host.empty() || host == "0.0.0.0" || host == "::";
    address = transport::FormatHostPort(host.empty() ? "::" : host, port);
    endpoint = fmt::format(
        "{}://{}", options.tls ? "grpcs" : "grpc",
        transport::FormatHostPort(everywhere ? transport::FirstUsableAddress() : host, port));
  } else {
    address = options.address;
    endpoint = options.address;
  }
  if (!options.endpoint.empty()) endpoint = options.endpoint;
  dispatcher->set_endpoint(endpoint);
  dispatcher->set_app(app);
  return {};
}

Status Server::Listen() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->ListenLocked();
}

void Server::Impl::ShutDown(const std::optional<std::chrono::system_clock::time_point>& limit) {
  dispatcher->Close();
  if (limit) {
    server->Shutdown(*limit);
  } else {
    server->Shutdown();
  }
}

Status Server::Start() {
  if (impl_->stopped) return {};
  if (Status status = Listen(); !status.ok()) return status;
  std::unique_lock lock(impl_->mutex);
  if (impl_->stop) return {};
  impl_->serving = true;
  lock.unlock();
  impl_->health.Open();
  impl_->dispatcher->Open();
  impl_->started = true;
  lock.lock();
  impl_->changed.wait(lock, [this] { return impl_->stop; });
  const auto limit = impl_->cut_off;
  lock.unlock();
  impl_->ShutDown(limit);
  lock.lock();
  impl_->serving = false;
  impl_->changed.notify_all();
  return {};
}

void Server::SetApp(std::shared_ptr<const AppInfo> app) {
  const std::lock_guard lock(impl_->mutex);
  impl_->app = std::move(app);
  if (impl_->dispatcher != nullptr) impl_->dispatcher->set_app(impl_->app);
}

bool Server::Ready() const { return impl_->started && !impl_->stopped; }

Status Server::Stop(milliseconds grace) {
  const bool first = !impl_->stopped.exchange(true);
  if (first) {
    impl_->health.Close();
    if (impl_->started && impl_->options.stop_delay.count() > 0) {
      std::this_thread::sleep_for(impl_->options.stop_delay);
    }
  }
  std::unique_lock lock(impl_->mutex);
  if (impl_->server == nullptr) {
    impl_->stop = true;
    return {};
  }
  std::optional<std::chrono::system_clock::time_point> limit;
  if (grace.count() > 0) limit = std::chrono::system_clock::now() + grace;
  if (first) {
    impl_->cut_off = limit;
    impl_->stop = true;
    impl_->changed.notify_all();
    if (!impl_->serving) {
      lock.unlock();
      impl_->ShutDown(limit);
      return {};
    }
  }
  // Streams do not end by themselves as calls do.
  const auto end_streams =
      fiber::Timer::Get().At(fiber::Timer::Clock::now() + impl_->options.stream_drain,
                             [dispatcher = impl_->dispatcher.get()] { dispatcher->EndStreams(); });
  const auto done = [this] { return !impl_->serving; };
  bool in_time = true;
  if (limit) {
    in_time = impl_->changed.wait_for(lock, grace, done);
  } else {
    impl_->changed.wait(lock, done);
  }
  lock.unlock();
  fiber::Timer::Get().Cancel(end_streams);
  if (in_time) return {};
  impl_->dispatcher->EndStreams();
  return GatewayTimeout(
      kReasonDeadlineExceeded,
      fmt::format("calls were still running after {} ms and were cut off", grace.count()));
}

Result<std::string> Server::Endpoint() {
  const std::lock_guard lock(impl_->mutex);
  if (Status status = impl_->ListenLocked(); !status.ok()) return status;
  return impl_->endpoint;
}

std::string Server::address() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->address;
}

int Server::port() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->port;
}

void Server::SetServing(std::string service, bool serving) { impl_->health.Set(service, serving); }

const ServerOptions& Server::options() const { return impl_->options; }

}  // namespace kratos::grpc
