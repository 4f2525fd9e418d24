// Client and bidirectional streams over WebSockets, frame by frame, in Kratos's wire form.
#include <future>

#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "kratos/json/json.h"
#include "pattern.h"
#include "stream_service.h"
#include "support/catch.h"
#include "websocket_client.h"

namespace e2e {
namespace {

using kratos::Status;
using namespace std::chrono_literals;

const std::string kEnd =
    "\x1e"
    "end";
const std::string kError =
    "\x1e"
    "error:";

bool NoWebSockets() {
  if (EngineName() != "httplib") return false;
  StreamTestServer server;
  WebSocketClient client(server.port());
  const Reply reply = client.Open("/v1/echo/a");
  CHECK(reply.status == 501);
  CHECK(reply.body.find("httplib") != std::string::npos);
  return true;
}

TEST_CASE("websocket: K23, a bidirectional call, and its good end") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  const Reply opened = client.Open("/v1/echo/path");
  REQUIRE(opened.status == 101);
  CHECK(opened.headers.Get("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK_FALSE(opened.headers.Has("Sec-WebSocket-Protocol"));
  CHECK_FALSE(opened.headers.Has("Sec-WebSocket-Extensions"));
  for (int i = 1; i <= 3; ++i) {
    client.Text("{\"number\":" + std::to_string(i) + "}");
    const Frame frame = client.Read();
    CHECK(frame.opcode == 1);
    CHECK(frame.data ==
          "{\"name\":\"path\",\"number\":" + std::to_string(i) + ",\"tags\":[],\"inner\":null}");
  }
  client.Text(kEnd);
  const Frame close = client.Read();
  CHECK(close.opcode == 8);
  CHECK(close.CloseCode() == 1000);
  client.Close(1000);
  CHECK(client.Read().opcode == -1);
}

TEST_CASE("websocket: K24, the frame wins over path and query, lists do not double") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo/path?number=7&tags=q&inner.name=n&inner.number=1").status == 101);
  const struct {
    const char* frame;
    const char* answer;
  } rows[] = {
      {"{}",
       R"({"name":"path","number":7,"tags":["q"],"inner":{"name":"n","number":1,"tags":[],"inner":null}})"},
      {R"({"name":"own","number":8,"tags":["a","b"]})",
       R"({"name":"own","number":8,"tags":["a","b"],"inner":{"name":"n","number":1,"tags":[],"inner":null}})"},
      {R"({"inner":{"name":"m"}})",
       R"({"name":"path","number":7,"tags":["q"],"inner":{"name":"m","number":1,"tags":[],"inner":null}})"},
      {"{}",
       R"({"name":"path","number":7,"tags":["q"],"inner":{"name":"n","number":1,"tags":[],"inner":null}})"},
  };
  for (const auto& row : rows) {
    client.Text(row.frame);
    CHECK(client.Read().data == row.answer);
  }
}

TEST_CASE("websocket: a client stream, its reply, and a field as the frame") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  for (const char* path : {"/v1/items/a:collect", "/v1/items/a:collectInner"}) {
    CAPTURE(path);
    WebSocketClient client(server.port());
    REQUIRE(client.Open(path).status == 101);
    client.Text(R"({"name":"xy"})");
    client.Text(R"({"name":"z"})");
    client.Text(kEnd);
    stream::Summary summary;
    REQUIRE_FALSE(kratos::json::Decode(client.Read().data, {}, &summary));
    CHECK(summary.messages() == 2);
    CHECK(summary.bytes() == 3);
    CHECK(summary.name() == (std::string(path).ends_with("Inner") ? "a" : "z"));
    CHECK(client.Read().CloseCode() == 1000);
  }
}

TEST_CASE("websocket: K23, an error is told in an error text and close code 1011") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo/a").status == 101);
  client.Text(R"({"name":"fail"})");
  const Frame error = client.Read();
  CHECK(error.opcode == 1);
  CHECK(error.data == kError +
                          "error: code = 409 reason = TOLD_TO message = it failed metadata = "
                          "map[k:v] cause = <nil>");
  const Frame close = client.Read();
  CHECK(close.CloseCode() == 1011);
  CHECK(close.data.size() <= 125);
}

