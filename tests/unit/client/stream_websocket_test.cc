// Client streams and bidirectional ones over a WebSocket (K23, K24).
#include <atomic>
#include <thread>

#include "kratos/fiber/fiber.h"
#include "stream_fixture.h"

namespace kratos::http {
namespace {

using std::chrono::milliseconds;

const std::string kEnd =
    "\x1e"
    "end";
const std::string kError =
    "\x1e"
    "error:";

ClientMethod ImportMethod(std::string_view path = "/import", std::string_view body = "*") {
  return Stream(kImport, StreamKind::kClient, "POST", path, body);
}

// A server that sends these bytes behind the handshake, and reads to the end.
RawPeer::Serve Sends(std::string bytes) {
  return [bytes = std::move(bytes)](RawConnection& connection) {
    connection.AcceptWebSocket();
    connection.Send(bytes);
    connection.ReadAll();
  };
}

TEST_CASE("K23: a client stream on the wire", "[client]") {
  SentRequest handshake;
  std::vector<Frame> frames;
  RawPeer peer([&](RawConnection& connection) {
    handshake = TakeApart(connection.AcceptWebSocket());
    for (int i = 0; i < 3; ++i) frames.push_back(connection.ReadFrame().value());
    connection.SendFrame(kTextFrame, R"({"message":"thanks"})");
    frames.push_back(connection.ReadFrame().value());
    connection.SendFrame(kCloseFrame, ClosePayload(1000));
    connection.ReadAll();
  });
  auto options = OptionsFor(peer);
  options.endpoint = "http://" + peer.address() + "/prefix";
  auto client = MakeClient(options);
  Context ctx;
  CallOptions call_options;
  call_options.headers.Add("X-One", "1");
  call_options.headers.Add("Sec-WebSocket-Key", "mine");
  ReplyInfo info;
  call_options.reply_info = &info;
  ClientWriter<Call, Answer> writer(
      OpenStream(*client, ctx, ImportMethod("/v1/{name}/import"), call_options));
  CHECK(peer.accepted() == 0);
  REQUIRE(writer.Send(CallOf("name: 'a/b' number: 5")).ok());
  REQUIRE(writer.Send(CallOf("name: 'other' number: 6")).ok());
  Answer answer;
  REQUIRE(writer.CloseAndRecv(&answer).ok());
  CHECK(answer.message() == "thanks");
  CHECK(writer.Send(Call()).code() == 400);
  peer.WaitForServed(1);

  CHECK(handshake.method == "GET");
  // K24: what the frames say is not in the query, too.
  CHECK(handshake.target == "/prefix/v1/a%2Fb/import");
  CHECK(handshake.headers.Get("Host") == peer.address());
  CHECK(handshake.headers.Values("Host").size() == 1);
  CHECK(handshake.headers.Get("Accept") == "application/protojson");
  CHECK(handshake.headers.Get("Content-Type") == "application/protojson");
  CHECK(handshake.headers.Get("User-Agent") == "kratos-cpp");
  CHECK(handshake.headers.Get("Upgrade") == "websocket");
  CHECK(handshake.headers.Get("Sec-WebSocket-Version") == "13");
  CHECK(handshake.headers.Values("Sec-WebSocket-Key").size() == 1);
  CHECK_FALSE(handshake.headers.Has("Sec-WebSocket-Extensions"));
  CHECK_FALSE(handshake.headers.Has("Origin"));
  CHECK(handshake.headers.Get("X-One") == "1");
  REQUIRE(frames.size() == 4);
  for (const auto& frame : frames) CHECK(frame.masked);
  CHECK(frames[0].opcode == kTextFrame);
  CHECK(frames[0].payload == R"({"name":"a/b","number":"5"})");
  CHECK(frames[1].payload == R"({"name":"other","number":"6"})");
  CHECK(frames[2].opcode == kTextFrame);
  CHECK(frames[2].payload == kEnd);
  CHECK(frames[3].opcode == kCloseFrame);
  CHECK(frames[3].payload == ClosePayload(1000));
  CHECK(info.status == 101);
  CHECK(writer.reply_header().Get("Upgrade") == "websocket");
}

TEST_CASE("a bidirectional stream, both ways at once", "[client]") {
  constexpr int kMessages = 500;
  int pongs = 0;
  int wrong_pongs = 0;
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    // A pong may come behind the end: the client's messages can all be on their way before it.
    bool ended = false;
    while (!ended || pongs == 0) {
      const auto frame = connection.ReadFrame();
      if (!frame) break;
      if (frame->payload == kEnd) {
        ended = true;
        continue;
      }
      if (frame->opcode == kPongFrame) {
        ++(frame->payload == "p" ? pongs : wrong_pongs);
        continue;
      }
      const std::string text = "{\"message\":\"" + std::to_string(frame->payload.size()) + "\"}";
      connection.SendFrame(kTextFrame, text.substr(0, 5), false);
      connection.SendFrame(kPingFrame, "p");
      connection.SendFrame(0, text.substr(5));
    }
    connection.SendFrame(kCloseFrame, ClosePayload(1001, "done"));
    connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
  std::thread sender([&] {
    Call call;
    for (int i = 0; i < kMessages; ++i) {
      call.set_name(std::string(static_cast<std::size_t>(i), 'x'));
      if (!stream.Send(call).ok()) return;
    }
    (void)stream.CloseSend().ok();
    (void)stream.CloseSend().ok();
  });
  Answer answer;
  int received = 0;
  auto more = stream.Recv(&answer);
  for (; more.ok() && *more; more = stream.Recv(&answer)) {
    const std::size_t size = received == 0 ? 2 : static_cast<std::size_t>(received) + 11;
    CHECK(answer.message() == std::to_string(size));
    ++received;
  }
  sender.join();
  CHECK(more.ok());
  CHECK(received == kMessages);
  CHECK_FALSE(*stream.Recv(&answer));
  peer.WaitForServed(1);
  CHECK(pongs > 0);
  CHECK(wrong_pongs == 0);
}

TEST_CASE("who opens a stream", "[client]") {
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    connection.SendFrame(kTextFrame, "{}");
    connection.ReadFrame();
    connection.SendFrame(kCloseFrame, ClosePayload(1000));
    connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  Answer answer;
  {
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod("/{name}")));
    const auto early = stream.Recv(&answer).status();
    CHECK(early.code() == 400);
    CHECK(early.message().find("/{name}") != std::string::npos);
    CHECK(stream.CloseSend().code() == 400);
    CHECK(peer.accepted() == 0);
    CHECK(stream.Send(CallOf("name: 'n'")).ok());
    CHECK(*stream.Recv(&answer));
    CHECK_FALSE(*stream.Recv(&answer));
  }
  {
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
    CHECK(*stream.Recv(&answer));
    CHECK(stream.Send(Call()).ok());
    CHECK_FALSE(*stream.Recv(&answer));
  }
  {
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
    CHECK(stream.CloseSend().ok());
    CHECK(*stream.Recv(&answer));
    CHECK_FALSE(*stream.Recv(&answer));
  }
  // Both at once: one connection.
  const auto before = peer.accepted();
  ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
  bool sent = false;
  std::thread other([&] { sent = stream.Send(Call()).ok(); });
  CHECK(*stream.Recv(&answer));
  other.join();
  CHECK(sent);
  CHECK(peer.accepted() == before + 1);
}

