// Deadlines and cancellation (difference K27): the outcome, whatever the server does.
#include <thread>

#include "client_fixture.h"

namespace kratos::http {
namespace {

using std::chrono::milliseconds;

struct SlowRow {
  const char* name;
  Step step;
};

// A declared length that never arrives.
const char* const kHugeHead = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";

const SlowRow kSlowRows[] = {
    {"never answers", {"", Step::Then::kHang}},
    {"stops inside the head", {"HTTP/1.1 200 OK\r\nX-", Step::Then::kHang}},
    {"drips the head", {"HTTP/1.1 200 OK\r\nX-Long: ", Step::Then::kDrip}},
    {"stops inside the body", {std::string(kHugeHead) + "abc", Step::Then::kHang}},
    {"drips the body", {kHugeHead, Step::Then::kDrip}},
    {"drips a body without length", {"HTTP/1.1 200 OK\r\n\r\n", Step::Then::kDrip}},
    {"drips a chunk",
     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", Step::Then::kDrip}},
};

void CheckDeadline(const Status& status) {
  CHECK(status.code() == 504);
  CHECK(status.reason() == kReasonDeadlineExceeded);
}

TEST_CASE("the deadline bounds a call", "[client]") {
  for (const auto& row : kSlowRows) {
    INFO(row.name);
    ScriptedServer server({{row.step}});
    auto options = OptionsFor(server);
    options.max_reply_bytes = 0;
    auto client = MakeClient(options);
    CallOptions call_options;
    call_options.timeout = milliseconds(40);
    CheckDeadline(Invoke(*client, Method("GET", "/"), Call(), call_options).status);
  }
}

TEST_CASE("the deadline bounds the sending of a body nobody reads", "[client]") {
  // The listener's backlog takes the connection; nothing ever reads from it.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0);
  REQUIRE(::listen(listener, 4) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  const auto endpoint = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));

  Call call;
  call.set_data(std::string(32u << 20, 'x'));
  auto client = MakeClient({.endpoint = endpoint, .timeout = milliseconds(60), .codec = "proto"});
  CheckDeadline(Invoke(*client, Method("POST", "/", "*"), call).status);
  // The handshake is not answered either.
  auto tls = MakeClient(
      {.endpoint = "https://" + endpoint, .timeout = milliseconds(60), .connect_timeout = {}});
  CheckDeadline(Invoke(*tls, Method("GET", "/"), Call()).status);
  ::close(listener);
}

TEST_CASE("the earliest of options and context counts", "[client]") {
  ScriptedServer server({{{"", Step::Then::kHang}}});
  auto options = OptionsFor(server);
  options.timeout = milliseconds(30);
  auto client = MakeClient(options);
  Answer answer;
  const auto method = Method("GET", "/");
  Context ctx;
  CheckDeadline(client->Invoke(ctx, method, Call(), &answer, {}));
  CHECK_FALSE(ctx.deadline());

  Context limited;
  limited.LimitDeadline(milliseconds(30));
  CallOptions longer;
  longer.timeout = std::chrono::hours(1);
  CheckDeadline(client->Invoke(limited, method, Call(), &answer, longer));

  // A deadline that has passed: nothing is sent.
  const auto before = server.requests().size();
  CheckDeadline(client->Invoke(limited, method, Call(), &answer, longer));
  CHECK(server.requests().size() == before);
  Request request;
  request.method = "GET";
  request.target = "/";
  CheckDeadline(client->Do(ctx, request).status());
}

TEST_CASE("cancellation from another thread ends a call", "[client]") {
  for (const auto& row : kSlowRows) {
    INFO(row.name);
    ScriptedServer server({{row.step}});
    auto options = OptionsFor(server);
    options.max_reply_bytes = 0;
    auto client = MakeClient(options);
    Context ctx;
    std::thread canceller([&] {
      server.WaitForRequests(1);
      ctx.Cancel();
    });
    Answer answer;
    const auto status = client->Invoke(ctx, Method("GET", "/"), Call(), &answer, {});
    canceller.join();
    CHECK(status.code() == 499);
    CHECK(status.reason() == kReasonCanceled);
  }
}

TEST_CASE("a cancelled context sends nothing", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  ctx.Cancel();
  Answer answer;
  CHECK(client->Invoke(ctx, Method("GET", "/"), Call(), &answer, {}).code() == 499);
  CHECK(server.accepted() == 0);
}

TEST_CASE("many calls with deadlines at once", "[client]") {
  ScriptedServer server({{{"", Step::Then::kHang}}});
  auto client = MakeClient(OptionsFor(server));
  std::vector<std::thread> threads;
  std::vector<Status> results(16);
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      CallOptions options;
      // The later ones first, so that an earlier deadline arrives while the watchdog waits for a
      // later one.
      options.timeout = milliseconds(100 - static_cast<int>(i) * 5);
      Context ctx;
      Answer answer;
      results[i] = client->Invoke(ctx, Method("GET", "/"), Call(), &answer, options);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& status : results) CheckDeadline(status);
}

}  // namespace
}  // namespace kratos::http
