// HTTP/1.1 to the byte: what is spoken, and what is refused.
#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

const std::string kHost = "Host: h\r\n";

TEST_CASE("wire: keep-alive and pipelining, answers in order") {
  EchoTestServer server;
  RawConnection connection(server.port());
  std::string all;
  for (int i = 0; i < 10; ++i) {
    all += "GET /v1/path/" + std::to_string(i) + " HTTP/1.1\r\n" + kHost + "\r\n";
    all += "POST /v1/raw HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\n\r\n" + std::to_string(i);
  }
  connection.Send(all);
  for (int i = 0; i < 10; ++i) {
    CAPTURE(i);
    CHECK(Fields(connection.Read()) == "text: \"" + std::to_string(i) + "\"");
    CHECK(connection.Read().body == std::to_string(i));
  }
}

// A request for "/v1/path/<text>" of just `size` bytes.
std::string RequestOfSize(const std::string& text, std::size_t size) {
  const std::string begin = "GET /v1/path/" + text + " HTTP/1.1\r\nHost: h\r\nX-Pad: ";
  const std::string end = "\r\n\r\n";
  return begin + std::string(size - begin.size() - end.size(), 'x') + end;
}

TEST_CASE("wire: requests that end where a block that is read at once ends") {
  EchoTestServer server;
  constexpr std::size_t kBlock = 16 << 10;
  for (const std::size_t blocks : {1, 2, 3}) {
    for (const std::size_t more : {0, 1, 7}) {
      RawConnection connection(server.port());
      const std::size_t count = blocks * kBlock / 128 + more;
      std::string requests;
      for (std::size_t i = 0; i < count; ++i) requests += RequestOfSize(std::to_string(i), 128);
      connection.Send(requests);
      for (std::size_t i = 0; i < count; ++i) {
        const Reply reply = connection.Read();
        REQUIRE(reply.status == 200);
        REQUIRE(Fields(reply) == "text: \"" + std::to_string(i) + "\"");
      }
      // The connection has not lost count.
      connection.Send(RequestOfSize("last", 128));
      CHECK(Fields(connection.Read()) == "text: \"last\"");
    }
  }
}

TEST_CASE("wire: what comes while a call runs is answered after it") {
  Event running[3];
  Event go_on[3];
  EchoTestServer server([&](kratos::Context&, const Msg& request, Msg* reply) -> kratos::Status {
    const auto i = std::stoul(request.text());
    running[i].Set();
    go_on[i].Wait();
    *reply = request;
    return {};
  });
  const auto request = [](std::size_t i) {
    return "GET /v1/hook/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  for (int round = 0; round < 20; ++round) {
    RawConnection connection(server.port());
    connection.Send(request(0));
    running[0].Wait();
    // Whole, then a part.
    connection.Send(request(1) + request(2).substr(0, 20));
    go_on[0].Set();
    running[1].Wait();
    connection.Send(request(2).substr(20));
    go_on[1].Set();
    go_on[2].Set();
    for (const char* text : {"0", "1", "2"})
      CHECK(Fields(connection.Read()) == "text: \"" + std::string(text) + "\"");
    for (int i = 0; i < 5; ++i) {
      connection.Send(request(2));
      CHECK(connection.Read().status == 200);
    }
  }
}

TEST_CASE("wire: a request in pieces of one byte") {
  EchoTestServer server;
  RawConnection connection(server.port());
  const std::string text = "POST /v1/raw HTTP/1.1\r\n" + kHost +
                           "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (char c : text) REQUIRE(connection.Send(std::string(1, c)));
  CHECK(connection.Read().body == "abc");
}

TEST_CASE("wire: chunked requests with extensions and trailers") {
  EchoTestServer server;
  RawConnection connection(server.port());
  for (int i = 0; i < 2; ++i) {
    connection.Send("POST /v1/raw HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" +
                    "5;a=b\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n");
    CHECK(connection.Read().body == "hello 0123456789");
  }
  const TempDir dir;
  const std::string bytes = Pattern(1 << 20);
  const Reply reply = server.Send("POST", "/v1/raw", "@" + dir.Write("body", bytes), "a/b",
                                  {"-H", "Transfer-Encoding: chunked"});
  CHECK((reply.body == bytes));
}

