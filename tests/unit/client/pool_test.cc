// Connections: reuse, dead ones, limits, retries (difference K33).
#include <atomic>
#include <thread>

#include "client_fixture.h"

namespace kratos::http {
namespace {

using Then = Step::Then;

TEST_CASE("sequential calls share one connection", "[client]") {
  ScriptedServer server({OkTimes(50)});
  auto client = MakeClient(OptionsFor(server));
  for (int i = 0; i < 50; ++i)
    REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
  CHECK(server.accepted() == 1);
}

TEST_CASE("no connection is kept when none may idle", "[client]") {
  ScriptedServer server({OkTimes(3)});
  auto options = OptionsFor(server);
  options.max_idle_connections = 0;
  auto client = MakeClient(options);
  for (int i = 0; i < 3; ++i) REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  CHECK(server.accepted() == 3);
}

TEST_CASE("a connection that idled too long is not used again", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto options = OptionsFor(server);
  // Shorter than anything the clock can fail to see between two calls.
  options.idle_timeout = std::chrono::milliseconds(1);
  auto client = MakeClient(options);
  REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  const auto start = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(2)) {
  }
  REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  CHECK(server.accepted() == 2);
}

TEST_CASE("threads share a client", "[client]") {
  ScriptedServer server({OkTimes(1000)});
  auto client = MakeClient(OptionsFor(server));
  // Made here: Catch's assertions are for one thread only.
  const auto call = CallOf("name: 'n'");
  std::vector<std::thread> threads;
  std::atomic<int> ok = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        ok += Invoke(*client, Method("GET", "/v1/{name}"), call).status.ok() ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(ok == 200);
  CHECK(server.accepted() <= 8);
}

TEST_CASE("a server that says close is believed", "[client]") {
  for (const auto* const field :
       {"Connection: close\r\n", "Connection: Close\r\n", "connection: keep-alive, close\r\n"}) {
    INFO(field);
    // The server goes on, so that only the client's own choice can open the second connection.
    ScriptedServer server(
        {{{Reply("200 OK", "application/json", "{}", field)}, {JsonReply()}}, OkTimes(1)});
    auto client = MakeClient(OptionsFor(server));
    REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
    REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
    CHECK(server.accepted() == 2);
  }
}

TEST_CASE("a connection the server closed while idle is replaced, for any method", "[client]") {
  ScriptedServer server({OkTimes(1), OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
  server.WaitForClosed(1);
  REQUIRE(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
  CHECK(server.accepted() == 2);
}

TEST_CASE("bytes nobody asked for are not taken for the next reply", "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto client = MakeClient(OptionsFor(server));
  REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
  server.Inject(0, "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n");
  CHECK(Invoke(*client, Method("POST", "/", "*"), Call()).status.ok());
  CHECK(server.accepted() == 2);
}

TEST_CASE(
    "a reused connection that dies under the request: only what may be sent twice is sent again",
    "[client]") {
  for (const auto* const method :
       {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH", "LOCK"}) {
    for (const auto end : {Then::kKeep, Then::kReset}) {
      INFO(method);
      ScriptedServer server({{{JsonReply()}, {"", end}}, OkTimes(1)});
      auto client = MakeClient(OptionsFor(server));
      REQUIRE(Invoke(*client, Method("GET", "/"), Call()).status.ok());
      const auto status = Invoke(*client, Method(method, "/"), Call()).status;
      const std::string_view name = method;
      const bool idempotent = name != "POST" && name != "PATCH" && name != "LOCK";
      CHECK(status.ok() == idempotent);
      CHECK(server.requests().size() == (idempotent ? 3 : 2));
      if (!idempotent) CHECK(status.reason() == kReasonUnavailable);
    }
  }
}

TEST_CASE("a fresh connection that dies is not tried again by default", "[client]") {
  ScriptedServer server({{{""}}, OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  CHECK(Invoke(*client, Method("GET", "/"), Call()).status.code() == 503);
  CHECK(server.accepted() == 1);
}

TEST_CASE("max_reply_bytes", "[client]") {
  const std::string body = R"({"message":"0123456789"})";
  struct Row {
    const char* name;
    std::string reply;
    std::size_t limit;
    bool ok;
  };
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n18\r\n" + body + "\r\n0\r\n\r\n";
  const Row rows[] = {
      {"exactly", JsonReply(body), body.size(), true},
      {"one less", JsonReply(body), body.size() - 1, false},
      {"no limit", JsonReply(body), 0, true},
      {"announced", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n", 1000, false},
      {"chunked, exactly", chunked, body.size(), true},
      {"chunked", chunked, body.size() - 1, false},
      {"until close", "HTTP/1.1 200 OK\r\n\r\n" + body, body.size() - 1, false},
      {"errors as well", Reply("500 Oops", "", body), 5, false},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto options = OptionsFor(server);
    options.max_reply_bytes = row.limit;
    const auto outcome = Invoke(*MakeClient(options), Method("GET", "/"), Call());
    CHECK(outcome.status.ok() == row.ok);
    if (!row.ok) {
      CHECK(outcome.status.reason() == kReasonTooLarge);
      CHECK(outcome.info.status != 0);
    }
  }
}

TEST_CASE("retries for idempotent methods when asked for", "[client]") {
  const auto unavailable = Reply("503 Unavailable", "application/json", R"({"reason":"BUSY"})");
  struct Row {
    const char* name;
    const char* method;
    int attempts;
    std::vector<Script> scripts;
    std::size_t requests;
    int code;
  };
  const Row rows[] = {
      {"no retry by default", "GET", 1, {{{unavailable}, {JsonReply()}}}, 1, 503},
      {"503, then fine", "GET", 3, {{{unavailable}, {unavailable}, {JsonReply()}}}, 3, 200},
      {"503 for ever", "GET", 3, {Script(5, Step{unavailable})}, 3, 503},
      {"a broken connection, then fine", "PUT", 2, {{{""}}, OkTimes(1)}, 2, 200},
      {"POST is never sent twice", "POST", 3, {{{unavailable}, {JsonReply()}}}, 1, 503},
      {"other codes are final", "GET", 3, {{{Reply("500 Oops", "", "")}, {JsonReply()}}}, 1, 500},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server(row.scripts);
    auto options = OptionsFor(server);
    options.max_attempts = row.attempts;
    auto client = MakeClient(options);
    CHECK(Invoke(*client, Method(row.method, "/", "*"), CallOf("name: 'n'")).status.code() ==
          row.code);
    const auto requests = server.requests();
    CHECK(requests.size() == row.requests);
    for (const auto& request : requests) CHECK(TakeApart(request.bytes).body == R"({"name":"n"})");
  }
}

TEST_CASE("waiting for the next try ends with the call", "[client]") {
  ScriptedServer server({Script(100, Step{Reply("503 Unavailable", "", "")})});
  auto options = OptionsFor(server);
  options.max_attempts = 1'000'000;
  auto client = MakeClient(options);
  Context ctx;
  Answer answer;
  std::thread canceller([&] {
    server.WaitForRequests(2);
    ctx.Cancel();
  });
  CHECK(client->Invoke(ctx, Method("GET", "/"), Call(), &answer, {}).code() == 499);
  canceller.join();

  CallOptions call_options;
  call_options.timeout = std::chrono::milliseconds(1);
  // Too little time for another try: the server's answer, or the deadline, but no wait.
  const auto code = Invoke(*client, Method("GET", "/"), Call(), call_options).status.code();
  CHECK((code == 503 || code == 504));
}

}  // namespace
}  // namespace kratos::http
