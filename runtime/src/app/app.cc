#include "kratos/app/app.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "app/instance_id.h"
#include "app/signal_watch.h"
#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "middleware/exception_slot.h"

namespace kratos {

namespace {

using std::chrono::milliseconds;

// Servers have no way to call when they are ready, so they are asked this often.
constexpr milliseconds kReadyPoll{1};

// Calls what others wrote; an exception is a failure like any other.
Status Guard(const std::function<Status()>& function) {
  try {
    return function();
  } catch (...) {
    return InternalServer(kReasonUnknown,
                          "an exception: " + WhatWasThrown(std::current_exception()));
  }
}

// `status` with the words before its message that say where it happened.
Status During(std::string_view what, const Status& status) {
  const Error& error = status.error();
  return Error(error.code(), error.reason(), fmt::format("{}: {}", what, error.message()))
      .WithMetadata(error.metadata())
      .WithCause(error.cause());
}

// "http://:8000": a server that listens on every interface of a machine that has none others reach.
bool HasHost(std::string_view endpoint) {
  const auto at = endpoint.find("://");
  if (at == std::string_view::npos) return !endpoint.empty();
  const std::string_view rest = endpoint.substr(at + 3);
  return !rest.empty() && rest.front() != ':' && rest.front() != '/';
}

}  // namespace

class App::Life {
 public:
  explicit Life(AppOptions options);

  Status Serve();
  void RequestStop(std::string_view why);
  bool ready() const;
  AppInfo info() const;

 private:
  struct Running {
    transport::Server* server = nullptr;
    std::thread thread;
    bool ended = false;  // Guarded by mutex_.
  };

  Status Prepare();
  void StartServers();
  bool WaitUntilReady();
  Status AnnounceStart();
  void WaitForStop();
  void WindDown();
  void StopServers();
  void LeaveRegistry();
  Status RunHooks(std::string_view which, const std::vector<AppHook>& hooks, Context& ctx,
                  bool all);
  void StoppingHooks(std::string_view which, const std::vector<AppHook>& hooks);
  void Fail(Status status);
  void TellHealth();
  // With the mutex held.
  bool Ended(const transport::Server* server) const;
  bool AllEnded() const;

  const AppOptions options_;
  // Where the calls, hooks and the registrar see who they belong to; its address stays the same.
  const std::shared_ptr<AppInfo> info_;
  Context start_;
  std::vector<Running> running_;
  bool registering_ = false;

  std::mutex telling_;  // Before mutex_.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool served_ = false;
  bool ready_ = false;
  bool stopping_ = false;
  Status outcome_;
};

App::Life::Life(AppOptions options)
    : options_(std::move(options)), info_(std::make_shared<AppInfo>()) {
  info_->id = options_.id.empty() ? NewInstanceId() : options_.id;
  info_->name = options_.name;
  info_->version = options_.version;
  info_->metadata = options_.metadata;
  start_.set_app(info_.get());
}

void App::Life::RequestStop(std::string_view why) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    ready_ = false;
  }
  TellHealth();
  log::Write(log::Level::kInfo, "application stops",
             {{"name", info_->name}, {"id", info_->id}, {"because", why}});
  start_.Cancel();
  changed_.notify_all();
}

// The first failure is the outcome; all are logged, since each one may need another remedy.
void App::Life::Fail(Status status) {
  log::Write(log::Level::kError, "application failed",
             {{"name", info_->name}, {"id", info_->id}, {"error", status.error().ToString()}});
  {
    const std::lock_guard lock(mutex_);
    outcome_.Update(std::move(status));
  }
  RequestStop("of a failure");
}

bool App::Life::Ended(const transport::Server* server) const {
  return std::any_of(running_.begin(), running_.end(),
                     [&](const Running& r) { return r.server == server && r.ended; });
}

bool App::Life::AllEnded() const {
  return std::all_of(running_.begin(), running_.end(), [](const Running& r) { return r.ended; });
}

