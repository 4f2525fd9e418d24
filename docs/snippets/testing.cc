// The code that docs/guide/testing.md quotes; runs as a test and exits 0 when it holds.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "chat.http.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/server.h"
// [include]
#include "kratos/testing/in_memory_server.h"
// [include]

namespace {

int failures = 0;

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  ++failures;
}

// What the tests are about.
class MyChat final : public chat::ChatServer {
 public:
  kratos::Status Watch(kratos::Context& ctx, const chat::WatchRequest& request,
                       kratos::ServerStream<chat::Line>& out) override {
    if (request.room() == "rooms/none") return kratos::NotFound("ROOM_MISSING", "no such room");
    chat::Line line;
    line.set_room(request.room());
    line.set_text("hello");
    if (kratos::Status status = out.Send(line); !status.ok()) return status;
    return kratos::fiber::SleepFor(ctx, std::chrono::hours(1));  // Until the client has gone.
  }
  kratos::Status Import(kratos::Context&, kratos::ServerReader<chat::Line>& in,
                        chat::ImportSummary* reply) override {
    chat::Line line;
    kratos::Result<bool> more = in.Recv(&line);
    for (; more.ok() && *more; more = in.Recv(&line)) reply->set_lines(reply->lines() + 1);
    return more.status();
  }
  kratos::Status Talk(kratos::Context&, kratos::ServerReader<chat::Line>& in,
                      kratos::ServerStream<chat::Line>& out) override {
    chat::Line line;
    kratos::Result<bool> more = in.Recv(&line);
    for (; more.ok() && *more; more = in.Recv(&line)) {
      if (kratos::Status status = out.Send(line); !status.ok()) return status;
    }
    return more.status();
  }
};

using kratos::testing::InMemoryServer;

void GeneratedClients(InMemoryServer& memory) {
  // [client]
  auto made = memory.MakeClient();
  const chat::ChatHttpClient client(made.value());

  kratos::Context ctx;
  auto import = client.Import(ctx);
  chat::Line line;
  line.set_room("rooms/1");
  Check(import->Send(line).ok() && import->Send(line).ok(), "two lines sent");
  chat::ImportSummary summary;
  Check(import->CloseAndRecv(&summary).ok() && summary.lines() == 2, "two lines counted");
  // [client]

  // [deadline]
  kratos::Context late;
  late.LimitDeadline(std::chrono::nanoseconds(0));
  Check(kratos::IsGatewayTimeout(client.Watch(late, {}).status()), "no time, no call");
  // [deadline]
}

void Replies(InMemoryServer& memory) {
  // [call]
  kratos::http::Request request;
  request.method = "GET";
  request.target = "/v1/rooms/none/lines";
  request.headers.Set("Accept", "application/json");
  const kratos::Result<kratos::http::Response> reply = memory.Call(request);
  Check(reply.ok() && reply->status == 404, "status");
  Check(reply->body.find("ROOM_MISSING") != std::string::npos, "body");
  // [call]

  // [raw]
  const std::string replies = memory.CallRaw(
      "GET /v1/rooms/none/lines HTTP/1.1\r\nHost: h\r\n\r\n"
      "GET / HTTP/1.1\r\n\r\n",
      {.piece_bytes = 1});
  Check(replies.starts_with("HTTP/1.1 404 Not Found\r\n"), "the first reply");
  Check(replies.find("HTTP/1.1 400 Bad Request\r\n") != std::string::npos, "no Host, no service");
  // [raw]
}

void Streams(InMemoryServer& memory) {
  // [stream]
  kratos::http::Request request;
  request.method = "GET";
  request.target = "/v1/rooms/1/lines";
  auto call = memory.Open(request);
  Check(call->Head().headers.Get("Content-Type") == "text/event-stream", "events");
  std::string event;  // The first one, while the service still runs.
  Check(*call->Read(&event) && event.starts_with("event: message\ndata: {"), "an event");
  call->HangUp();  // Cancels the service's context.
  // [stream]

  // [websocket]
  request.target = "/v1/talk";
  auto connected = memory.Connect(request);
  kratos::testing::WebSocket& socket = *connected.value();
  Check(socket.SendText(R"({"text":"hi"})").ok(), "sent");
  kratos::testing::WebSocket::Message message;
  Check(*socket.Receive(&message) && message.data.find("hi") != std::string::npos, "the echo");
  socket.Close();
  Check(!*socket.Receive(&message) && socket.close_code() == 1000, "goodbye");
  // [websocket]
}

}  // namespace

int main() {
  // [server]
  kratos::http::Server server;  // As the program sets it up; it need not listen.
  chat::RegisterChatHttpServer(server, std::make_shared<MyChat>());

  auto made = kratos::testing::InMemoryServer::Create(server);
  kratos::testing::InMemoryServer& memory = *made.value();
  // [server]
  GeneratedClients(memory);
  Replies(memory);
  Streams(memory);
  if (failures == 0) std::puts("ok");
  return failures == 0 ? 0 : 1;
}
