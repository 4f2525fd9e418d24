// Server streams: what is asked for, every form of reply, and how streams end.
#include <atomic>
#include <functional>
#include <thread>

#include "kratos/fiber/fiber.h"
#include "stream_fixture.h"

namespace kratos::http {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a server stream is asked for as a unary call is, and as Kratos's clients ask",
          "[client]") {
  ScriptedServer server({{{StreamHead()}}});
  auto options = OptionsFor(server);
  options.endpoint = "http://" + server.address() + "/prefix/";
  options.user_agent = "me";
  auto client = MakeClient(options);
  const auto call = CallOf("name: 'a b/c' number: 5 book { name: 'n' }");

  REQUIRE(
      Read<Answer>(*client, Stream(kWatch, StreamKind::kServer, "GET", "/v1/{name=**}:watch"), call)
          .status.ok());
  auto sent = TakeApart(server.requests()[0].bytes);
  CHECK(sent.method == "GET");
  CHECK(sent.target == "/prefix/v1/a%20b/c:watch?book.name=n&number=5");
  CHECK(sent.headers.Get("Host") == server.address());
  CHECK(sent.headers.Get("Accept") == "text/event-stream");
  CHECK(sent.headers.Get("Content-Type") == "application/protojson");
  CHECK(sent.headers.Get("User-Agent") == "me");
  CHECK_FALSE(sent.headers.Has("Content-Length"));
  CHECK_FALSE(sent.headers.Has("Grpc-Timeout"));

  CallOptions call_options;
  call_options.headers.Add("X-One", "1");
  call_options.content_type = "proto";
  call_options.accept = "application/x-ndjson";
  REQUIRE(Read<Answer>(*client, Stream(kWatch, StreamKind::kServer, "POST", "/v1/watch", "book"),
                       call, call_options)
              .status.ok());
  sent = TakeApart(server.requests()[1].bytes);
  CHECK(sent.method == "POST");
  CHECK(sent.target == "/prefix/v1/watch?name=a+b%2Fc&number=5");
  CHECK(sent.headers.Get("Accept") == "application/x-ndjson");
  CHECK(sent.headers.Get("Content-Type") == "application/proto");
  CHECK(sent.headers.Get("X-One") == "1");
  CHECK(sent.headers.Get("Content-Length") == "3");
  CHECK(sent.body == call.book().SerializeAsString());

  // Raw bytes are taken as anything: our own servers send them as they are then.
  REQUIRE(Read<HttpBody>(*client, Stream(kDownload, StreamKind::kServer, "GET", "/v1/file"))
              .status.ok());
  CHECK(TakeApart(server.requests()[2].bytes).headers.Get("Accept") == "*/*");
  REQUIRE(Read(*client, Stream(kDownloadField, StreamKind::kServer, "GET", "/v1/file", "", "file"))
              .status.ok());
  CHECK(TakeApart(server.requests()[3].bytes).headers.Get("Accept") == "*/*");
  // A body of raw bytes says what they are.
  const auto file = CallOf("file { content_type: 'a/b' data: 'xyz' }");
  REQUIRE(Read(*client, Stream(kWatch, StreamKind::kServer, "POST", "/v1/file", "file"), file)
              .status.ok());
  sent = TakeApart(server.requests()[4].bytes);
  CHECK(sent.headers.Get("Content-Type") == "a/b");
  CHECK(sent.body == "xyz");
}

TEST_CASE("Grpc-Timeout tells the stream's own deadline, not that of its opening", "[client]") {
  ScriptedServer server({{{StreamHead()}}});
  auto options = OptionsFor(server);
  options.send_deadline = true;
  options.timeout = std::chrono::seconds(60);
  auto client = MakeClient(options);
  REQUIRE(Read(*client, WatchMethod()).status.ok());
  CHECK_FALSE(TakeApart(server.requests()[0].bytes).headers.Has("Grpc-Timeout"));
  Context ctx;
  ctx.LimitDeadline(std::chrono::hours(2));
  const Call request;
  REQUIRE(client->Open(ctx, WatchMethod(), &request, {}).ok());
  CHECK(TakeApart(server.requests()[1].bytes).headers.Get("Grpc-Timeout").size() > 4);
}

