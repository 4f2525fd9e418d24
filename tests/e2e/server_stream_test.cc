// Server streams, called by curl and bare sockets: framing, errors, flow, endings.
#include <atomic>
#include <filesystem>
#include <future>

#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "pattern.h"
#include "stream_service.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;
using namespace std::chrono_literals;

std::string Accept(const char* type) { return std::string("Accept: ") + type; }

TEST_CASE("server stream: K20, the Accept field chooses the framing") {
  StreamTestServer server;
  const std::string one = R"({"name":"a","number":1,"tags":[],"inner":null})";
  const std::string two = R"({"name":"a","number":2,"tags":[],"inner":null})";
  const std::string events =
      "event: message\ndata: " + one + "\n\nevent: message\ndata: " + two + "\n\n";
  const struct {
    const char* accept;
    const char* type;
    std::string body;
  } rows[] = {
      {"*/*", "text/event-stream", events},
      {"text/event-stream", "text/event-stream", events},
      {"application/protojson", "text/event-stream", events},
      {"application/x-ndjson", "application/x-ndjson", one + "\n" + two + "\n"},
      {"application/jsonl", "application/x-ndjson", one + "\n" + two + "\n"},
      {"application/json", "application/json", "[" + one + ",\n" + two + "]"},
      {"text/event-stream;q=0.1, application/json", "application/json",
       "[" + one + ",\n" + two + "]"},
      {"application/json;q=0.1, text/*", "text/event-stream", events},
  };
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    const Reply reply = server.Get("/v1/items/a:watch?count=2", {"-H", Accept(row.accept)});
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == row.type);
    CHECK(reply.headers.Get("Transfer-Encoding") == "chunked");
    CHECK(reply.headers.Get("Cache-Control") == "no-cache");
    CHECK(reply.body == row.body);
  }
}

TEST_CASE("server stream: the request is bound as a unary one, over any method") {
  StreamTestServer server;
  const Reply reply = server.Send("POST", "/v1/items:watch", R"({"name":"b","count":1})",
                                  "application/json", {"-H", Accept("application/x-ndjson")});
  CHECK(reply.body == "{\"name\":\"b\",\"number\":1,\"tags\":[],\"inner\":null}\n");
  CHECK(server.Send("POST", "/v1/items:watch", "{").status == 400);
  CHECK(server.Get("/v1/items/a:watch?count=x").status == 400);
}

TEST_CASE("server stream: K21, empty streams have the right type") {
  StreamTestServer server;
  const struct {
    const char* accept;
    const char* type;
    const char* body;
  } rows[] = {{"text/event-stream", "text/event-stream", ""},
              {"application/x-ndjson", "application/x-ndjson", ""},
              {"application/json", "application/json", "[]"}};
  for (const auto& row : rows) {
    CAPTURE(row.accept);
    const Reply reply = server.Get("/v1/items/a:watch", {"-H", Accept(row.accept)});
    CHECK(reply.status == 200);
    CHECK(reply.headers.Get("Content-Type") == row.type);
    CHECK(reply.body == row.body);
  }
}

TEST_CASE(
    "server stream: an error before the first message is an ordinary reply, later one is told") {
  StreamTestServer server;
  const Reply early =
      server.Get("/v1/items/a:watch?fail=NOPE", {"-H", Accept("text/event-stream")});
  CHECK(early.status == 409);
  CHECK(early.headers.Get("Content-Type") == "application/json");
  CHECK(early.body == R"({"code":409,"reason":"NOPE","message":"it failed","metadata":{"k":"v"}})");
  const std::string error =
      R"({"code":409,"reason":"NOPE","message":"it failed","metadata":{"k":"v"}})";
  const Reply events = server.Get("/v1/items/a:watch?count=1&fail=NOPE");
  CHECK(events.status == 200);
  CHECK(events.body.ends_with("\n\nevent: error\ndata: " + error + "\n\n"));
  const Reply lines =
      server.Get("/v1/items/a:watch?count=1&fail=NOPE", {"-H", Accept("application/x-ndjson")});
  CHECK(lines.body.ends_with("\n{\"error\":" + error + "}\n"));
  const Reply array =
      server.Get("/v1/items/a:watch?count=1&fail=NOPE", {"-H", Accept("application/json")});
  CHECK(array.body.ends_with(",\n{\"error\":" + error + "}]"));
}