TEST_CASE("a URL that cannot be made is an error before connecting", "[client]") {
  RawPeer peer(Sends(""));
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, ImportMethod("/{name}")));
  const auto status = writer.Send(Call());
  CHECK(status.code() == 400);
  CHECK(status.message().find("name") != std::string::npos);
  Answer answer;
  CHECK(writer.CloseAndRecv(&answer).message() == status.message());
  CHECK(peer.accepted() == 0);
}

TEST_CASE("frames carry what the rule's body says", "[client]") {
  struct Row {
    const char* name;
    const char* body;
    const char* codec;
    const char* target;
    int opcode;
    std::string payload;
    const char* type;
  };
  const auto call = CallOf(
      "name: 'n' number: 5 book { name: 'b' } tags: 't' file { content_type: 'a/b' data: 'x\\377' "
      "}");
  const std::string whole =
      R"({"name":"n","book":{"name":"b"},"number":"5","tags":["t"],"file":{"contentType":"a/b","data":"eP8="}})";
  const Row rows[] = {
      {"everything", "*", "protojson", "/n", kTextFrame, whole, "application/protojson"},
      {"no rule", "", "protojson", "/n", kTextFrame, whole, "application/protojson"},
      {"binary", "*", "proto", "/n", kBinaryFrame, call.SerializeAsString(), "application/proto"},
      {"a field", "book", "json", "/n?file.contentType=a%2Fb&file.data=eP8%3D&number=5&tags=t",
       kTextFrame, R"({"name":"b"})", "application/json"},
      {"a field that cannot stand alone", "tags", "protojson", "/n", kTextFrame, whole,
       "application/protojson"},
      {"raw bytes", "file", "protojson", "/n?book.name=b&number=5&tags=t", kBinaryFrame, "x\xff",
       "a/b"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    SentRequest handshake;
    std::optional<Frame> frame;
    RawPeer peer([&](RawConnection& connection) {
      handshake = TakeApart(connection.AcceptWebSocket());
      frame = connection.ReadFrame();
      connection.SendFrame(kCloseFrame, ClosePayload(1000));
      connection.ReadAll();
    });
    auto options = OptionsFor(peer);
    options.codec = row.codec;
    auto client = MakeClient(options);
    Context ctx;
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod("/{name}", row.body)));
    REQUIRE(stream.Send(call).ok());
    Answer answer;
    CHECK_FALSE(*stream.Recv(&answer));
    REQUIRE(frame);
    CHECK(handshake.target == row.target);
    CHECK(handshake.headers.Get("Content-Type") == row.type);
    CHECK(frame->opcode == row.opcode);
    CHECK(frame->payload == row.payload);
  }
}

