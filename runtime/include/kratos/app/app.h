// A program made of servers: starting, registering, signals, stopping.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/health/registry.h"
#include "kratos/registry/registrar.h"
#include "kratos/registry/service_instance.h"
#include "kratos/transport/server.h"

namespace kratos {

/// What is done at a moment of an application's life. Its context knows the application
/// (Context::app). Before and after the start it is cancelled when the application is to stop;
/// around the stop it is not, and its deadline is AppOptions::stop_timeout from then. A hook that
/// gives up because of the cancellation returns ctx.Err(), which is not taken for a failure.
using AppHook = std::function<Status(Context& ctx)>;

struct AppOptions {
  /// Default "": a random UUID (RFC 9562, version 4).
  std::string id{};
  std::string name{};
  std::string version{};
  std::map<std::string, std::string> metadata{};
  /// What others reach this program under. Default: what the servers say.
  std::vector<std::string> endpoints{};
  /// Started together, stopped together; not owned, and must outlive the run.
  std::vector<transport::Server*> servers{};

  /// Run in order before any server starts; the first that fails ends the start.
  std::vector<AppHook> before_start{};
  /// Run in order once every server is ready and the instance is registered; the first that fails
  /// stops the application.
  std::vector<AppHook> after_start{};
  /// All of them run, in order, before the instance leaves the registry, whyever the application
  /// stops and however far its start had come, from the first before_start hook on.
  std::vector<AppHook> before_stop{};
  /// All of them run, in order, after every server has stopped; as before_stop.
  std::vector<AppHook> after_stop{};

  /// Where the instance registers when all servers are ready. Default: nowhere.
  std::shared_ptr<registry::Registrar> registrar{};
  /// For registering, and for deregistering. Default 10 s.
  std::chrono::milliseconds registrar_timeout{10'000};
  /// How long the servers go on serving after the instance has left the registry, so that clients
  /// hear of it before they are refused. Only with a registrar. Default 1 s.
  std::chrono::milliseconds deregister_delay{1'000};
  /// What each server is given to finish its running calls; what runs longer is cut off, and the
  /// run fails. Zero: no limit. Default 20 s, which fits with registrar_timeout into the 30 s that
  /// Kubernetes gives a pod.
  std::chrono::milliseconds stop_timeout{20'000};

  /// Told that the application serves when it is ready, and that it does not before that and as
  /// soon as its stop begins. Default: none.
  std::shared_ptr<health::Registry> health{};

  /// What stops the application. From the first of them on signals do again what they did before
  /// the run, so that a second Ctrl-C ends the process. Empty: none, for programs that see to
  /// signals themselves. Only one application of a process can have any at a time.
  std::vector<int> signals{SIGTERM, SIGQUIT, SIGINT};
  /// Stops the application when it is requested, as Stop does.
  std::stop_token stop_token{};
};

/// Runs servers until it is told to stop. In order: ask the servers for their endpoints (they
/// listen from then on), before_start hooks, start all servers, wait until every one is ready,
/// register, after_start hooks; ready. Then, on a signal, Stop(), the stop token, the failure of a
/// server, or when all servers have ended: not ready, before_stop hooks, deregister,
/// deregister_delay, stop all servers at once, after_stop hooks. What fails on the way is logged
/// and does not keep the rest from being done.
class App {
 public:
  explicit App(AppOptions options);
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  /// Must not be reached while Run or Serve is running.
  ~App();

  /// Serve, for main: 0 when all went well; else 1, after one line in the log that says what went
  /// wrong.
  int Run();
  /// Runs the application and returns when all is over: OK, or what failed first. Exceptions of
  /// hooks, servers and registrar are failures. Can be called once.
  Status Serve();
  /// Makes Serve stop and return; does not wait for that. Before Serve: it will return at once.
  /// Further calls change nothing. Thread-safe; may be called from a hook or a handler.
  void Stop();

  /// True from the end of the start until the stop begins: what a readiness probe asks.
  /// Thread-safe.
  bool Ready() const;
  /// Id, name, version, metadata, and the endpoints once they are known. A copy. Thread-safe.
  AppInfo info() const;

 private:
  class Life;
  std::unique_ptr<Life> life_;
};

}  // namespace kratos