// Asks the servers who they are: from here on they listen.
Status App::Life::Prepare() {
  std::vector<std::string> endpoints = options_.endpoints;
  for (transport::Server* server : options_.servers) {
    if (server == nullptr) return InternalServer("BAD_OPTIONS", "one of the servers is null");
    Result<std::string> endpoint = Status();
    const Status status = Guard([&] {
      endpoint = server->Endpoint();
      return endpoint.status();
    });
    if (!status.ok()) return During("a server cannot listen", status);
    if (options_.endpoints.empty() && !endpoint->empty()) endpoints.push_back(std::move(*endpoint));
  }
  for (const std::string& endpoint : endpoints) {
    if (options_.registrar == nullptr || HasHost(endpoint)) continue;
    return InternalServer(
        "BAD_ENDPOINT",
        fmt::format("the endpoint \"{}\" names no host under which others reach it; set "
                    "AppOptions::endpoints",
                    endpoint));
  }
  const std::lock_guard lock(mutex_);
  info_->endpoints = std::move(endpoints);
  return {};
}

void App::Life::StartServers() {
  running_.resize(options_.servers.size());
  for (std::size_t i = 0; i < running_.size(); ++i) {
    Running& running = running_[i];
    running.server = options_.servers[i];
    running.thread = std::thread([this, &running] {
      Status status = Guard([&] { return running.server->Start(); });
      if (!status.ok()) Fail(During("a server failed", status));
      {
        const std::lock_guard lock(mutex_);
        running.ended = true;
      }
      changed_.notify_all();
    });
  }
}

// False when the application is to stop instead.
bool App::Life::WaitUntilReady() {
  // Asked without the lock, since what a server does to answer is its own affair.
  std::vector<transport::Server*> waiting = options_.servers;
  std::unique_lock lock(mutex_);
  while (!stopping_ && !AllEnded()) {
    lock.unlock();
    std::erase_if(waiting, [](const transport::Server* server) { return server->Ready(); });
    lock.lock();
    std::erase_if(waiting, [this](const transport::Server* server) { return Ended(server); });
    if (waiting.empty()) break;
    changed_.wait_for(lock, kReadyPoll);
  }
  return !stopping_;
}

Status App::Life::RunHooks(std::string_view which, const std::vector<AppHook>& hooks, Context& ctx,
                           bool all) {
  for (const AppHook& hook : hooks) {
    const Status status = Guard([&] { return hook(ctx); });
    if (status.ok()) continue;
    if (!all) return During(fmt::format("{} hook failed", which), status);
    Fail(During(fmt::format("{} hook failed", which), status));
  }
  return {};
}

void App::Life::StoppingHooks(std::string_view which, const std::vector<AppHook>& hooks) {
  Context ctx;
  ctx.set_app(info_.get());
  if (options_.stop_timeout.count() > 0) ctx.LimitDeadline(options_.stop_timeout);
  (void)RunHooks(which, hooks, ctx, true);
}

// Tells the world, when all servers are ready.
Status App::Life::AnnounceStart() {
  if (options_.registrar != nullptr) {
    Context ctx(&start_);
    ctx.LimitDeadline(options_.registrar_timeout);
    registering_ = true;
    const Status status = Guard([&] { return options_.registrar->Register(ctx, *info_); });
    if (!status.ok()) return During("the instance cannot be registered", status);
  }
  if (Status status = RunHooks("after_start", options_.after_start, start_, false); !status.ok())
    return status;
  {
    const std::lock_guard lock(mutex_);
    ready_ = !stopping_;
  }
  TellHealth();
  return {};
}

// Whoever comes last says what is true then.
void App::Life::TellHealth() {
  if (options_.health == nullptr) return;
  const std::lock_guard telling(telling_);
  options_.health->SetServing(ready());
}

