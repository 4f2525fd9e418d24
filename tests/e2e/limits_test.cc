// Every limit, crossed: the documented answer, and that the server goes on.
#include <future>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;
using namespace std::chrono_literals;

std::string Request(const std::string& line, const std::string& fields = "",
                    const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

TEST_CASE(
    "limits: K9, a body that is too large is 413, announced or chunked, and the connection ends") {
  auto options = LocalOptions();
  options.limits.max_body_bytes = 1000;
  EchoTestServer server(options);
  const TempDir dir;
  const std::string fits = dir.Write("fits", std::string(1000, 'x'));
  const std::string large = dir.Write("large", std::string(1001, 'x'));
  CHECK(server.Send("POST", "/v1/raw", "@" + fits, "a/b").status == 200);
  CHECK(server.Send("POST", "/v1/raw", "@" + fits, "a/b", {"-H", "Transfer-Encoding: chunked"})
            .status == 200);
  for (const bool chunked : {false, true}) {
    CAPTURE(chunked);
    std::vector<std::string> more;
    if (chunked) more = {"-H", "Transfer-Encoding: chunked"};
    const Reply reply = server.Send("POST", "/v1/raw", "@" + large, "a/b", more);
    CHECK(reply.status == 413);
    CHECK(AsError(reply).reason == "TOO_LARGE");
    CHECK(reply.headers.Get("Connection") == "close");
  }
  // Even where the body would be ignored, and when most of it never comes.
  RawConnection connection(server.port());
  connection.Send(Request("GET /v1/path/a", "Content-Length: 99999999999\r\n", "abc"));
  CHECK(connection.Read().status == 413);
  CHECK(connection.ReadEnd());
}

TEST_CASE(
    "limits: K9, the answer to a body that is too large reaches a client that keeps sending") {
  EchoTestServer server;  // 4 MiB.
  const TempDir dir;
  const std::string large = dir.Write("large", std::string(5 << 20, 'x'));
  const Reply reply = server.Send("POST", "/v1/raw", "@" + large, "a/b", {"-H", "Expect:"});
  CHECK(reply.status == 413);
  // With Expect it is never sent.
  CHECK(server.Send("POST", "/v1/raw", "@" + large, "a/b", {"-H", "Expect: 100-continue"}).status ==
        413);
}

TEST_CASE("limits: K9, target, header size and header count") {
  auto options = LocalOptions();
  options.limits.max_target_bytes = 200;
  options.limits.max_header_bytes = 500;
  options.limits.max_header_count = 10;
  EchoTestServer server(options);
  std::string many;
  for (int i = 0; i < 10; ++i) many += "X" + std::to_string(i) + ": y\r\n";
  const struct {
    const char* name;
    std::string bytes;
    int status;
  } rows[] = {
      {"target that fits", Request("GET /v1/path/" + std::string(180, 'x')), 200},
      {"long target", Request("GET /v1/path/" + std::string(200, 'x')), 414},
      {"endless target", "GET /v1/path/" + std::string(100'000, 'x'), 414},
      {"header that fits", Request("GET /v1/path/a", "X: " + std::string(400, 'x') + "\r\n"), 200},
      {"long header", Request("GET /v1/path/a", "X: " + std::string(600, 'x') + "\r\n"), 431},
      {"endless header", "GET /v1/path/a HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'x'),
       431},
      {"many fields", Request("GET /v1/path/a", many), 431},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    RawConnection connection(server.port());
    connection.Send(row.bytes);
    const Reply reply = connection.Read();
    CHECK(reply.status == row.status);
    if (row.status == 200) continue;
    CHECK(AsError(reply).reason == "TOO_LARGE");
    CHECK(connection.ReadEnd());
  }
}

TEST_CASE("limits: K9, too many query parameters are 400") {
  auto options = LocalOptions();
  options.limits.max_query_pairs = 5;
  EchoTestServer server(options);
  CHECK(server.Get("/v1/query?tags=1&tags=2&tags=3&tags=4&tags=5").status == 200);
  const Reply reply = server.Get("/v1/query?tags=1&tags=2&tags=3&tags=4&tags=5&tags=6");
  CHECK(reply.status == 400);
  CHECK(AsError(reply).reason == "CODEC");
}

TEST_CASE("limits: K9, a head or a body that does not come is 408, and the connection ends") {
  auto options = LocalOptions();
  options.limits.read_timeout = 20ms;
  EchoTestServer server(options);
  for (const std::string& bytes :
       {std::string("GET /v1/pa"), std::string("GET /v1/path/a HTTP/1.1\r\nHost: h\r\nX"),
        Request("POST /v1/raw", "Content-Length: 5\r\n", "ab"),
        Request("POST /v1/raw", "Transfer-Encoding: chunked\r\n", "5\r\nab")}) {
    CAPTURE(bytes);
    RawConnection connection(server.port());
    connection.Send(bytes);
    const Reply reply = connection.Read();
    CHECK(reply.status == 408);
    CHECK(AsError(reply).code == 408);
    CHECK(connection.ReadEnd());
  }
  // A connection that never says anything just ends.
  RawConnection silent(server.port());
  CHECK(silent.ReadEnd());
}

TEST_CASE("limits: K9, an idle connection is closed without a word") {
  auto options = LocalOptions();
  options.limits.idle_timeout = 20ms;
  EchoTestServer server(options);
  RawConnection connection(server.port());
  connection.Send(Request("GET /v1/path/a"));
  CHECK(connection.Read().status == 200);
  CHECK(connection.ReadEnd());
}

TEST_CASE("limits: K9, requests of one connection") {
  auto options = LocalOptions();
  options.limits.max_requests_per_connection = 3;
  EchoTestServer server(options);
  RawConnection connection(server.port());
  for (int i = 1; i <= 3; ++i) {
    connection.Send(Request("GET /v1/path/a"));
    const Reply reply = connection.Read();
    CHECK(reply.status == 200);
    CHECK((reply.headers.Get("Connection") == "close") == (i == 3));
  }
  CHECK(connection.ReadEnd());
}

TEST_CASE(
    "limits: K9, with every thread busy and the queue full, 503 with Retry-After; afterwards all "
    "is "
    "well") {
  auto options = LocalOptions();
  options.limits.threads = 2;
  options.limits.max_queued_connections = 1;  // httplib
  options.limits.max_queued_calls = 1;        // asio
  Event both_running;
  Event go_on;
  std::atomic<int> running = 0;
  EchoTestServer server(options, [&](kratos::Context&, const Msg&, Msg*) -> Status {
    if (++running == 2) both_running.Set();
    go_on.Wait();
    return {};
  });
  RawConnection first(server.port());
  RawConnection second(server.port());
  first.Send(Request("GET /v1/hook"));
  second.Send(Request("GET /v1/hook"));
  both_running.Wait();
  // One connection may wait; of those after it every one is refused.
  RawConnection waiting(server.port());
  waiting.Send(Request("GET /v1/hook"));
  for (int i = 0; i < 3; ++i) {
    const Reply reply = server.Get("/v1/hook");
    CHECK(reply.status == 503);
    CHECK(reply.headers.Has("Retry-After"));
    CHECK(AsError(reply).reason == "UNAVAILABLE");
  }
  go_on.Set();
  CHECK(first.Read().status == 200);
  CHECK(second.Read().status == 200);
  CHECK(waiting.Read().status == 200);
  CHECK(server.Get("/v1/hook").status == 200);
}

TEST_CASE("limits: K9, a client that does not read its answer is cut off") {
  auto options = LocalOptions();
  options.limits.write_timeout = 20ms;
  options.limits.threads = 1;
  EchoTestServer server(options);
  RawConnection stalled(server.port());
  stalled.Send(Request("GET /v1/download/x?size=67108864"));
  // The only thread comes back for others.
  CHECK(server.Get("/v1/path/a").status == 200);
}

}  // namespace
}  // namespace e2e