TEST_CASE("replies come as text or binary, and raw bytes need not be UTF-8", "[client]") {
  const std::string big(100'000, '\xff');
  // What Go peers send: binary as text.
  RawPeer raw(Sends(kratos::testing::FrameBytes(kTextFrame, "\xff\xfe") +
                    kratos::testing::FrameBytes(kTextFrame, big) +
                    kratos::testing::FrameBytes(kBinaryFrame, "ab") +
                    kratos::testing::FrameBytes(kTextFrame, "") +
                    kratos::testing::FrameBytes(kCloseFrame, ClosePayload(1000))));
  Context ctx;
  auto client = MakeClient(OptionsFor(raw));
  auto call = OpenStream(*client, ctx, Stream(kPipe, StreamKind::kBidi, "GET", "/"));
  const auto received = ReadAll<HttpBody>(*call);
  CHECK(received.messages == std::vector<std::string>{"\xff\xfe", big, "ab", ""});
  CHECK(received.status.ok());

  Answer answer;
  answer.set_message("m");
  RawPeer binary(Sends(kratos::testing::FrameBytes(kTextFrame, answer.SerializeAsString()) +
                       kratos::testing::FrameBytes(kBinaryFrame, answer.SerializeAsString()) +
                       kratos::testing::FrameBytes(kTextFrame, kEnd)));
  auto options = OptionsFor(binary);
  options.codec = "proto";
  client = MakeClient(options);
  call = OpenStream(*client, ctx, TalkMethod());
  CHECK(ReadAll<Answer>(*call).messages == std::vector<std::string>{"m", "m"});
}

TEST_CASE("how calls over a WebSocket end", "[client]") {
  struct Row {
    const char* name;
    std::string bytes;
    int code;
    const char* reason;
    const char* message;
  };
  using kratos::testing::FrameBytes;
  const std::string text =
      "error: code = 403 reason = R message = no: not you metadata = map[k:v] cause = <nil>";
  const Row rows[] = {
      {"1000", FrameBytes(kCloseFrame, ClosePayload(1000)), 200, "", ""},
      {"1001", FrameBytes(kCloseFrame, ClosePayload(1001, "bye")), 200, "", ""},
      {"an end mark", FrameBytes(kTextFrame, kEnd), 200, "", ""},
      {"an end mark as binary", FrameBytes(kBinaryFrame, kEnd), 200, "", ""},
      {"an error",
       FrameBytes(kTextFrame, kError + text) + FrameBytes(kCloseFrame, ClosePayload(1011)), 403,
       "R", "no: not you"},
      {"an error as binary", FrameBytes(kBinaryFrame, kError + text), 403, "R", "no: not you"},
      {"an error in other words", FrameBytes(kTextFrame, kError + "boom"), 500, "", "boom"},
      {"an error in the close frame alone", FrameBytes(kCloseFrame, ClosePayload(1011, "boom")),
       500, "", "boom"},
      {"another code", FrameBytes(kCloseFrame, ClosePayload(1008, "policy")), 503,
       kReasonUnavailable, "code 1008: policy"},
      {"a code without reason", FrameBytes(kCloseFrame, ClosePayload(1011)), 503,
       kReasonUnavailable, "code 1011"},
      {"no code", FrameBytes(kCloseFrame, ""), 503, kReasonUnavailable, "code 1005"},
      {"an unreadable message", FrameBytes(kTextFrame, "{"), 500, kReasonCodec, "cannot be read"},
      {"a masked frame", "\x81\x81\x01\x01\x01\x01\x01", 500, kReasonCodec, "protocol"},
      {"a reserved bit", "\xf1\x01x", 500, kReasonCodec, "protocol"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    RawPeer peer(Sends(FrameBytes(kTextFrame, R"({"message":"a"})") + row.bytes));
    auto client = MakeClient(OptionsFor(peer));
    Context ctx;
    auto call = OpenStream(*client, ctx, TalkMethod());
    const auto received = ReadAll<Answer>(*call);
    INFO(received.status.message());
    CHECK(received.messages == std::vector<std::string>{"a"});
    CHECK(received.status.code() == row.code);
    CHECK(received.status.reason() == row.reason);
    CHECK(received.status.message().find(row.message) != std::string::npos);
    // And so it stays.
    Answer answer;
    CHECK(call->Recv(&answer).status().code() == row.code);
    if (row.name == std::string("an error"))
      CHECK(received.status.error().metadata().at("k") == "v");
  }
}

TEST_CASE("a connection that breaks is an error and no end", "[client]") {
  for (const bool reset : {false, true}) {
    INFO(reset);
    RawPeer peer([&](RawConnection& connection) {
      connection.AcceptWebSocket();
      connection.ReadFrame();
      connection.SendFrame(kTextFrame, "{");
      if (reset) connection.Reset();
      connection.Send(kratos::testing::FrameBytes(kTextFrame, "abcdef").substr(0, 4));
    });
    auto client = MakeClient(OptionsFor(peer));
    Context ctx;
    ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, ImportMethod()));
    REQUIRE(writer.Send(Call()).ok());
    peer.WaitForServed(1);
    // Sooner or later sending fails; the error is CloseAndRecv's to tell.
    Status status;
    while (status.ok()) status = writer.Send(CallOf("name: 'n'"));
    CHECK(status.code() == 503);
  }
}