TEST_CASE("server stream: K19, an HttpBody goes out raw, as events only when asked by name") {
  StreamTestServer server;
  const std::string bytes = Pattern(100'000);
  const Reply raw = server.Get("/v1/files/a:download?count=3&size=100000");
  CHECK(raw.status == 200);
  CHECK(raw.headers.Get("Content-Type") == "image/x-test");
  CHECK(raw.body == bytes + bytes + bytes);
  const Reply events =
      server.Get("/v1/files/a:download?count=2&size=0", {"-H", Accept("text/event-stream")});
  CHECK(events.headers.Get("Content-Type") == "text/event-stream");
  CHECK(events.body == "event: message\ndata: \n\nevent: message\ndata: \n\n");
  const Reply empty = server.Get("/v1/files/a:download");
  CHECK(empty.status == 200);
  CHECK(empty.headers.Get("Content-Type") == "application/octet-stream");
  CHECK(empty.body.empty());
  // A download that fails midway must not look whole.
  const Reply broken = server.Get("/v1/files/a:download?count=1&size=1000&fail=NOPE");
  CHECK(broken.body.size() == 1000);
  CHECK(broken.exit_code == 18);  // curl: the transfer was cut short.
  CHECK(server.Get("/v1/files/a:download?fail=NOPE").status == 409);
}

TEST_CASE("server stream: messages too long for a line of Go's reader are broken between tokens") {
  StreamTestServer server(LocalOptions(), [](kratos::Context&, const stream::WatchRequest&,
                                             kratos::ServerStream<stream::Item>& out) {
    stream::Item item;
    for (int i = 0; i < 30'000; ++i) item.add_tags("tag, \"number\" " + std::to_string(i));
    item.set_name(std::string(100, 'x') + ",\",");
    return out.Send(item);
  });
  const Reply reply = server.Get("/v1/items/a:watch");
  std::string joined;
  std::size_t longest = 0;
  std::istringstream lines(reply.body);
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, line.size());
    if (line.starts_with("data: ")) joined += line.substr(6) + "\n";
  }
  CHECK(longest < 1u << 20);
  const Reply whole = server.Get("/v1/items/a:watch", {"-H", Accept("application/x-ndjson")});
  std::erase(joined, '\n');
  CHECK(joined + "\n" == whole.body);
}

TEST_CASE("server stream: id and retry of an event, and Last-Event-ID") {
  StreamTestServer server(LocalOptions(), [](kratos::Context& ctx, const stream::WatchRequest&,
                                             kratos::ServerStream<stream::Item>& out) {
    auto* http = kratos::http::Context::From(ctx);
    stream::Item item;
    item.set_name(std::string(http->LastEventId()));
    http->SetNextEvent({.id = "42", .retry = 3s});
    if (Status status = out.Send(item); !status.ok()) return status;
    return out.Send(item);
  });
  const Reply reply = server.Get("/v1/items/a:watch", {"-H", "Last-Event-ID: 41"});
  const std::string data = R"(data: {"name":"41","number":0,"tags":[],"inner":null})";
  CHECK(reply.body ==
        "id: 42\nretry: 3000\nevent: message\n" + data + "\n\nevent: message\n" + data + "\n\n");
}

TEST_CASE("server stream: HEAD gives the head alone, HTTP/1.0 a body up to the end") {
  StreamTestServer server;
  const Reply head = server.Call("HEAD", "/v1/items/a:watch?count=3", {"--head"});
  CHECK(head.status == 200);
  CHECK(head.headers.Get("Content-Type") == "text/event-stream");
  const Reply old = server.Get("/v1/items/a:watch?count=2", {"--http1.0"});
  CHECK(old.status == 200);
  CHECK(old.headers.Get("Connection") == "close");
  CHECK(old.body.ends_with("\"number\":2,\"tags\":[],\"inner\":null}\n\n"));
  // One that breaks off must not look whole.
  const Reply broken =
      server.Get("/v1/files/a:download?count=1&size=1000&fail=NOPE", {"--http1.0"});
  CHECK(broken.exit_code == 56);  // curl: the connection was reset.
}

