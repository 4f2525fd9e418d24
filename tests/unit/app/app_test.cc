#include "kratos/app/app.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <future>
#include <mutex>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

#include "../log/capture.h"
#include "fake_server.h"
#include "kratos/errors/errors.h"
#include "support/catch.h"

namespace kratos {
namespace {

using namespace std::chrono_literals;
using Entries = std::vector<std::string>;

// Waits, as a call does that nobody answers.
Status WaitForCancellation(Context& ctx) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, ctx.stop_token(), [] { return false; });
  return ctx.Err();
}

// Two servers, a registrar and a hook of each kind, all of which keep a journal.
struct Fixture {
  Journal journal;
  FakeServer one{&journal, "one"};
  FakeServer two{&journal, "two"};
  std::shared_ptr<FakeRegistrar> registrar = std::make_shared<FakeRegistrar>(&journal);

  AppHook Hook(std::string name, Status outcome = {}) {
    return [this, name = std::move(name), outcome = std::move(outcome)](Context&) {
      journal.Add(name);
      return outcome;
    };
  }
  AppOptions Options() {
    AppOptions options;
    options.id = "id-1";
    options.name = "demo";
    options.version = "v1.2.3";
    options.servers = {&one, &two};
    options.before_start = {Hook("before_start")};
    options.after_start = {Hook("after_start")};
    options.before_stop = {Hook("before_stop")};
    options.after_stop = {Hook("after_stop")};
    options.registrar = registrar;
    options.deregister_delay = 0ms;
    options.signals = {};
    return options;
  }
  // What a stop leaves behind, whyever it came.
  void CheckStopped(bool registered = true) {
    CHECK(journal.Has("one is stopped within 20000"));
    CHECK(journal.Has("two is stopped within 20000"));
    CHECK(journal.Has("before_stop"));
    CHECK(journal.entries().back() == "after_stop");
    CHECK(journal.Has("deregistered") == registered);
    if (registered) {
      CHECK(journal.Before("before_stop", "deregistered"));
      CHECK(journal.Before("deregistered", "one is stopped within 20000"));
    }
  }
};

// Runs an application that a test stops.
class RunningApp {
 public:
  explicit RunningApp(AppOptions options)
      : app(std::move(options)),
        outcome_(std::async(std::launch::async, [this] { return app.Serve(); })) {}
  ~RunningApp() { app.Stop(); }
  Status Join() { return outcome_.get(); }

  App app;

 private:
  std::future<Status> outcome_;
};

TEST_CASE("app: starts and stops in order") {
  log::CaptureDefault log;
  Fixture f;
  RunningApp running(f.Options());
  f.journal.WaitFor("after_start");
  running.app.Stop();
  CHECK(running.Join().ok());
  CHECK(f.journal.entries().front() == "before_start");
  CHECK(f.journal.Before("before_start", "one starts"));
  CHECK(f.journal.Before("before_start", "two starts"));
  CHECK(f.journal.Before("registered", "after_start"));
  CHECK(f.journal.Before("after_start", "before_stop"));
  CHECK(f.journal.Before("one is stopped within 20000", "one ends"));
  CHECK(f.journal.Before("two ends", "after_stop"));
  f.CheckStopped();
}

TEST_CASE("app: everyone knows whose they are") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.metadata = {{"zone", "b"}};
  std::vector<AppInfo> seen;
  const auto look = [&](Context& ctx) {
    Context child(&ctx);
    seen.push_back(*child.app());
    return Status();
  };
  options.before_start.emplace_back(look);
  options.after_start.emplace_back(look);
  options.before_stop.emplace_back(look);
  options.after_stop = {look, f.Hook("after_stop")};
  f.registrar->on_register = look;
  f.registrar->on_deregister = look;
  f.two.set_endpoint("");  // Nobody calls it.
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  running.app.Stop();
  CHECK(running.Join().ok());
  const AppInfo expected{"id-1", "demo", "v1.2.3", {{"zone", "b"}}, {"fake://one:1"}};
  CHECK(seen.size() == 6);
  for (const AppInfo& info : seen) CHECK(info == expected);
  CHECK(*f.one.app == expected);
  CHECK(f.registrar->registered == expected);
  CHECK(running.app.info() == expected);
}