TEST_CASE("after a failed Send the server's error is told", "[client]") {
  RawPeer peer([](RawConnection& connection) {
    connection.AcceptWebSocket();
    connection.ReadFrame();
    connection.SendFrame(
        kTextFrame,
        kError + "error: code = 429 reason = FULL message = m metadata = map[] cause = <nil>");
    connection.SendFrame(kCloseFrame, ClosePayload(1011, "m"));
    connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, ImportMethod()));
  while (writer.Send(Call()).ok()) {
  }
  Answer answer;
  const auto status = writer.CloseAndRecv(&answer);
  CHECK(status.code() == 429);
  CHECK(status.reason() == "FULL");
}

TEST_CASE("an answer that never comes is no success", "[client]") {
  RawPeer peer(Sends(kratos::testing::FrameBytes(kCloseFrame, ClosePayload(1000))));
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  Answer answer;
  ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, ImportMethod()));
  CHECK(writer.CloseAndRecv(&answer).code() == 500);
}

TEST_CASE("K33: refused handshakes keep status, fields and body", "[client]") {
  struct Row {
    const char* name;
    std::string reply;
    int code;
    const char* reason;
    const char* body;
  };
  const Row rows[] = {
      {"Kratos's error",
       Reply("401 Who", "application/json", "{\"code\":401,\"reason\":\"WHO\"}", "X-Y: z\r\n"), 401,
       "WHO", "{\"code\":401,\"reason\":\"WHO\"}"},
      {"text", Reply("403 No", "text/plain", "not from here", "X-Y: z\r\n"), 403, "",
       "not from here"},
      {"a long one",
       Reply("403 No", "text/plain", std::string(300, 'x') + std::string(5000, 'y'), "X-Y: z\r\n"),
       403, "", nullptr},
      {"up to the end", "HTTP/1.1 500 Oops\r\nX-Y: z\r\n\r\noops", 500, "", "oops"},
      {"no WebSocket", Reply("200 OK", "text/html", "<html>", "X-Y: z\r\n"), 500, kReasonCodec,
       "<html>"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto client = MakeClient(OptionsFor(server));
    Context ctx;
    ReplyInfo info;
    CallOptions options;
    options.reply_info = &info;
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod(), options));
    const auto status = stream.Send(Call());
    INFO(status.message());
    CHECK(status.code() == row.code);
    CHECK(status.reason() == row.reason);
    REQUIRE(status.error().peer_reply() != nullptr);
    CHECK(status.error().peer_reply()->headers.Get("X-Y") == "z");
    if (row.body != nullptr) CHECK(status.error().peer_reply()->body == row.body);
    CHECK(info.headers.Get("X-Y") == "z");
    // The call has failed for good.
    Answer answer;
    CHECK(stream.Recv(&answer).status().code() == row.code);
    CHECK(stream.CloseSend().code() == row.code);
    CHECK(server.accepted() == 1);
  }
  struct Broken {
    const char* name;
    std::string reply;
  };
  const Broken broken[] = {
      {"nothing", ""},
      {"no HTTP", "hello\r\n\r\n"},
      {"a wrong key",
       "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
       "x\r\n\r\n"},
      {"no upgrade", "HTTP/1.1 101 X\r\n\r\n"},
  };
  for (const auto& row : broken) {
    INFO(row.name);
    ScriptedServer server({{{row.reply}}});
    auto client = MakeClient(OptionsFor(server));
    Context ctx;
    ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
    CHECK(stream.Send(Call()).reason() == kReasonUnavailable);
  }
}