TEST_CASE("websocket: a frame that cannot be read is told, and names the field") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo/a").status == 101);
  client.Text(R"({"number":"x"})");
  const Frame error = client.Read();
  CHECK(error.data.starts_with(kError + "error: code = 400 reason = CODEC message = "));
  CHECK(error.data.find("number") != std::string::npos);
}

TEST_CASE("websocket: bytes go out as binary frames and come in either way, large and fragmented") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo-bytes").status == 101);
  for (const std::size_t size : {0u, 1u, 125u, 126u, 65535u, 65536u, 1'000'000u}) {
    CAPTURE(size);
    const std::string bytes = Pattern(size);
    client.Send(2, bytes);
    const Frame frame = client.Read();
    CHECK(frame.opcode == 2);
    CHECK((frame.data == bytes));
  }
  client.Send(2, "ab", /*final=*/false);
  client.Send(9, "ping");
  client.Send(0, "cd", /*final=*/true);
  const Frame pong = client.Read();
  CHECK(pong.opcode == 10);
  CHECK(pong.data == "ping");
  CHECK(client.Read().data == "abcd");
}

TEST_CASE("websocket: refusals come before the 101, as ordinary replies") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.middleware.push_back([](kratos::Handler next) -> kratos::Handler {
    return [next](kratos::Context& ctx, const google::protobuf::Message& request,
                  google::protobuf::Message* reply) -> Status {
      if (ctx.request_header().Get("Authorization") == "bad")
        return kratos::Unauthorized("NO_TOKEN", "who are you");
      return next(ctx, request, reply);
    };
  });
  StreamTestServer server(options);
  const auto open = [&server](std::string_view target, std::string_view more) {
    return WebSocketClient(server.port()).Open(target, more);
  };
  const Reply denied = open("/v1/echo/a", "Authorization: bad\r\n");
  CHECK(denied.status == 401);
  CHECK(denied.body == R"({"code":401,"reason":"NO_TOKEN","message":"who are you","metadata":{}})");
  CHECK(open("/v1/echo/a?number=x", "").status == 400);
  CHECK(open("/v1/nothing", "").status == 404);
  CHECK(open("/v1/echo/a", "Origin: http://evil.example\r\n").status == 403);
  CHECK(open("/v1/echo/a", "Origin: http://h\r\n").status == 101);
  const Reply plain = server.Get("/v1/echo/a");
  CHECK(plain.status == 426);
  CHECK(plain.headers.Get("Upgrade") == "websocket");
  // The same for a path that is known under another method.
  CHECK(server.Get("/v1/items/a:collect").status == 426);
  const Reply version =
      Exchange(server.port(),
               "GET /v1/echo/a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
               "Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  CHECK(version.status == 426);
  CHECK(version.headers.Get("Sec-WebSocket-Version") == "13");
  const Reply key =
      Exchange(server.port(),
               "GET /v1/echo/a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n");
  CHECK(key.status == 400);
}

TEST_CASE("websocket: origins and sub-protocols of one's own") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.websocket.allowed_origins = {"https://app.example"};
  options.websocket.subprotocols = {"v2", "v1"};
  StreamTestServer server(options);
  const auto open = [&server](std::string_view more) {
    return WebSocketClient(server.port()).Open("/v1/echo/a", more);
  };
  CHECK(open("Origin: https://app.example\r\n").status == 101);
  CHECK(open("Origin: https://other.example\r\n").status == 403);
  CHECK(open("Sec-WebSocket-Protocol: v0, v1\r\n").headers.Get("Sec-WebSocket-Protocol") == "v1");
  CHECK_FALSE(open("Sec-WebSocket-Protocol: v0\r\n").headers.Has("Sec-WebSocket-Protocol"));
}