TEST_CASE("K20: replies of every form", "[client]") {
  struct Row {
    const char* name;
    std::string reply;
    std::vector<std::string> messages;
    int code = 200;
    const char* reason = "";
  };
  const std::string two =
      "event: message\ndata: {\"message\":\"a\"}\n\ndata: {\"message\":\"b\"}\n\n";
  const std::string error =
      "{\"code\":409,\"reason\":\"STALE\",\"message\":\"m\",\"metadata\":{\"k\":\"v\"}}";
  const Row rows[] = {
      {"events", StreamHead() + two, {"a", "b"}},
      {"events with a parameter", StreamHead("Text/Event-Stream; charset=utf-8") + two, {"a", "b"}},
      {"events in chunks",
       ChunkedHead() + Chunk(two.substr(0, 20)) + Chunk(two.substr(20)) + "0\r\n\r\n",
       {"a", "b"}},
      {"events of a known length", Reply("200 OK", "text/event-stream", two), {"a", "b"}},
      {"no events", StreamHead(), {}},
      {"another success",
       "HTTP/1.1 202 Accepted\r\nContent-Type: text/event-stream\r\n\r\n" + two,
       {"a", "b"}},
      {"an interim reply",
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + StreamHead() + two,
       {"a", "b"}},
      {"an error event",
       StreamHead() + "data: {}\n\nevent: error\ndata: " + error + "\n\ndata: {}\n\n",
       {""},
       409,
       "STALE"},
      {"an unreadable error event", StreamHead() + "event: error\ndata: boom\n\n", {}, 500, ""},
      {"a code of their own",
       StreamHead() + "event: error\ndata: {\"code\":1001,\"reason\":\"R\"}\n\n",
       {},
       1001,
       "R"},
      {"an error of Google's",
       StreamHead() + "event: error\ndata: "
                      "{\"code\":5,\"message\":\"m\",\"details\":[{\"@type\":\"type.googleapis.com/"
                      "google.rpc.ErrorInfo\",\"reason\":\"GONE\"}]}\n\n",
       {},
       404,
       "GONE"},
      {"an unreadable message",
       StreamHead() + "data: {\"message\":\"a\"}\n\ndata: {\n\n",
       {"a"},
       500,
       kReasonCodec},
      {"cut short", ChunkedHead() + Chunk(two), {"a", "b"}, 503, kReasonUnavailable},
      {"cut inside a chunk", ChunkedHead() + "100\r\n" + two, {"a", "b"}, 503, kReasonUnavailable},
      {"less than its length",
       "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000\r\n\r\n" + two,
       {"a", "b"},
       503,
       kReasonUnavailable},
      {"broken chunks", ChunkedHead() + Chunk(two) + "zz\r\n", {"a", "b"}, 503, kReasonUnavailable},
      {"lines",
       StreamHead("application/x-ndjson") + "{\"message\":\"a\"}\n\n{\"message\":\"b\"}",
       {"a", "b"}},
      {"an error line",
       StreamHead("application/jsonl") + "{}\n{\"error\":" + error + "}\n",
       {""},
       409,
       "STALE"},
      {"a line cut short",
       ChunkedHead("application/x-ndjson") + Chunk("{}\n{}"),
       {""},
       503,
       kReasonUnavailable},
      {"an array",
       StreamHead("application/json") + "[{\"message\":\"a\"},\n{\"message\":\"b\"}]",
       {"a", "b"}},
      {"an array with an error",
       StreamHead("application/json") + "[{},\n{\"error\":" + error + "}]",
       {""},
       409,
       "STALE"},
      {"an array cut short", StreamHead("application/json") + "[{}", {""}, 503, kReasonUnavailable},
      {"one object", StreamHead("application/problem+json") + "{\"message\":\"a\"}", {"a"}},
      {"K21: Go's empty stream", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {}},
      {"no content", "HTTP/1.1 204 No Content\r\n\r\n", {}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto client = MakeClient(OptionsFor(server));
    const auto received = Read(*client, WatchMethod());
    CHECK(received.messages == row.messages);
    CHECK(received.status.code() == row.code);
    CHECK(received.status.reason() == row.reason);
    CHECK(received.status_of_open == 0);
    if (received.status.reason() == std::string("STALE")) {
      CHECK(received.status.message() == "m");
      CHECK(received.status.error().metadata().at("k") == "v");
    }
    if (row.name == std::string("an unreadable error event"))
      CHECK(received.status.message() == "boom");
  }
}

TEST_CASE("a reply in single bytes", "[client]") {
  RawPeer peer([](RawConnection& connection) {
    connection.ReadHead();
    connection.SendSlowly(ChunkedHead());
    for (const char c : std::string("data: {\"message\":\"a\"}\r\n\r\n"))
      connection.SendSlowly(Chunk({&c, 1}));
    connection.SendSlowly("0\r\n\r\n");
  });
  CHECK(Read(*MakeClient(OptionsFor(peer)), WatchMethod()).messages ==
        std::vector<std::string>{"a"});
}

TEST_CASE("what is no stream is an error, not an end", "[client]") {
  struct Row {
    const char* name;
    std::string reply;
    int code;
    const char* reason;
    const char* body;
  };
  const Row rows[] = {
      {"HTML", Reply("200 OK", "text/html", "<html>"), 500, kReasonCodec, "<html>"},
      {"no type", Reply("200 OK", "", "data: {}"), 500, kReasonCodec, ""},
      {"compressed", Reply("200 OK", "text/event-stream", "x", "Content-Encoding: br\r\n"), 500,
       kReasonCodec, "x"},
      {"Kratos's error",
       Reply("403 Forbidden", "application/json", "{\"code\":403,\"reason\":\"NO\"}"), 403, "NO",
       "{\"code\":403,\"reason\":\"NO\"}"},
      {"another error", Reply("502 Bad Gateway", "text/html", "<p>down</p>"), 502, "",
       "<p>down</p>"},
      {"an error in chunks",
       "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunk("ab") + Chunk("c") +
           "0\r\n\r\n",
       404, "", "abc"},
      {"an error cut short", "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nabc", 503,
       kReasonUnavailable, nullptr},
      {"no reply", "", 503, kReasonUnavailable, nullptr},
      {"a head cut short", "HTTP/1.1 200 OK\r\nContent-", 503, kReasonUnavailable, nullptr},
      {"no HTTP", "SSH-2.0-OpenSSH\r\n\r\n", 503, kReasonUnavailable, nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto client = MakeClient(OptionsFor(server));
    ReplyInfo info;
    CallOptions options;
    options.reply_info = &info;
    const auto received = Read(*client, WatchMethod(), {}, options);
    INFO(received.status.message());
    CHECK(received.status_of_open == row.code);
    CHECK(received.status.reason() == row.reason);
    if (row.body == nullptr) continue;
    CHECK(info.status != 0);
    const auto* peer = received.status.error().peer_reply();
    REQUIRE(peer != nullptr);
    CHECK(peer->body == row.body);
    CHECK(peer->status == info.status);
  }
}

TEST_CASE("an error reply has a limit", "[client]") {
  ScriptedServer server({{{Reply("500 Oops", "text/plain", std::string(1000, 'x'))}}});
  auto options = OptionsFor(server);
  options.max_reply_bytes = 100;
  CHECK(Read(*MakeClient(options), WatchMethod()).status.reason() == kReasonTooLarge);
}

TEST_CASE("messages have a limit", "[client]") {
  for (const char* type : {"text/event-stream", "application/x-ndjson", "application/json"}) {
    INFO(type);
    RawPeer peer([&](RawConnection& connection) {
      connection.ReadHead();
      connection.Send(StreamHead(type) + "data: \"");
      while (connection.Send(std::string(4096, 'x'))) {
      }
    });
    auto options = OptionsFor(peer);
    options.streams.max_message_bytes = 100'000;
    CHECK(Read(*MakeClient(options), WatchMethod()).status.reason() ==
          (type == std::string("application/json") ? kReasonCodec : kReasonTooLarge));
  }
}

TEST_CASE("K19: raw bytes in pieces", "[client]") {
  const std::string big(100'000, 'x');
  struct Row {
    const char* name;
    std::string reply;
    std::string bytes;
    std::string type;
    int code = 200;
  };
  const Row rows[] = {
      {"chunks", ChunkedHead("video/mp4") + Chunk("ab") + Chunk(big) + "0\r\n\r\n", "ab" + big,
       "video/mp4"},
      {"up to the end", StreamHead("application/json") + "[1", "[1", "application/json"},
      {"no type", "HTTP/1.1 200 OK\r\n\r\nabc", "abc", ""},
      {"nothing", ChunkedHead("video/mp4") + "0\r\n\r\n", "", "video/mp4"},
      {"cut short", ChunkedHead("video/mp4") + Chunk("ab"), "ab", "video/mp4", 503},
      {"Go's events",
       StreamHead() + "event: message\ndata: a\ndata: b\n\nevent: message\ndata: c\n\n", "a\nbc",
       ""},
      {"an error in Go's events",
       StreamHead() + "data: a\n\nevent: error\ndata: {\"code\":404}\n\n", "a", "", 404},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto client = MakeClient(OptionsFor(server));
    const auto received =
        Read<HttpBody>(*client, Stream(kDownload, StreamKind::kServer, "GET", "/f"));
    std::string bytes;
    for (const auto& piece : received.messages) {
      CHECK(piece.size() <= 32 * 1024);
      bytes += piece;
    }
    CHECK(bytes == row.bytes);
    for (const auto& type : received.types) CHECK(type == row.type);
    CHECK(received.status.code() == row.code);
  }

  ScriptedServer server({{{ChunkedHead("a/b") + Chunk("ab") + "0\r\n\r\n"}}});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  const Call request;
  auto call = client->Open(
      ctx, Stream(kDownloadField, StreamKind::kServer, "GET", "/f", "", "file"), &request, {});
  REQUIRE(call.ok());
  CHECK((*call)->reply_header().Get("Content-Type") == "a/b");
  Answer answer;
  answer.set_message("is replaced");
  REQUIRE(*(*call)->Recv(&answer));
  CHECK(answer.file().data() == "ab");
  CHECK(answer.file().content_type() == "a/b");
  CHECK(answer.message().empty());
  CHECK_FALSE(*(*call)->Recv(&answer));
}

TEST_CASE("the end of a stream stays its end", "[client]") {
  ScriptedServer server({{{StreamHead() + "data: {}\n\n"}},
                         {{StreamHead() + "event: error\ndata: {\"code\":404}\n\n"}}});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  const Call request;
  Answer answer;
  answer.set_message("old");
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  CHECK(*(*call)->Recv(&answer));
  CHECK(answer.message().empty());
  for (int i = 0; i < 3; ++i) CHECK_FALSE(*(*call)->Recv(&answer));
  call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  for (int i = 0; i < 3; ++i) CHECK((*call)->Recv(&answer).status().code() == 404);
}

TEST_CASE("streams follow redirects as unary calls do", "[client]") {
  ScriptedServer target({{{StreamHead() + "data: {\"message\":\"a\"}\n\n"}}});
  ScriptedServer server({{{"HTTP/1.1 307 There\r\nLocation: http://" + target.address() +
                           "/x\r\nContent-Length: 0\r\n\r\n"}}});
  auto client = MakeClient(OptionsFor(server));
  CallOptions options;
  options.headers.Add("Authorization", "secret");
  const auto method = Stream(kWatch, StreamKind::kServer, "POST", "/watch", "*");
  CHECK(Read(*client, method, CallOf("name: 'n'"), options).messages ==
        std::vector<std::string>{"a"});
  const auto sent = TakeApart(target.requests()[0].bytes);
  CHECK(sent.target == "/x");
  CHECK(sent.body == "{\"name\":\"n\"}");
  CHECK(sent.headers.Get("Host") == target.address());
  CHECK_FALSE(sent.headers.Has("Authorization"));
  CHECK(TakeApart(server.requests()[0].bytes).headers.Get("Authorization") == "secret");

  ScriptedServer circle({{{"HTTP/1.1 302 There\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"}}});
  auto few = OptionsFor(circle);
  few.max_redirects = 2;
  CHECK(Read(*MakeClient(few), WatchMethod()).status.reason() == "TOO_MANY_REDIRECTS");
  CHECK(circle.accepted() == 3);
}

TEST_CASE("a stream is opened again where that was asked for and may help", "[client]") {
  ScriptedServer server({{{Reply("503 Busy", "", "")}}, {{StreamHead() + "data: {}\n\n"}}});
  auto options = OptionsFor(server);
  options.max_attempts = 2;
  CHECK(Read(*MakeClient(options), WatchMethod()).messages.size() == 1);
  CHECK(server.accepted() == 2);
}

TEST_CASE("cancellation and deadlines wake who waits", "[client]") {
  for (const bool head_first : {false, true}) {
    INFO(head_first);
    ScriptedServer server({{{head_first ? StreamHead() : "", Step::Then::kHang}}});
    auto client = MakeClient(OptionsFor(server));
    const Call request;
    Answer answer;
    const auto run = [&](Context& ctx,
                         const std::function<void(kratos::internal::ClientCall&)>& then) {
      auto call = client->Open(ctx, WatchMethod(), &request, {});
      if (!call.ok()) return call.status();
      then(**call);
      const auto status = (*call)->Recv(&answer).status();
      CHECK((*call)->Recv(&answer).status().code() == status.code());
      return status;
    };
    const auto nothing = [](kratos::internal::ClientCall&) {};
    {
      Context ctx;
      std::thread canceller([&] {
        server.WaitForRequests(1);
        ctx.Cancel();
      });
      CHECK(run(ctx, nothing).code() == 499);
      canceller.join();
    }
    {
      Context ctx;
      ctx.LimitDeadline(milliseconds(40));
      CHECK(run(ctx, nothing).reason() == kReasonDeadlineExceeded);
    }
    if (!head_first) continue;
    std::thread canceller;
    Context ctx;
    CHECK(run(ctx, [&](kratos::internal::ClientCall& call) {
            canceller = std::thread([&] { call.Cancel(); });
          }).code() == 499);
    canceller.join();
    CHECK_FALSE(ctx.cancelled());
  }
}

TEST_CASE("a call that was cancelled gives out no more messages", "[client]") {
  ScriptedServer server({{{StreamHead() + "data: {}\n\ndata: {}\n\n", Step::Then::kHang}}});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  const Call request;
  Answer answer;
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  REQUIRE((*call)->Recv(&answer).ok());
  (*call)->Cancel();
  CHECK((*call)->Recv(&answer).status().code() == 499);
}

TEST_CASE("K27: the time-out bounds the opening of a stream and not the rest", "[client]") {
  Signal go;
  RawPeer peer({[&](RawConnection& connection) {
                  connection.ReadHead();
                  connection.Send(StreamHead());
                  go.Wait();
                  connection.Send("data: {\"message\":\"a\"}\n\n");
                },
                [](RawConnection& connection) {
                  connection.ReadHead();
                  connection.Send("HTTP/1.1 200");
                  connection.ReadAll();
                }});
  auto options = OptionsFor(peer);
  options.timeout = milliseconds(300);
  auto client = MakeClient(options);
  Context ctx;
  const Call request;
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  // Longer than the time-out: not to wait for anything, but to be sure that it has passed.
  REQUIRE(fiber::SleepFor(ctx, milliseconds(400)).ok());
  go.Set();
  Answer answer;
  CHECK(*(*call)->Recv(&answer));
  CHECK_FALSE(*(*call)->Recv(&answer));
  const auto late = client->Open(ctx, WatchMethod(), &request, {});
  CHECK(late.status().reason() == kReasonDeadlineExceeded);
}

TEST_CASE("giving a stream up closes its connection", "[client]") {
  std::string rest = "x";
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    connection.Send(StreamHead());
    rest = connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  const Call request;
  {
    const auto call = client->Open(ctx, WatchMethod(), &request, {});
    REQUIRE(call.ok());
  }
  peer.WaitForServed(1);
  CHECK(rest.empty());
}

TEST_CASE("a call outlives the handle of its client", "[client]") {
  ScriptedServer server({{{StreamHead() + "data: {}\n\n"}}});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  const Call request;
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  client.reset();
  CHECK(ReadAll<Answer>(**call).messages.size() == 1);
}

TEST_CASE("a slow reader slows the server down", "[client]") {
  constexpr std::size_t kAll = 256u << 20;
  Signal full;
  std::atomic<std::size_t> sent = 0;
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    connection.Send(StreamHead());
    const std::string event = "data: {}\n:" + std::string(60'000, 'x') + "\n\n";
    connection.on_full = [&] { full.Set(); };
    while (sent < kAll && connection.Send(event)) sent += event.size();
    full.Set();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  const Call request;
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  Answer answer;
  REQUIRE(*(*call)->Recv(&answer));
  full.Wait();
  CHECK(sent < kAll / 2);
}

TEST_CASE("middleware runs once, around the opening of a stream", "[client]") {
  ScriptedServer server(
      {{{StreamHead() + "data: {}\n\ndata: {}\n\n"}}, {{Reply("404 No", "", "")}}});
  auto options = OptionsFor(server);
  std::vector<int> codes;
  bool answer_itself = false;
  options.middleware.push_back([&](Handler next) -> Handler {
    return [&, next](Context& ctx, const google::protobuf::Message& request,
                     google::protobuf::Message* reply) -> Status {
      CHECK(ctx.transport().operation == kWatch);
      CHECK(ctx.transport().path_template == "/watch");
      CHECK(request.GetDescriptor() == Call::descriptor());
      CHECK(reply->GetDescriptor() == Answer::descriptor());
      if (answer_itself) return {};
      ctx.mutable_request_header().Set("X-Token", "t");
      Status status = next(ctx, request, reply);
      codes.push_back(status.code());
      if (status.ok()) CHECK(ctx.reply_header().Get("Content-Type") == "text/event-stream");
      return status;
    };
  });
  auto client = MakeClient(options);
  CHECK(Read(*client, WatchMethod()).messages.size() == 2);
  CHECK(TakeApart(server.requests()[0].bytes).headers.Get("X-Token") == "t");
  CHECK(Read(*client, WatchMethod()).status_of_open == 404);
  CHECK(codes == std::vector<int>{200, 404});
  answer_itself = true;
  CHECK(Read(*client, WatchMethod()).status.reason() == "NO_STREAM");
}

TEST_CASE("calls that cannot be opened say why, and send nothing", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  const Call request;
  CallOptions second;
  second.binding = 1;
  CHECK(client->Open(ctx, WatchMethod(), &request, second).status().code() == 400);
  CHECK(client->Open(ctx, WatchMethod(), nullptr, {}).status().code() == 400);
  CHECK(client->Open(ctx, TalkMethod(), &request, {}).status().code() == 400);
  CHECK(client->Open(ctx, Method("GET", "/"), &request, {}).status().code() == 400);
  CHECK(client->Open(ctx, Stream(kWatch, StreamKind::kServer, "*", "/"), &request, {})
            .status()
            .code() == 400);
  CHECK(client->Open(ctx, Stream(kWatch, StreamKind::kServer, "GET", "/{name}"), &request, {})
            .status()
            .code() == 400);
  ctx.Cancel();
  CHECK(client->Open(ctx, WatchMethod(), &request, {}).status().code() == 499);
  CHECK(server.accepted() == 0);
}

}  // namespace
}  // namespace kratos::http