TEST_CASE("app: endpoints can be given, and an id need not be") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.id.clear();
  options.endpoints = {"http://outside:80"};
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  running.app.Stop();
  CHECK(running.Join().ok());
  CHECK(f.registrar->registered.endpoints == Entries{"http://outside:80"});
  const std::regex uuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  CHECK(std::regex_match(running.app.info().id, uuid));
  CHECK(running.app.info().id != App(AppOptions()).info().id);
}

TEST_CASE("app: 17.2 #25, registers when the servers are ready and not before") {
  log::CaptureDefault log;
  Fixture f;
  std::atomic<bool> ready = false;
  std::atomic<int> asked = 0;
  f.two.ready = [&] {
    ++asked;
    return ready.load();
  };
  RunningApp running(f.Options());
  while (asked < 3 && !f.journal.Has("registered")) std::this_thread::yield();
  CHECK_FALSE(f.journal.Has("registered"));
  CHECK_FALSE(running.app.Ready());
  ready = true;
  f.journal.WaitFor("after_start");
  while (!running.app.Ready()) std::this_thread::yield();
  running.app.Stop();
  CHECK_FALSE(running.app.Ready());
  CHECK(running.Join().ok());
}

TEST_CASE("app: 17.2 #21, what fails while starting stops what has started and deregisters") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  std::string expected;
  bool registered = true;
  SECTION("registering") {
    f.registrar->on_register = [](Context&) { return ServiceUnavailable("DOWN", "no quorum"); };
    expected = "the instance cannot be registered: no quorum";
  }
  SECTION("a hook after the start") {
    options.after_start = {f.Hook("fails", ServiceUnavailable("DOWN", "no disk")),
                           f.Hook("not run")};
    expected = "after_start hook failed: no disk";
  }
  SECTION("a hook before the start") {
    options.before_start.push_back(f.Hook("fails", ServiceUnavailable("DOWN", "no disk")));
    expected = "before_start hook failed: no disk";
    registered = false;
  }
  SECTION("an exception") {
    options.after_start = {[](Context&) -> Status { throw std::runtime_error("thrown"); }};
    expected = "after_start hook failed: an exception: thrown";
  }
  App app(std::move(options));
  const Status status = app.Serve();
  CHECK(status.message() == expected);
  CHECK_FALSE(f.journal.Has("not run"));
  f.CheckStopped(registered);
  CHECK(f.journal.Has("one starts") == registered);
}

TEST_CASE("app: 17.2 #22, a server that fails stops the others in order") {
  log::CaptureDefault log;
  Fixture f;
  SECTION("while it starts") {
    f.one.on_start = []() -> Status { return ServiceUnavailable("TAKEN", "port in use"); };
    f.two.ready = [] { return false; };
    App app(f.Options());
    const Status status = app.Serve();
    CHECK(status.reason() == "TAKEN");
    CHECK(status.message() == "a server failed: port in use");
    CHECK_FALSE(f.journal.Has("registered"));
    f.CheckStopped(false);
  }
  SECTION("later") {
    RunningApp running(f.Options());
    f.journal.WaitFor("after_start");
    f.two.End(ServiceUnavailable("GONE", "the socket broke"));
    CHECK(running.Join().message() == "a server failed: the socket broke");
    f.CheckStopped();
  }
  SECTION("by an exception") {
    f.one.on_start = []() -> Status { throw std::runtime_error("thrown"); };
    f.two.ready = [] { return false; };
    App app(f.Options());
    CHECK(app.Serve().message() == "a server failed: an exception: thrown");
    f.CheckStopped(false);
  }
}

TEST_CASE("app: 17.2 #22, a stop token stops in order") {
  log::CaptureDefault log;
  Fixture f;
  std::stop_source source;
  auto options = f.Options();
  options.stop_token = source.get_token();
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  source.request_stop();
  CHECK(running.Join().ok());
  f.CheckStopped();
}

TEST_CASE("app: 17.2 #23, the outcome is what failed and not what was cancelled because of it") {
  log::CaptureDefault log;
  Fixture f;
  f.registrar->on_register = [&](Context& ctx) {
    f.one.End(ServiceUnavailable("TAKEN", "port in use"));
    return WaitForCancellation(ctx);
  };
  App app(f.Options());
  CHECK(app.Serve().reason() == "TAKEN");
  f.CheckStopped();  // It may have got through.
}

