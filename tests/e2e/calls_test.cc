// Calls that take their time: deadlines, clients that leave, many at once.
#include <sys/epoll.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include "kratos/fiber/fiber.h"
#include "services.h"
#include "support/catch.h"

namespace {
std::atomic<int> epoll_waits = 0;
}  // namespace

// In the C library's place, for all of this program: each question for what has come is counted.
extern "C" int epoll_wait(int set, epoll_event* events, int most, int timeout) {
  ++epoll_waits;
  return epoll_pwait(set, events, most, timeout, nullptr);
}

namespace e2e {
namespace {

using kratos::Status;
using Clock = kratos::Context::Clock;

#if defined(KRATOS_SANITIZE_ADDRESS) || defined(KRATOS_SANITIZE_THREAD)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Returns when the call is not worth going on with, for whatever reason.
Status WaitOut(kratos::Context& ctx) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  if (ctx.deadline()) {
    changed.wait_until(lock, ctx.stop_token(), *ctx.deadline(), [] { return false; });
  } else {
    changed.wait(lock, ctx.stop_token(), [] { return false; });
  }
  return ctx.Err();
}

TEST_CASE(
    "calls: K27, every call has a deadline: the server's, the operation's, or what the client "
    "leaves of it") {
  Guarded<std::optional<Clock::duration>> left;
  const auto hook = [&left](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    left.Set(ctx.TimeLeft());
    return {};
  };
  auto options = LocalOptions();
  options.timeout = std::chrono::hours(2);
  EchoTestServer server(options, hook);
  const auto call = [&](std::vector<std::string> more = {}) {
    left.Set(std::nullopt);
    return server.Get("/v1/hook", std::move(more)).status;
  };
  using std::chrono::hours;
  using std::chrono::minutes;
  CHECK(call() == 200);
  REQUIRE(left.Get());
  CHECK(*left.Get() > hours(1));
  CHECK(*left.Get() <= hours(2));
  CHECK(call({"-H", "Grpc-Timeout: 30M"}) == 200);
  CHECK(*left.Get() <= minutes(30));
  // It cannot be made longer.
  CHECK(call({"-H", "Grpc-Timeout: 99999999H"}) == 200);
  CHECK(*left.Get() <= hours(2));

  options.timeout = std::chrono::milliseconds(0);
  EchoTestServer none(options, hook,
                      [](kratos::http::Server& s) { s.TimeoutFor(kOperationEchoPath, hours(1)); });
  left.Set(std::nullopt);
  CHECK(none.Get("/v1/hook").status == 200);
  CHECK_FALSE(left.Get());
  CHECK(none.Get("/v1/hook", {"-H", "grpc-timeout: 1H"}).status == 200);
  CHECK(left.Get());

  options.timeout = hours(2);
  EchoTestServer own(options, hook, [](kratos::http::Server& s) {
    s.TimeoutFor(kOperationEchoHook, minutes(20));
  });
  CHECK(own.Get("/v1/hook").status == 200);
  CHECK(*left.Get() <= minutes(20));
  EchoTestServer exempt(
      options, hook, [](kratos::http::Server& s) { s.TimeoutFor(kOperationEchoHook, minutes(0)); });
  left.Set(std::nullopt);
  CHECK(exempt.Get("/v1/hook").status == 200);
  CHECK_FALSE(left.Get());
}

TEST_CASE("calls: K27, a passed deadline is 504") {
  auto options = LocalOptions();
  options.timeout = std::chrono::milliseconds(1);
  EchoTestServer server(
      options, [](kratos::Context& ctx, const Msg&, Msg*) -> Status { return WaitOut(ctx); });
  const Reply reply = server.Get("/v1/hook");
  CHECK(reply.status == 504);
  CHECK(AsError(reply).reason == "DEADLINE_EXCEEDED");
  EchoTestServer patient(
      [](kratos::Context& ctx, const Msg&, Msg*) -> Status { return WaitOut(ctx); });
  CHECK(patient.Get("/v1/hook", {"-H", "Grpc-Timeout: 1m"}).status == 504);
  CHECK(patient.Get("/v1/hook", {"-H", "Grpc-Timeout: 0n"}).status == 504);
}

TEST_CASE("calls: K27, a malformed Grpc-Timeout is 400") {
  EchoTestServer server;
  for (const char* text : {"1", "S", "1s", "-1S", "123456789S", "1 S", "soon"}) {
    CAPTURE(text);
    const Reply reply = server.Get("/v1/hook", {"-H", std::string("Grpc-Timeout: ") + text});
    CHECK(reply.status == 400);
    CHECK(AsError(reply).message.find("Grpc-Timeout") != std::string::npos);
  }
}

TEST_CASE("calls: K22, a client that vanishes cancels the call's context") {
  Event running;
  Event ended;
  Status status;
  EchoTestServer server([&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    running.Set();
    status = WaitOut(ctx);
    ended.Set();
    return status;
  });
  RawConnection connection(server.port());
  connection.Send("GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n");
  running.Wait();
  connection.Close();
  ended.Wait();
  CHECK(status.code() == 499);
  CHECK(status.reason() == "CANCELED");
}

TEST_CASE("calls: K22, killing the client program cancels the call's context, others go on") {
  Event running;
  Event ended;
  EchoTestServer server([&](kratos::Context& ctx, const Msg& request, Msg*) -> Status {
    if (request.text() != "wait") return ctx.Err();
    running.Set();
    Status status = WaitOut(ctx);
    ended.Set();
    return status;
  });
  RunningCurl curl({server.Url("/v1/hook/wait")});
  running.Wait();
  curl.Kill();
  ended.Wait();
  CHECK(server.Get("/v1/hook/other").status == 200);
}

TEST_CASE("calls: more clients than threads, every one gets its own answer") {
  auto options = LocalOptions();
  options.limits.threads = 4;
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  EchoTestServer server(options, [&](kratos::Context&, const Msg& request, Msg* reply) -> Status {
    const int now = ++at_once;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    *reply = request;
    --at_once;
    return {};
  });
  constexpr int kClients = 24;
  constexpr int kRequests = 20;
  std::vector<std::future<std::string>> clients;
  for (int c = 0; c < kClients; ++c) {
    clients.push_back(std::async(std::launch::async, [&server, c]() -> std::string {
      auto connection = std::make_unique<RawConnection>(server.port());
      for (int i = 0; i < kRequests; ++i) {
        const std::string text = std::to_string(c) + "-" + std::to_string(i);
        // Connections that are asked to make room are opened again, as every client does.
        Reply reply;
        for (int attempt = 0; attempt < 100 && reply.status == 0; ++attempt) {
          if (attempt > 0) connection = std::make_unique<RawConnection>(server.port());
          connection->Send("GET /v1/hook/" + text + " HTTP/1.1\r\nHost: h\r\n\r\n");
          reply = connection->Read();
        }
        if (reply.status != 200 ||
            reply.body.find("\"text\":\"" + text + "\"") == std::string::npos) {
          return text + ": " + std::to_string(reply.status) + " " + reply.body;
        }
        if (reply.headers.Get("Connection") == "close")
          connection = std::make_unique<RawConnection>(server.port());
      }
      return "";
    }));
  }
  for (auto& client : clients) CHECK(client.get() == "");
  CHECK(most <= 4);
}

TEST_CASE("calls: idle connections do not keep others out, however many there are") {
  auto options = LocalOptions();
  options.limits.threads = 2;
  options.limits.idle_timeout = std::chrono::minutes(10);
  EchoTestServer server(options);
  std::vector<std::unique_ptr<RawConnection>> idle;
  for (int i = 0; i < 10; ++i) {
    idle.push_back(std::make_unique<RawConnection>(server.port()));
    idle.back()->Send("GET /v1/path/a HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(idle.back()->Read().status == 200);
  }
  CHECK(server.Get("/v1/path/a").status == 200);
}

TEST_CASE("calls: a connection that never pauses makes room too when others wait") {
  auto options = LocalOptions();
  options.limits.threads = 1;
  options.limits.max_queued_connections = 1;  // httplib
  options.limits.max_queued_calls = 1;        // asio
  Event running;
  Event go_on;
  EchoTestServer server(options, [&](kratos::Context&, const Msg&, Msg*) -> Status {
    running.Set();
    go_on.Wait();
    return {};
  });
  const std::string request = "GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n";
  RawConnection greedy(server.port());
  for (int i = 0; i < 3; ++i) greedy.Send(request);
  running.Wait();
  RawConnection waiting(server.port());
  waiting.Send(request);
  // The refusal of the next one tells that this one is in the queue.
  REQUIRE(server.Get("/v1/hook").status == 503);
  go_on.Set();
  const Reply reply = greedy.Read();
  CHECK(reply.status == 200);
  if (EngineName() == "httplib") CHECK(reply.headers.Get("Connection") == "close");
  CHECK(waiting.Read().status == 200);
}

TEST_CASE("calls: over a Unix-domain socket") {
  TempDir dir;
  auto options = LocalOptions();
  options.address = "unix:" + dir.Path("socket");
  EchoTestServer server(options);
  CHECK(*server->Endpoint() == options.address);
  const Reply reply = Curl({"--unix-socket", dir.Path("socket"), "http://h/v1/path/a"});
  CHECK(reply.status == 200);
  CHECK(Fields(reply) == "text: \"a\"");
  CHECK(server.Stop(std::chrono::minutes(1)).ok());
  CHECK(server.Join().ok());  // Start takes the file away.
  CHECK(Run({"test", "-e", dir.Path("socket")}) != 0);
}

TEST_CASE("calls: inline ones run on the thread that reads them, one after the other") {
  auto options = LocalOptions();
  options.limits.io_threads = 1;
  std::atomic<int> at_once = 0;
  std::atomic<bool> overlapped = false;
  EchoTestServer server(
      options,
      [&](kratos::Context&, const Msg& request, Msg* reply) -> Status {
        if (++at_once > 1) overlapped = true;
        *reply = request;
        --at_once;
        return {};
      },
      [](kratos::http::Server& http) { http.RunInline("/e2e.Echo/*"); });
  std::vector<std::future<bool>> clients;
  for (int c = 0; c < 8; ++c) {
    clients.push_back(std::async(std::launch::async, [&server] {
      RawConnection connection(server.port());
      for (int i = 0; i < 200; ++i) {
        connection.Send("GET /v1/hook/x HTTP/1.1\r\nHost: h\r\n\r\n");
        if (connection.Read().status != 200) return false;
      }
      return true;
    }));
  }
  for (auto& client : clients) CHECK(client.get());
  if (EngineName() == "asio") CHECK_FALSE(overlapped);
}

TEST_CASE("calls: one that has waited leaves nothing to do in the loop") {
  if (EngineName() != "asio") return;
  constexpr int kCalls = 500;
  auto options = LocalOptions();
  options.limits.io_threads = 1;
  options.limits.max_requests_per_connection = 0;
  EchoTestServer server(
      options,
      [](kratos::Context&, const Msg&, Msg*) -> Status {
        kratos::fiber::Blocking([] {});
        return {};
      },
      [](kratos::http::Server& http) { http.RunInline(kOperationEchoHook); });
  RawConnection connection(server.port());
  const int before = epoll_waits;
  for (int i = 0; i < kCalls; ++i) {
    connection.Send("GET /v1/hook/x HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(connection.Read().status == 200);
  }
  // Three each: for the request, for more of them, for the end of the wait.
  CHECK(epoll_waits - before < 5 * kCalls);
}

// A server with one thread for sockets whose Hook has been quick so often that it is trusted to be.
class QuickServer {
 public:
  static constexpr int kQuickCalls = 100;

  explicit QuickServer(HookFunction hook) : QuickServer(std::move(hook), LocalOptions()) {}
  QuickServer(HookFunction hook, kratos::http::ServerOptions options)
      : server_(OneLoop(std::move(options)), std::move(hook)) {
    RawConnection connection(port());
    for (int i = 0; i < kQuickCalls; ++i) Call(connection, "quick");
  }

  int port() const { return server_.port(); }
  static void Send(RawConnection& connection, const std::string& text) {
    connection.Send("GET /v1/hook/" + text + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  static void Call(RawConnection& connection, const std::string& text) {
    Send(connection, text);
    REQUIRE(connection.Read().status == 200);
  }

 private:
  static kratos::http::ServerOptions OneLoop(kratos::http::ServerOptions options) {
    options.limits.io_threads = 1;
    return options;
  }

  EchoTestServer server_;
};

TEST_CASE("calls: quick ones run on the thread that reads them, others do not") {
  if (EngineName() != "asio") return;
  std::mutex mutex;
  std::map<std::string, std::map<std::thread::id, int>> threads;  // Of calls, by operation.
  auto options = LocalOptions();
  options.limits.io_threads = 1;
  options.limits.max_requests_per_connection = 0;
  EchoTestServer server(
      options,
      [](kratos::Context& ctx, const Msg& request, Msg*) -> Status {
        return request.text() == "slow" ? WaitOut(ctx) : Status();
      },
      [&](kratos::http::Server& http) {
        http.RunInline(kOperationEchoPath);
        http.TimeoutFor(kOperationEchoHook, std::chrono::milliseconds(1));
        http.Use("*", {[&](kratos::Handler next) -> kratos::Handler {
                   return [&, next = std::move(next)](kratos::Context& ctx, const auto& request,
                                                      auto* reply) {
                     {
                       const std::lock_guard lock(mutex);
                       ++threads[ctx.transport().operation][std::this_thread::get_id()];
                     }
                     return next(ctx, request, reply);
                   };
                 }});
      });
  RawConnection connection(server.port());
  const auto call = [&](const std::string& path) {
    connection.Send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE(connection.Read().status != 0);
  };
  call("/v1/path/a");
  const std::thread::id reader = threads[kOperationEchoPath].begin()->first;
  auto& hook = threads[kOperationEchoHook];
  for (int i = 0; i < 100; ++i) call("/v1/hook/slow");
  CHECK(hook[reader] == 0);
  // Until they are trusted, which takes as many as their past has been slow; not more. Sanitizers
  // make every call slow, and then none is.
  int count = 0;
  for (; hook[reader] == 0 && count < 10'000; ++count) call("/v1/hook/quick");
  if (!kSanitized) CHECK(hook[reader] > 0);
  CHECK(count > 100);
}

TEST_CASE("calls: one that used to be quick and now blocks holds up nobody else") {
  constexpr int kBlocked = 6;
  struct Round {
    std::atomic<int> running = 0;
    Event all_run;
    Event go_on;
  };
  Round rounds[3];
  const QuickServer server([&](kratos::Context&, const Msg& request, Msg*) -> Status {
    if (request.text() == "quick") return {};
    Round& round = rounds[std::stoul(request.text())];
    if (++round.running == kBlocked) round.all_run.Set();
    round.go_on.Wait();
    return {};
  });
  for (std::size_t i = 0; i < std::size(rounds); ++i) {
    std::vector<std::unique_ptr<RawConnection>> blocked;
    for (int c = 0; c < kBlocked; ++c) {
      blocked.push_back(std::make_unique<RawConnection>(server.port()));
      QuickServer::Send(*blocked.back(), std::to_string(i));
    }
    rounds[i].all_run.Wait();
    RawConnection other(server.port());
    QuickServer::Call(other, "quick");
    rounds[i].go_on.Set();
    for (auto& connection : blocked) {
      CHECK(connection->Read().status == 200);
      // The connection goes on as if nothing had been.
      for (int c = 0; c < 200; ++c) QuickServer::Call(*connection, "quick");
    }
  }
}

TEST_CASE("calls: K22, one that used to be quick is told that its client has left") {
  Event running;
  Event ended;
  const QuickServer server([&](kratos::Context& ctx, const Msg& request, Msg*) -> Status {
    if (request.text() == "quick") return {};
    running.Set();
    Status status = WaitOut(ctx);
    ended.Set();
    return status;
  });
  auto leaving = std::make_unique<RawConnection>(server.port());
  QuickServer::Send(*leaving, "slow");
  running.Wait();
  leaving.reset();
  ended.Wait();
}

TEST_CASE("calls: ones that used to be quick and now block stay within the limit for threads") {
  auto options = LocalOptions();
  options.limits.threads = 3;
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  Event full;
  Event go_on;
  const QuickServer server(
      [&](kratos::Context&, const Msg& request, Msg*) -> Status {
        if (request.text() == "quick") return {};
        const int now = ++at_once;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        if (now == 3) full.Set();
        go_on.Wait();
        --at_once;
        return {};
      },
      options);
  std::vector<std::unique_ptr<RawConnection>> blocked;
  for (int i = 0; i < 8; ++i) {
    blocked.push_back(std::make_unique<RawConnection>(server.port()));
    QuickServer::Send(*blocked.back(), "slow");
  }
  full.Wait();
  go_on.Set();
  int answered = 0;
  for (auto& connection : blocked) answered += connection->Read().status == 200 ? 1 : 0;
  // cpp-httplib asks connections to make room.
  if (EngineName() == "asio") CHECK(answered == 8);
  CHECK(most == 3);
}

TEST_CASE("calls: many curls at once") {
  EchoTestServer server;
  std::vector<std::unique_ptr<RunningCurl>> running;
  for (int i = 0; i < 20; ++i) {
    running.push_back(std::make_unique<RunningCurl>(
        std::vector<std::string>{server.Url("/v1/path/" + std::to_string(i))}));
  }
  for (int i = 0; i < 20; ++i) {
    CHECK(Fields(running[static_cast<std::size_t>(i)]->Wait()) ==
          "text: \"" + std::to_string(i) + "\"");
  }
}

}  // namespace
}  // namespace e2e