TEST_CASE("wire: curl's Expect: 100-continue on a large upload") {
  EchoTestServer server;
  const TempDir dir;
  const std::string bytes = Pattern(2 << 20);
  const Reply reply = server.Send("POST", "/v1/raw", "@" + dir.Write("body", bytes), "a/b",
                                  {"-H", "Expect: 100-continue", "--expect100-timeout", "50"});
  CHECK(reply.status == 200);
  CHECK((reply.body == bytes));
}

TEST_CASE("wire: HTTP/1.0, with and without keep-alive") {
  EchoTestServer server;
  RawConnection once(server.port());
  once.Send("GET /v1/path/a HTTP/1.0\r\n\r\n");
  const Reply reply = once.Read();
  CHECK(Fields(reply) == "text: \"a\"");
  CHECK(reply.headers.Get("Connection") == "close");
  CHECK(once.ReadEnd());
  RawConnection kept(server.port());
  for (int i = 0; i < 2; ++i) {
    kept.Send("GET /v1/path/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Reply again = kept.Read();
    CHECK(again.status == 200);
    CHECK(again.headers.Get("Connection") == "keep-alive");
  }
  CHECK(server.Get("/v1/path/a", {"--http1.0"}).status == 200);
}

TEST_CASE("wire: a client that ends its side with the request gets its answer, and the end") {
  Event held_up;
  Gate gate;
  auto options = LocalOptions();
  options.limits.io_threads = 1;
  options.limits.idle_timeout = std::chrono::milliseconds(0);
  EchoTestServer server(
      options,
      [&](kratos::Context&, const Msg&, Msg*) -> kratos::Status {
        held_up.Set();
        gate.Pass();
        return {};
      },
      [](kratos::http::Server& http) { http.RunInline(kOperationEchoHook); });
  RawConnection ending(server.port());
  ending.Send("GET /v1/path/a HTTP/1.1\r\n" + kHost + "\r\n");
  CHECK(ending.Read().status == 200);
  // While the loop is held up both come, the request and the end, and are told as one.
  RawConnection holding(server.port());
  holding.Send("GET /v1/hook/x HTTP/1.1\r\n" + kHost + "\r\n");
  held_up.Wait();
  ending.Send("GET /v1/path/b HTTP/1.1\r\n" + kHost + "\r\n");
  ending.EndSending();
  gate.Open();
  CHECK(Fields(ending.Read()) == "text: \"b\"");
  CHECK(ending.ReadEnd());
}

TEST_CASE("wire: every form of a host is understood") {
  EchoTestServer server;
  RawConnection connection(server.port());
  for (const char* host : {"", "h", "h:80", "h:", "[::1]:80", "[v1.a:b]", "a%20b", "a,b;c=d_e~",
                           "1.2.3.4", "xn--mller-kva.example"}) {
    CAPTURE(host);
    connection.Send(std::string("GET /v1/path/a HTTP/1.1\r\nHost: ") + host + "\r\n\r\n");
    CHECK(connection.Read().status == 200);
  }
}

TEST_CASE("wire: the client's wish to close") {
  EchoTestServer server;
  RawConnection connection(server.port());
  connection.Send("GET /v1/path/a HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n");
  const Reply reply = connection.Read();
  CHECK(reply.headers.Values("Connection") == std::vector<std::string_view>{"close"});
  CHECK(connection.ReadEnd());
}

TEST_CASE(
    "wire: absolute-form targets, empty lines before a request, values with escapes in header "
    "fields") {
  Guarded<std::string> seen;
  EchoTestServer server([&seen](kratos::Context& ctx, const Msg&, Msg*) -> kratos::Status {
    seen.Set(std::string(ctx.request_header().Get("X-Raw")));
    return {};
  });
  RawConnection connection(server.port());
  connection.Send("\r\n\r\nGET http://other:80/v1/path/a%20b HTTP/1.1\r\n" + kHost + "\r\n");
  CHECK(Fields(connection.Read()) == "text: \"a b\"");
  connection.Send("GET /v1/hook HTTP/1.1\r\n" + kHost + "X-Raw: a%20b%0d%0aX: c\r\n\r\n");
  CHECK(connection.Read().status == 200);
  CHECK(seen.Get() == "a%20b%0d%0aX: c");
}

TEST_CASE("wire: what is malformed is refused, and the connection ends") {
  EchoTestServer server;
  const std::string get = "GET /v1/path/a HTTP/1.1\r\n";
  const std::string post = "POST /v1/raw HTTP/1.1\r\n" + kHost;
  const struct {
    const char* name;
    std::string bytes;
    int status;
  } rows[] = {
      {"bare LF", "GET /v1/path/a HTTP/1.1\nHost: h\n\n", 400},
      {"folded field", get + kHost + "X: a\r\n b\r\n\r\n", 400},
      {"blank before the colon", get + kHost + "X : a\r\n\r\n", 400},
      {"NUL in a value", get + kHost + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"bare CR in a value", get + kHost + "X: a\rb\r\n\r\n", 400},
      {"no Host", get + "\r\n", 400},
      {"two Hosts", get + kHost + kHost + "\r\n", 400},
      {"a Host with a blank", get + "Host: a b\r\n\r\n", 400},
      {"a Host with a path", get + "Host: a/b\r\n\r\n", 400},
      {"a Host with a user", get + "Host: u@h\r\n\r\n", 400},
      {"a Host with half an address", get + "Host: [::1\r\n\r\n", 400},
      {"a Host with no address", get + "Host: []\r\n\r\n", 400},
      {"a Host with a word for a port", get + "Host: h:http\r\n\r\n", 400},
      {"a Host with half an escape", get + "Host: h%2\r\n\r\n", 400},
      {"a Host with a quote", get + "Host: \"h\"\r\n\r\n", 400},
      {"absolute form without a host", "GET http:///v1/path/a HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"absolute form with a port alone", "GET http://:80/v1/path/a HTTP/1.1\r\n" + kHost + "\r\n",
       400},
      {"absolute form with a user", "GET http://u@h/v1/path/a HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"length and coding",
       post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
      {"unknown coding", post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"chunk size with a prefix",
       post + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n", 400},
      {"chunk size with a sign", post + "Transfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
       400},
      {"chunk size too big", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 400},
      {"chunk with bare LF", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n", 400},
      {"chunk longer than its size",
       post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"no HTTP at all", "hello\r\n\r\n", 400},
      {"a TLS greeting", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),
       400},
      {"target without a slash", "GET v1 HTTP/1.1\r\n" + kHost + "\r\n", 400},
      {"CONNECT", "CONNECT h:80 HTTP/1.1\r\n" + kHost + "\r\n", 400},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    RawConnection connection(server.port());
    // What follows must not be taken for a request of its own.
    connection.Send(row.bytes + get + kHost + "\r\n");
    const Reply reply = connection.Read();
    CHECK(reply.status == row.status);
    CHECK(AsError(reply).code == row.status);
    CHECK(reply.headers.Get("Connection") == "close");
    CHECK(connection.ReadEnd());
  }
  CHECK(server.Get("/v1/path/a").status == 200);
}

TEST_CASE("wire: bodies that end early are refused when the client still listens") {
  EchoTestServer server;
  for (const std::string& bytes :
       {"POST /v1/raw HTTP/1.1\r\n" + kHost + "Content-Length: 10\r\n\r\nabc",
        "POST /v1/raw HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n5\r\nab"}) {
    CAPTURE(bytes);
    RawConnection connection(server.port());
    connection.Send(bytes);
    connection.EndSending();
    CHECK(connection.Read().status == 400);
    CHECK(connection.ReadEnd());
  }
}

TEST_CASE("wire: clients that would rather speak HTTP/2 are answered in HTTP/1.1, or told") {
  EchoTestServer server;
  const Reply offered = server.Get("/v1/hook", {"--http2"});
  if (offered.exit_code == 2) return;  // This curl knows no HTTP/2.
  CHECK(offered.status == 200);
  CHECK_FALSE(offered.headers.Has("Upgrade"));
  const Reply posted = server.Send("POST", "/v1/raw", "{}", "application/json", {"--http2"});
  CHECK(posted.status == 200);
  const Reply insisted = server.Get("/v1/hook", {"--http2-prior-knowledge"});
  CHECK(insisted.exit_code != 0);
  RawConnection connection(server.port());
  connection.Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  CHECK(connection.Read().status == 505);
  CHECK(connection.ReadEnd());
}

TEST_CASE("wire: noise of every kind ends in a refusal or in silence, never in harm") {
  auto options = LocalOptions();
  options.limits.read_timeout = std::chrono::milliseconds(50);
  EchoTestServer server(options);
  for (std::size_t size : {1, 2, 100, 10'000, 200'000}) {
    CAPTURE(size);
    RawConnection connection(server.port());
    connection.Send(Pattern(size));
    connection.EndSending();
    const std::string answer = connection.ReadAll();
    CHECK((answer.empty() || answer.starts_with("HTTP/1.1 4")));
  }
}

}  // namespace
}  // namespace e2e