void App::Life::WaitForStop() {
  std::unique_lock lock(mutex_);
  // Servers may end by themselves; without any there is nothing but the stop to wait for.
  changed_.wait(lock, [this] { return stopping_ || (!running_.empty() && AllEnded()); });
  lock.unlock();
  RequestStop("all servers have ended");
}

void App::Life::LeaveRegistry() {
  if (!registering_) return;
  Context ctx;
  ctx.set_app(info_.get());
  ctx.LimitDeadline(options_.registrar_timeout);
  const Status status = Guard([&] { return options_.registrar->Deregister(ctx, *info_); });
  if (!status.ok()) Fail(During("the instance cannot be deregistered", status));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, options_.deregister_delay, [this] { return AllEnded(); });
}

void App::Life::StopServers() {
  std::vector<std::thread> stoppers;
  stoppers.reserve(options_.servers.size());
  for (transport::Server* server : options_.servers) {
    if (server == nullptr) continue;
    stoppers.emplace_back([this, server] {
      const Status status = Guard([&] { return server->Stop(options_.stop_timeout); });
      if (!status.ok()) Fail(During("a server did not stop in order", status));
    });
  }
  for (std::thread& stopper : stoppers) stopper.join();
  for (Running& running : running_) running.thread.join();
}

// The stop from its first hook to its last; whatever fails, the rest is done.
void App::Life::WindDown() {
  StoppingHooks("before_stop", options_.before_stop);
  LeaveRegistry();
  StopServers();
  StoppingHooks("after_stop", options_.after_stop);
}

Status App::Life::Serve() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(served_, true))
      return InternalServer("SERVED", "an application can be served once only");
    if (stopping_) return {};
  }
  TellHealth();
  auto signals = SignalWatch::Begin(
      options_.signals, [this](int signal) { RequestStop("of " + SignalName(signal)); });
  if (!signals.ok()) {
    Fail(signals.status());
    return signals.status();
  }
  std::optional<std::stop_callback<std::function<void()>>> stop_request;
  stop_request.emplace(options_.stop_token, [this] { RequestStop("its stop token says so"); });

  if (Status status = Prepare(); !status.ok()) {
    Fail(std::move(status));
    StopServers();
  } else {
    for (transport::Server* server : options_.servers) server->SetApp(info_);
    status = RunHooks("before_start", options_.before_start, start_, false);
    if (status.ok()) {
      StartServers();
      if (WaitUntilReady()) status = AnnounceStart();
    }
    const bool cut_short = !status.ok() && start_.cancelled() && IsClientClosed(status);
    if (status.ok() && ready()) {
      log::Write(log::Level::kInfo, "application started",
                 {{"name", info_->name},
                  {"version", info_->version},
                  {"id", info_->id},
                  {"endpoints", fmt::format("{}", fmt::join(info_->endpoints, " "))}});
    } else if (!status.ok() && !cut_short) {
      // What gave up because the application is to stop is no failure of its own.
      Fail(std::move(status));
    }
    WaitForStop();
    WindDown();
  }
  const std::lock_guard lock(mutex_);
  return outcome_;
}

bool App::Life::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

AppInfo App::Life::info() const {
  const std::lock_guard lock(mutex_);
  return *info_;
}

App::App(AppOptions options) : life_(std::make_unique<Life>(std::move(options))) {}

App::~App() = default;

int App::Run() {
  const Status status = Serve();
  const AppInfo self = info();
  if (status.ok()) {
    log::Write(log::Level::kInfo, "application ended", {{"name", self.name}, {"id", self.id}});
    return 0;
  }
  log::Write(log::Level::kError, fmt::format("application ended: {}", status.message()),
             {{"name", self.name}, {"id", self.id}, {"reason", status.reason()}});
  return 1;
}

Status App::Serve() { return life_->Serve(); }

void App::Stop() { life_->RequestStop("it was told to"); }

bool App::Ready() const { return life_->ready(); }

AppInfo App::info() const { return life_->info(); }

}  // namespace kratos