TEST_CASE("websocket: what breaks the protocol or is too long closes the connection") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.websocket.max_message_bytes = 1000;
  StreamTestServer server(options);
  const struct {
    const char* name;
    std::string bytes;
    int code;
  } rows[] = {
      {"unmasked", FrameHead(0x81, 2, false) + "{}", 1002},
      {"reserved bits", FrameHead(0xf1, 2, true) + "xx", 1002},
      {"unknown opcode", FrameHead(0x83, 0, true), 1002},
      {"continuation of nothing", FrameHead(0x80, 0, true), 1002},
      {"fragmented ping", FrameHead(0x09, 0, true), 1002},
      {"long ping", FrameHead(0x89, 126, true) + std::string(126, 'x'), 1002},
      {"too long", FrameHead(0x81, 1001, true), 1009},
      {"absurdly long", FrameHead(0x82, std::size_t{1} << 62, true), 1009},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    WebSocketClient client(server.port());
    REQUIRE(client.Open("/v1/echo-bytes").status == 101);
    client.connection().Send(row.bytes);
    Frame frame = client.ReadMessage();
    while (frame.opcode == 1) frame = client.ReadMessage();  // Kratos's error text.
    if (frame.opcode == 8) CHECK(frame.CloseCode() == row.code);
    while (frame.opcode != -1) frame = client.Read();
  }
  // Nobody else minds.
  WebSocketClient other(server.port());
  REQUIRE(other.Open("/v1/echo-bytes").status == 101);
  other.Send(2, "still here");
  CHECK(other.Read().data == "still here");
}

TEST_CASE("websocket: K22, a client that vanishes, closes or half-closes ends the method") {
  if (NoWebSockets()) return;
  Event ended;
  Guarded<Status> seen;
  StreamTestServer server;
  enum class How { kClose, kCloseFrame, kOddCloseFrame };
  for (const How how : {How::kClose, How::kCloseFrame, How::kOddCloseFrame}) {
    WebSocketClient client(server.port());
    REQUIRE(client.Open("/v1/items/a:collect").status == 101);
    client.Text("{}");
    if (how == How::kCloseFrame) {
      client.Close(1001);
      // The end of input: the method replies, which the peer no longer reads.
      Frame frame = client.Read();
      while (frame.opcode == 1) frame = client.Read();
      CHECK(frame.opcode == 8);
    }
    if (how == How::kOddCloseFrame) {
      client.Close(4000);
      CHECK(client.Read().opcode == 8);
    }
  }
  CHECK(server.Stop(10min).ok());  // Nothing is left behind.
}

TEST_CASE("websocket: a peer that is silent is pinged, and given up when it does not answer") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.websocket.ping_interval = 200ms;
  StreamTestServer server(options);
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo/a").status == 101);
  Frame ping = client.Read();
  CHECK(ping.opcode == 9);
  client.Send(10, ping.data);
  ping = client.Read();
  CHECK(ping.opcode == 9);
  // No answer now: the end comes by itself.
  while (ping.opcode != -1) ping = client.Read();
}

TEST_CASE("websocket: when the server stops, 1001; new ones are refused") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.streams.drain = 1ms;
  options.websocket.close_timeout = 100ms;
  StreamTestServer server(options);
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo/a").status == 101);
  client.Text("{}");
  CHECK(client.Read().opcode == 1);
  auto stopping = std::async(std::launch::async, [&server] { return server.Stop(10min); });
  CHECK(client.Read().CloseCode() == 1001);
  client.Close(1001);
  CHECK(stopping.get().ok());
}

TEST_CASE("websocket: permessage-deflate when the server offers it") {
  if (NoWebSockets()) return;
  auto options = LocalOptions();
  options.websocket.compress = true;
  StreamTestServer server(options);
  WebSocketClient client(server.port());
  const Reply opened =
      client.Open("/v1/echo-bytes", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  REQUIRE(opened.status == 101);
  CHECK(opened.headers.Get("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
  const std::string text(10'000, 'x');
  client.Send(2, text);  // Not compressed, which is up to the sender of each message.
  const Frame frame = client.Read();
  CHECK(frame.opcode == 2);
  CHECK(frame.data.size() < 200);
}

TEST_CASE("websocket: Send waits for a peer that does not read") {
  if (NoWebSockets()) return;
  StreamTestServer server;
  WebSocketClient client(server.port());
  REQUIRE(client.Open("/v1/echo-bytes").status == 101);
  const std::string bytes = Pattern(1 << 20);
  auto sending = std::async(std::launch::async, [&] {
    for (int i = 0; i < 50; ++i) {
      if (!client.Send(2, bytes)) return false;
    }
    return client.Text(kEnd);
  });
  bool same = true;
  for (int i = 0; i < 50; ++i) same = same && client.Read().data == bytes;
  CHECK(same);
  CHECK(sending.get());
  CHECK(client.Read().CloseCode() == 1000);
}

}  // namespace
}  // namespace e2e