TEST_CASE("handshakes follow redirects", "[client]") {
  RawPeer target(Sends(kratos::testing::FrameBytes(kTextFrame, "{}")));
  ScriptedServer server(
      {{{Reply("307 There", "", "", "Location: http://" + target.address() + "/y\r\n")}}});
  auto client = MakeClient(OptionsFor(server));
  Context ctx;
  ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
  Answer answer;
  CHECK(*stream.Recv(&answer));
}

TEST_CASE("a handshake whose head comes in single bytes, frames right behind it", "[client]") {
  RawPeer peer([](RawConnection& connection) {
    const std::string fields = "X-Long: " + std::string(3000, 'x') + "\r\n";
    connection.SendSlowly(kratos::testing::SwitchProtocols(connection.ReadHead(), fields) +
                          kratos::testing::FrameBytes(kTextFrame, R"({"message":"a"})") +
                          kratos::testing::FrameBytes(kCloseFrame, ClosePayload(1000)));
    connection.ReadAll();
  });
  RawPeer at_once([](RawConnection& connection) {
    const std::string fields = "X-Long: " + std::string(3000, 'x') + "\r\n";
    connection.Send(
        kratos::testing::SwitchProtocols(connection.ReadHead(), fields) +
        kratos::testing::FrameBytes(
            kTextFrame, "{\"message\":\"a\"," + std::string(5000, ' ') + "\"total\":1}") +
        kratos::testing::FrameBytes(kCloseFrame, ClosePayload(1000)));
    connection.ReadAll();
  });
  for (const auto* one : {&peer, &at_once}) {
    auto client = MakeClient(OptionsFor(*one));
    Context ctx;
    const auto received = ReadAll<Answer>(*OpenStream(*client, ctx, TalkMethod()));
    CHECK(received.messages == std::vector<std::string>{"a"});
    CHECK(received.status.ok());
  }
}