TEST_CASE("app: stopping while it starts is no failure") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  App* app = nullptr;
  const AppHook stop = [&](Context& ctx) {
    app->Stop();
    return ctx.Err();
  };
  bool registered = true;
  SECTION("before the servers do") {
    options.before_start.push_back(stop);
    registered = false;
  }
  SECTION("while they do") {
    f.two.ready = [&] {
      app->Stop();
      return false;
    };
    registered = false;
  }
  SECTION("while it registers") { f.registrar->on_register = stop; }
  SECTION("in the last hook") { options.after_start = {stop}; }
  App owned(std::move(options));
  app = &owned;
  CHECK(owned.Serve().ok());
  f.CheckStopped(registered);
}

TEST_CASE("app: 17.2 #24, stopping goes on when deregistering fails, and all failures are logged") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.before_stop = {f.Hook("fails first", NotFound("A", "first")), f.Hook("before_stop")};
  options.after_stop = {f.Hook("fails last", NotFound("C", "third")), f.Hook("after_stop")};
  f.registrar->on_deregister = [](Context&) { return ServiceUnavailable("B", "second"); };
  f.two.stop_outcome = GatewayTimeout("D", "calls were cut off");
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  running.app.Stop();
  running.app.Stop();
  const Status status = running.Join();
  running.app.Stop();
  CHECK(status.reason() == "A");
  f.CheckStopped();
  const std::string lines = log.Take();
  for (const char* failure : {"first", "second", "third", "calls were cut off"}) {
    CAPTURE(failure);
    CHECK(lines.find(failure) != std::string::npos);
  }
}

TEST_CASE("app: 17.2 #24, hooks around the stop have time and are not cancelled") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.stop_timeout = 1h;
  std::vector<std::optional<Context::Clock::duration>> left;
  const auto look = [&](Context& ctx) {
    left.push_back(ctx.TimeLeft());
    return ctx.Err();
  };
  options.before_stop = {look};
  options.after_stop = {look};
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  running.app.Stop();
  CHECK(running.Join().ok());
  REQUIRE(left.size() == 2);
  for (const auto& time : left) {
    REQUIRE(time.has_value());
    CHECK(*time > 30min);
    CHECK(*time <= 1h);
  }
  CHECK(f.journal.Has("one is stopped within 3600000"));
}

TEST_CASE("app: 17.2 #25, there is time between leaving the registry and stopping") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.deregister_delay = 24h;
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  running.app.Stop();
  f.journal.WaitFor("deregistered");
  CHECK_FALSE(f.journal.Has("one is stopped within 20000"));
  // Nobody is left to be told.
  f.one.End({});
  f.two.End({});
  CHECK(running.Join().ok());
  f.CheckStopped();
}

TEST_CASE("app: the registrar has until its time-out") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.registrar_timeout = 1ms;
  const auto wait = [](Context& ctx) {
    std::mutex mutex;
    std::condition_variable changed;
    std::unique_lock lock(mutex);
    while (ctx.Err().ok()) changed.wait_until(lock, *ctx.deadline());
    return ctx.Err();
  };
  f.registrar->on_register = wait;
  f.registrar->on_deregister = wait;
  App app(std::move(options));
  const Status status = app.Serve();
  CHECK(IsGatewayTimeout(status));
  CHECK(status.message().starts_with("the instance cannot be registered: "));
  f.CheckStopped();
}

TEST_CASE("app: 17.2 #26, an endpoint without a host is not registered") {
  log::CaptureDefault log;
  Fixture f;
  f.two.set_endpoint("http://:8000");
  App app(f.Options());
  const Status status = app.Serve();
  CHECK(status.reason() == "BAD_ENDPOINT");
  CHECK(status.message().find("\"http://:8000\"") != std::string::npos);
  CHECK_FALSE(f.journal.Has("one starts"));

  SECTION("but is served all the same where nobody is told") {
    auto options = f.Options();
    options.registrar = nullptr;
    RunningApp running(std::move(options));
    f.journal.WaitFor("after_start");
    running.app.Stop();
    CHECK(running.Join().ok());
  }
}

TEST_CASE("app: a server that cannot listen fails the run before anything starts") {
  log::CaptureDefault log;
  Fixture f;
  f.two.endpoint_status = ServiceUnavailable("TAKEN", "port in use");
  App app(f.Options());
  const Status status = app.Serve();
  CHECK(status.message() == "a server cannot listen: port in use");
  CHECK_FALSE(f.journal.Has("before_start"));
  CHECK_FALSE(f.journal.Has("one starts"));
  CHECK(f.journal.Has("one is stopped within 20000"));  // It listens.
}