TEST_CASE("server stream: HTTP/1.0's keep-alive does not keep what only an end can end") {
  auto options = LocalOptions();
  options.limits.idle_timeout = std::chrono::milliseconds(0);
  StreamTestServer server(options);
  for (const char* path : {"/v1/items/a:watch?count=1", "/v1/files/a:download?count=1&size=10"}) {
    CAPTURE(path);
    RawConnection connection(server.port());
    connection.Send(std::string("GET ") + path + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const std::string reply = connection.ReadAll();
    CHECK(reply.starts_with("HTTP/1.1 200 "));
    CHECK(reply.find("\r\nConnection: close\r\n") != std::string::npos);
  }
}

TEST_CASE("server stream: each message arrives by itself, the connection serves on") {
  Gate gate;
  StreamTestServer server(LocalOptions(), [&gate](kratos::Context&, const stream::WatchRequest&,
                                                  kratos::ServerStream<stream::Item>& out) {
    for (int i = 0; i < 3; ++i) {
      gate.Pass();
      stream::Item item;
      item.set_number(i);
      if (Status status = out.Send(item); !status.ok()) return status;
    }
    gate.Pass();
    return Status();
  });
  RawConnection connection(server.port());
  connection.Send(
      "GET /v1/items/a:watch HTTP/1.1\r\nHost: h\r\nAccept: application/x-ndjson\r\n\r\n");
  for (int i = 0; i < 3; ++i) {
    gate.Open();
    CHECK(connection.ReadUntil("\"inner\":null}\n").find("\"number\":" + std::to_string(i)) !=
          std::string::npos);
  }
  gate.Open();
  CHECK(connection.ReadUntil("0\r\n\r\n").ends_with("0\r\n\r\n"));
  connection.Send("GET /v1/files/a:download HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(connection.ReadUntil("0\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST_CASE("server stream: K22, Send fails and the context is cancelled when the client leaves") {
  Event sent;
  Event ended;
  Guarded<Status> seen;
  StreamTestServer server(LocalOptions(), [&](kratos::Context& ctx, const stream::WatchRequest&,
                                              kratos::ServerStream<stream::Item>& out) {
    stream::Item item;
    Status status = out.Send(item);
    sent.Set();
    // Waits for the end of the call, sending nothing.
    std::mutex mutex;
    kratos::fiber::ConditionVariable never;
    std::unique_lock lock(mutex);
    status = never.Wait(lock, ctx, [] { return false; });
    seen.Set(out.Send(item));
    ended.Set();
    return status;
  });
  {
    RawConnection connection(server.port());
    connection.Send("GET /v1/items/a:watch HTTP/1.1\r\nHost: h\r\n\r\n");
    sent.Wait();
  }
  ended.Wait();
  CHECK(seen.Get().code() == 499);
}

TEST_CASE("server stream: Send waits for a slow reader, with little in between") {
  std::atomic<int> sent = 0;
  StreamTestServer server(LocalOptions(), [&sent](kratos::Context&, const stream::WatchRequest&,
                                                  kratos::ServerStream<stream::Item>& out) {
    stream::Item item;
    item.set_name(std::string(64 << 10, 'x'));
    for (int i = 0; i < 1000; ++i) {
      if (Status status = out.Send(item); !status.ok()) return status;
      ++sent;
    }
    return Status();
  });
  RawConnection connection(server.port());
  connection.Send(
      "GET /v1/items/a:watch HTTP/1.1\r\nHost: h\r\nAccept: application/x-ndjson\r\n\r\n");
  // Nothing is read until nothing more goes out: the socket's buffers are full.
  int before = -1;
  while (sent != before) {
    before = sent;
    CHECK(server.Get("/v1/files/a:download?count=20&size=100000").status == 200);
  }
  CHECK(before < 1000);
  const std::string all = connection.ReadUntil("\r\n0\r\n\r\n");
  CHECK(all.size() > 1000u * (64 << 10));
  CHECK(sent == 1000);
}

TEST_CASE("server stream: K21, a silent stream has heartbeats") {
  Event go_on;
  auto options = LocalOptions();
  options.streams.heartbeat = 10ms;
  StreamTestServer server(options, [&go_on](kratos::Context&, const stream::WatchRequest&,
                                            kratos::ServerStream<stream::Item>& out) {
    stream::Item item;
    if (Status status = out.Send(item); !status.ok()) return status;
    kratos::fiber::Blocking([&go_on] { go_on.Wait(); });
    return out.Send(item);
  });
  RawConnection connection(server.port());
  connection.Send("GET /v1/items/a:watch HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 3; ++i) CHECK(connection.ReadUntil("\r\n:\n\n\r\n").ends_with(":\n\n\r\n"));
  go_on.Set();
  CHECK(connection.ReadUntil("0\r\n\r\n").find("event: message") != std::string::npos);
}

TEST_CASE("server stream: a stream that has no deadline outlives the time-out of unary calls") {
  auto options = LocalOptions();
  options.timeout = 1ms;
  Guarded<bool> has_deadline;
  StreamTestServer server(options, [&](kratos::Context& ctx, const stream::WatchRequest&,
                                       kratos::ServerStream<stream::Item>&) {
    has_deadline.Set(ctx.deadline().has_value());
    return Status();
  });
  CHECK(server.Get("/v1/items/a:watch").status == 200);
  CHECK_FALSE(has_deadline.Get());
  CHECK(server.Get("/v1/items/a:watch", {"-H", "Grpc-Timeout: 5M"}).status == 200);
  CHECK(has_deadline.Get());
}

TEST_CASE("server stream: when the server stops, a stream of messages is told and ends") {
  Event sent;
  auto options = LocalOptions();
  options.streams.drain = 1ms;
  StreamTestServer server(options, [&sent](kratos::Context& ctx, const stream::WatchRequest&,
                                           kratos::ServerStream<stream::Item>& out) {
    if (Status status = out.Send(stream::Item()); !status.ok()) return status;
    sent.Set();
    return kratos::fiber::SleepFor(ctx, 10min);
  });
  RawConnection connection(server.port());
  connection.Send("GET /v1/items/a:watch HTTP/1.1\r\nHost: h\r\n\r\n");
  sent.Wait();
  CHECK(server.Stop(10min).ok());
  const std::string all = connection.ReadAll();
  CHECK(all.find("event: error\ndata: {\"code\":503,\"reason\":\"UNAVAILABLE\"") !=
        std::string::npos);
  CHECK(all.ends_with("0\r\n\r\n"));
}

TEST_CASE("server stream: thousands one after the other leave nothing behind") {
  StreamTestServer server;
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = open_files();
  for (int c = 0; c < 10; ++c) {
    RawConnection connection(server.port());
    for (int i = 0; i < 1000; ++i) {
      connection.Send("GET /v1/items/a:watch?count=2 HTTP/1.1\r\nHost: h\r\n\r\n");
      REQUIRE(connection.ReadUntil("\r\n0\r\n\r\n").starts_with("HTTP/1.1 200"));
    }
  }
  CHECK(server.Get("/v1/nothing").status == 404);
  while (open_files() > before + 2) std::this_thread::yield();
}

TEST_CASE("server stream: hand-written routes stream both ways") {
  StreamTestServer server(LocalOptions(), nullptr, [](kratos::http::Server& http) {
    const auto routes = http.Route("/raw");
    routes.Stream("POST", "/upper", [](kratos::http::Context& ctx) -> Status {
      auto out = ctx.BlobStream(200, "text/plain");
      if (!out.ok()) return out.status();
      std::string part;
      while (true) {
        part.clear();
        const kratos::Result<bool> more = ctx.ReadBody(&part);
        if (!more.ok()) return more.status();
        if (!*more) return {};
        for (char& c : part) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        if (Status status = out->Write(part); !status.ok()) return status;
      }
    });
    routes.Get("/count", [](kratos::http::Context& ctx) {
      return ctx.Stream(200, "text/plain", [i = 0](std::string* part) mutable {
        *part = std::to_string(i) + "\n";
        return kratos::Result<bool>(++i < 1000);
      });
    });
    routes.Get("/broken", [](kratos::http::Context& ctx) -> Status {
      auto out = ctx.BlobStream(200, "text/plain");
      if (!out.ok()) return out.status();
      if (Status status = out->Write("half"); !status.ok()) return status;
      throw std::runtime_error("secret");
    });
  });
  const std::string text(3 << 20, 'a');
  TempDir dir;
  const Reply upper = server.Call("POST", "/raw/upper",
                                  {"-H", "Expect:", "-H", "Transfer-Encoding: chunked",
                                   "--data-binary", "@" + dir.Write("a", text)});
  CHECK(upper.status == 200);
  CHECK(upper.body == std::string(3 << 20, 'A'));
  const Reply count = server.Get("/raw/count");
  CHECK(count.body.ends_with("\n998\n999\n"));
  const Reply broken = server.Get("/raw/broken");
  CHECK(broken.status == 200);
  CHECK(broken.body == "half");
  CHECK(broken.exit_code == 18);
}

}  // namespace
}  // namespace e2e