TEST_CASE("cancellation and deadlines wake who waits at a WebSocket", "[client]") {
  enum Where { kHandshake, kRecv, kSend };
  for (const auto where : {kHandshake, kRecv, kSend}) {
    for (const int how : {0, 1, 2}) {
      INFO(where << how);
      Signal reached;
      Signal over;
      RawPeer peer([&](RawConnection& connection) {
        if (where == kHandshake) {
          connection.ReadHead();
        } else {
          connection.AcceptWebSocket();
        }
        reached.Set();
        // Nothing is read, so that sending has to wait.
        if (where == kSend) over.Wait();
        connection.ReadAll();
      });
      auto client = MakeClient(OptionsFor(peer));
      Context ctx;
      if (how == 2) ctx.LimitDeadline(milliseconds(100));
      ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
      std::thread canceller([&] {
        if (how == 2) return;  // The deadline may come before the peer has got this far.
        reached.Wait();
        if (how == 0) ctx.Cancel();
        if (how == 1) stream.Cancel();
      });
      Status status;
      Answer answer;
      if (where == kSend) {
        const auto big = CallOf("name: '" + std::string(1 << 20, 'x') + "'");
        while (status.ok()) status = stream.Send(big);
      } else {
        status = stream.Recv(&answer).status();
      }
      over.Set();
      canceller.join();
      CHECK(status.code() == (how == 2 ? 504 : 499));
      CHECK(stream.Recv(&answer).status().code() == status.code());
      CHECK(stream.Send(Call()).code() == status.code());
      CHECK(stream.CloseSend().code() == status.code());
    }
  }
}

TEST_CASE("K27: the time-out bounds the handshake and not the stream", "[client]") {
  Signal go;
  RawPeer peer({[&](RawConnection& connection) {
                  connection.AcceptWebSocket();
                  go.Wait();
                  connection.SendFrame(kTextFrame, "{}");
                  connection.ReadAll();
                },
                [](RawConnection& connection) { connection.ReadAll(); }});
  auto options = OptionsFor(peer);
  options.timeout = milliseconds(300);
  auto client = MakeClient(options);
  Context ctx;
  Answer answer;
  ClientStream<Call, Answer> stream(OpenStream(*client, ctx, TalkMethod()));
  REQUIRE(stream.Send(Call()).ok());
  // Longer than the time-out: not to wait for anything, but to be sure that it has passed.
  REQUIRE(fiber::SleepFor(ctx, milliseconds(400)).ok());
  go.Set();
  CHECK(*stream.Recv(&answer));
  ClientStream<Call, Answer> late(OpenStream(*client, ctx, TalkMethod()));
  CHECK(late.Recv(&answer).status().reason() == kReasonDeadlineExceeded);
}

TEST_CASE("giving a WebSocket up breaks its connection, without a close frame", "[client]") {
  std::string rest = "x";
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    connection.ReadFrame();
    rest = connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  auto call = OpenStream(*client, ctx, TalkMethod());
  REQUIRE(call->Send(Call()).ok());
  call.reset();
  peer.WaitForServed(1);
  CHECK(rest.empty());
}

TEST_CASE("a slow receiver slows the server down at a WebSocket", "[client]") {
  constexpr std::size_t kAll = 256u << 20;
  Signal full;
  std::atomic<std::size_t> sent = 0;
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    const std::string frame =
        kratos::testing::FrameBytes(kTextFrame, "{" + std::string(60'000, ' ') + "}");
    connection.on_full = [&] { full.Set(); };
    while (sent < kAll && connection.Send(frame)) sent += frame.size();
    full.Set();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  auto call = OpenStream(*client, ctx, TalkMethod());
  Answer answer;
  REQUIRE(*call->Recv(&answer));
  full.Wait();
  CHECK(sent < kAll / 2);
  for (int i = 0; i < 100; ++i) REQUIRE(*call->Recv(&answer));
}

TEST_CASE("messages over a WebSocket have a limit", "[client]") {
  std::optional<Frame> close;
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    connection.SendFrame(kTextFrame, "{" + std::string(900, ' '), false);
    connection.SendFrame(0, std::string(200, ' ') + "}");
    close = connection.ReadFrame();
    connection.ReadAll();
  });
  auto options = OptionsFor(peer);
  options.streams.max_message_bytes = 1000;
  auto client = MakeClient(options);
  Context ctx;
  Answer answer;
  {
    auto call = OpenStream(*client, ctx, TalkMethod());
    CHECK(call->Recv(&answer).status().reason() == kReasonTooLarge);
  }
  peer.WaitForServed(1);
  REQUIRE(close);
  CHECK(close->opcode == kCloseFrame);
  CHECK(close->payload.substr(0, 2) == ClosePayload(1009));
}