TEST_CASE("app: ends when all servers have ended, one of them alone does not end it") {
  log::CaptureDefault log;
  Fixture f;
  RunningApp running(f.Options());
  f.journal.WaitFor("after_start");
  f.one.End({});
  f.journal.WaitFor("one ends");
  while (!running.app.Ready()) std::this_thread::yield();
  CHECK_FALSE(f.journal.Has("before_stop"));
  f.two.End({});
  CHECK(running.Join().ok());
  f.CheckStopped();
}

TEST_CASE("app: stopped before it is served it does nothing, and is served once only") {
  log::CaptureDefault log;
  Fixture f;
  App app(f.Options());
  app.Stop();
  CHECK(app.Serve().ok());
  CHECK(f.journal.entries().empty());
  CHECK(app.Serve().reason() == "SERVED");
}

TEST_CASE("app: without servers it waits for the stop") {
  log::CaptureDefault log;
  Journal journal;
  App* stopped = nullptr;
  App app({.name = "jobs",
           .after_start = {[&](Context&) {
             stopped->Stop();
             return Status();
           }},
           .signals = {}});
  stopped = &app;
  CHECK(app.Run() == 0);
}

TEST_CASE("app: Run answers with an exit status and one line that says what went wrong") {
  log::CaptureDefault log;
  Fixture f;
  f.one.on_start = []() -> Status { return ServiceUnavailable("TAKEN", "port in use"); };
  CHECK(App(f.Options()).Run() == 1);
  const std::string lines = log.Take();
  CAPTURE(lines);
  CHECK(lines.find("level=ERROR msg=\"application ended: a server failed: port in use\" name=demo "
                   "id=id-1 reason=TAKEN\n") != std::string::npos);
}

std::atomic<int> received = 0;

TEST_CASE("app: the first signal stops; after it signals do what they did before") {
  log::CaptureDefault log;
  received = 0;
  struct sigaction action = {};
  action.sa_handler = [](int) { ++received; };
  struct sigaction before = {};
  sigaction(SIGUSR1, &action, &before);
  for (int run = 0; run < 2; ++run) {
    Fixture f;
    auto options = f.Options();
    options.signals = {SIGUSR1, SIGUSR1, SIGUSR2};
    options.before_stop = {[&](Context&) {
      raise(SIGUSR1);  // The impatient second one.
      return Status();
    }};
    RunningApp running(std::move(options));
    f.journal.WaitFor("after_start");
    CHECK(received == run);
    raise(SIGUSR1);
    CHECK(running.Join().ok());
    CHECK(received == run + 1);
    CHECK(f.journal.entries().back() == "after_stop");
  }
  struct sigaction now = {};
  sigaction(SIGUSR1, &before, &now);
  CHECK(now.sa_handler == action.sa_handler);
  sigaction(SIGUSR2, nullptr, &now);
  CHECK(now.sa_handler == SIG_DFL);
}

TEST_CASE("app: signals are given back when they were not what stopped it") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  options.signals = {SIGUSR1};
  RunningApp running(std::move(options));
  f.journal.WaitFor("after_start");
  struct sigaction now = {};
  sigaction(SIGUSR1, nullptr, &now);
  CHECK(now.sa_handler != SIG_DFL);
  running.app.Stop();
  CHECK(running.Join().ok());
  sigaction(SIGUSR1, nullptr, &now);
  CHECK(now.sa_handler == SIG_DFL);
}

TEST_CASE("app: signals that cannot be had are a failure that says so") {
  log::CaptureDefault log;
  Fixture f;
  auto options = f.Options();
  SECTION("since none can") {
    options.signals = {SIGUSR1, SIGKILL};
    App app(std::move(options));
    CHECK(app.Serve().message().find("SIGKILL cannot be handled") != std::string::npos);
    struct sigaction now = {};
    sigaction(SIGUSR1, nullptr, &now);
    CHECK(now.sa_handler == SIG_DFL);
  }
  SECTION("since another application has them") {
    auto first_options = f.Options();
    first_options.signals = {SIGUSR1};
    RunningApp first(std::move(first_options));
    f.journal.WaitFor("after_start");
    Fixture other;
    auto second_options = other.Options();
    second_options.signals = {SIGUSR2};
    App second(std::move(second_options));
    CHECK(second.Serve().reason() == "SIGNALS");
    CHECK(other.journal.entries().empty());
    first.app.Stop();
    CHECK(first.Join().ok());
  }
}

}  // namespace
}  // namespace kratos