TEST_CASE("a silent server is pinged, and given up when it does not answer", "[client]") {
  std::optional<Frame> ping;
  RawPeer peer([&](RawConnection& connection) {
    connection.AcceptWebSocket();
    ping = connection.ReadFrame();
    connection.ReadAll();
  });
  auto options = OptionsFor(peer);
  options.streams.ping_interval = milliseconds(20);
  auto client = MakeClient(options);
  Context ctx;
  Answer answer;
  {
    auto call = OpenStream(*client, ctx, TalkMethod());
    CHECK(call->Recv(&answer).status().code() == 503);
  }
  peer.WaitForServed(1);
  REQUIRE(ping);
  CHECK(ping->opcode == kPingFrame);
}

TEST_CASE("permessage-deflate is asked for, and used where the server agrees", "[client]") {
  for (const bool agrees : {true, false}) {
    INFO(agrees);
    std::string offer;
    std::optional<Frame> frame;
    RawPeer peer([&](RawConnection& connection) {
      const auto head = connection.AcceptWebSocket(
          agrees ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
      offer = TakeApart(head).headers.Get("Sec-WebSocket-Extensions");
      frame = connection.ReadFrame();
      connection.SendFrame(kCloseFrame, ClosePayload(1000));
      connection.ReadAll();
    });
    auto options = OptionsFor(peer);
    options.streams.compress = true;
    auto client = MakeClient(options);
    Context ctx;
    auto call = OpenStream(*client, ctx, TalkMethod());
    REQUIRE(call->Send(CallOf("name: '" + std::string(1000, 'x') + "'")).ok());
    Answer answer;
    CHECK_FALSE(*call->Recv(&answer));
    CHECK(offer.find("permessage-deflate") != std::string::npos);
    REQUIRE(frame);
    CHECK(frame->compressed == agrees);
    CHECK((frame->payload.size() < 500) == agrees);
  }
}

TEST_CASE("middleware runs once, with the first message", "[client]") {
  SentRequest handshake;
  RawPeer peer([&](RawConnection& connection) {
    handshake = TakeApart(connection.AcceptWebSocket());
    connection.ReadAll();
  });
  auto options = OptionsFor(peer);
  std::vector<std::string> seen;
  options.middleware.push_back([&](Handler next) -> Handler {
    return [&, next](Context& ctx, const google::protobuf::Message& request,
                     google::protobuf::Message* reply) {
      seen.push_back(request.ShortDebugString());
      Context child(&ctx);
      child.mutable_request_header().Set("X-Token", "t");
      return next(child, request, reply);
    };
  });
  auto client = MakeClient(options);
  Context ctx;
  {
    auto call = OpenStream(*client, ctx, TalkMethod());
    REQUIRE(call->Send(CallOf("number: 1")).ok());
    REQUIRE(call->Send(CallOf("number: 2")).ok());
  }
  peer.WaitForServed(1);
  CHECK(seen == std::vector<std::string>{"number: 1"});
  CHECK(handshake.headers.Get("X-Token") == "t");
}

TEST_CASE("uploads go over a WebSocket for Go Kratos servers", "[client]") {
  SentRequest handshake;
  std::vector<Frame> frames;
  RawPeer peer([&](RawConnection& connection) {
    handshake = TakeApart(connection.AcceptWebSocket());
    for (int i = 0; i < 3; ++i) frames.push_back(connection.ReadFrame().value());
    connection.SendFrame(kTextFrame, R"({"message":"ok"})");
    connection.SendFrame(kCloseFrame, ClosePayload(1000));
    connection.ReadAll();
  });
  auto options = OptionsFor(peer);
  options.streams.kratos_uploads = true;
  auto client = MakeClient(options);
  Context ctx;
  ClientWriter<Call, Answer> writer(
      OpenStream(*client, ctx, Stream(kUpload, StreamKind::kUpload, "PUT", "/{name}", "file")));
  REQUIRE(writer.Send(CallOf("name: 'n' number: 5 file { content_type: 'a/b' data: 'x' }")).ok());
  REQUIRE(writer.Send(CallOf("file { data: 'y' }")).ok());
  Answer answer;
  REQUIRE(writer.CloseAndRecv(&answer).ok());
  CHECK(answer.message() == "ok");
  CHECK(handshake.method == "GET");
  CHECK(handshake.target == "/n?number=5");
  CHECK(handshake.headers.Get("Content-Type") == "a/b");
  CHECK(frames[0].payload == "x");
  CHECK(frames[0].opcode == kBinaryFrame);
  CHECK(frames[1].payload == "y");
  CHECK(frames[2].payload == kEnd);
}

}  // namespace
}  // namespace kratos::http
