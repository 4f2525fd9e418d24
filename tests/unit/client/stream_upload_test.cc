// Uploads: the request's own body in chunks.
#include <thread>

#include "stream_fixture.h"

namespace kratos::http {
namespace {

using std::chrono::milliseconds;

ClientMethod UploadMethod(std::string_view path = "/{name}", std::string_view method = "PUT",
                          std::string_view response_body = "") {
  return Stream(kUpload, StreamKind::kUpload, method, path, "file", response_body);
}

Call Piece(const std::string& data, const char* name = "n") {
  Call call;
  call.set_name(name);
  call.mutable_file()->set_data(data);
  return call;
}

TEST_CASE("K19: an upload on the wire", "[client]") {
  std::string head;
  std::string body;
  RawPeer peer([&](RawConnection& connection) {
    head = connection.ReadHead();
    body = connection.ReadUntil("\r\n0\r\n\r\n");
    connection.Send(Reply("201 Made", "application/json", R"({"message":"thanks"})", "X-Y: z\r\n"));
    connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ReplyInfo info;
  CallOptions options;
  options.reply_info = &info;
  options.headers.Add("X-One", "1");
  ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod(), options));
  CHECK(peer.accepted() == 0);
  auto first = Piece("ab");
  first.set_number(5);
  first.mutable_file()->set_content_type("video/mp4");
  REQUIRE(writer.Send(first).ok());
  REQUIRE(writer.Send(Piece("")).ok());
  auto second = Piece(std::string(20, 'x'), "other");
  second.set_number(6);
  second.mutable_file()->set_content_type("text/plain");
  REQUIRE(writer.Send(second).ok());
  Answer answer;
  REQUIRE(writer.CloseAndRecv(&answer).ok());
  CHECK(answer.message() == "thanks");
  CHECK(info.status == 201);
  CHECK(writer.reply_header().Get("X-Y") == "z");
  CHECK(writer.Send(first).code() == 400);

  const auto sent = TakeApart(head);
  CHECK(sent.method == "PUT");
  CHECK(sent.target == "/n?number=5");
  CHECK(sent.headers.Get("Content-Type") == "video/mp4");
  CHECK(sent.headers.Get("Transfer-Encoding") == "chunked");
  CHECK_FALSE(sent.headers.Has("Content-Length"));
  CHECK(sent.headers.Get("Accept") == "application/protojson");
  CHECK(sent.headers.Get("X-One") == "1");
  CHECK(body == "2\r\nab\r\n14\r\n" + std::string(20, 'x') + "\r\n0\r\n\r\n");
}

TEST_CASE("uploads without a message, and without a type", "[client]") {
  std::string type;
  RawPeer peer([&](RawConnection& connection) {
    type = TakeApart(connection.ReadHead()).headers.Get("Content-Type");
    connection.ReadUntil("0\r\n\r\n");
    connection.Send(JsonReply());
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  Answer answer;
  {
    ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod("/all")));
    CHECK(writer.CloseAndRecv(&answer).ok());
    peer.WaitForServed(1);
    CHECK(type == "application/octet-stream");
  }
  {
    ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod()));
    CHECK(writer.CloseAndRecv(&answer).code() == 400);
  }
  CHECK(peer.accepted() == 1);
}

TEST_CASE("the reply to an upload is read as any other", "[client]") {
  struct Row {
    const char* name;
    std::string reply;
    int code;
    const char* reason;
  };
  const Row rows[] = {
      {"an error", Reply("409 No", "application/json", "{\"code\":409,\"reason\":\"STALE\"}"), 409,
       "STALE"},
      {"unreadable", Reply("200 OK", "application/json", "{"), 500, kReasonCodec},
      {"too large", Reply("200 OK", "application/json", std::string(2000, ' ')), 500,
       kReasonTooLarge},
      {"cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{", 503, kReasonUnavailable},
      {"nothing", "", 503, kReasonUnavailable},
      {"a redirect, which would have to be sent again",
       Reply("307 There", "", "", "Location: /x\r\n"), 307, ""},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    RawPeer peer([&](RawConnection& connection) {
      connection.ReadUntil("0\r\n\r\n");
      connection.Send(row.reply);
    });
    auto options = OptionsFor(peer);
    options.max_reply_bytes = 1000;
    auto client = MakeClient(options);
    Context ctx;
    ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod()));
    REQUIRE(writer.Send(Piece("ab")).ok());
    Answer answer;
    const auto status = writer.CloseAndRecv(&answer);
    CHECK(status.code() == row.code);
    CHECK(status.reason() == row.reason);
    CHECK(peer.accepted() == 1);
  }
}

TEST_CASE("a reply that is raw bytes", "[client]") {
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadUntil("0\r\n\r\n");
    connection.Send(Reply("200 OK", "a/b", "xyz"));
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ClientWriter<Call, Answer> writer(
      OpenStream(*client, ctx, UploadMethod("/{name}", "POST", "file")));
  REQUIRE(writer.Send(Piece("ab")).ok());
  Answer answer;
  REQUIRE(writer.CloseAndRecv(&answer).ok());
  CHECK(answer.file().data() == "xyz");
  CHECK(answer.file().content_type() == "a/b");
}

TEST_CASE("a server that answers early is heard", "[client]") {
  for (const bool closes : {false, true}) {
    INFO(closes);
    RawPeer peer([&](RawConnection& connection) {
      connection.ReadHead();
      connection.Send("HTTP/1.1 100 Continue\r\n\r\n" +
                      Reply("413 Too much", "application/json", "{\"reason\":\"TOO_LARGE\"}"));
      if (!closes) connection.ReadUntil("never");
    });
    auto client = MakeClient(OptionsFor(peer));
    Context ctx;
    ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod()));
    Status status;
    const auto piece = Piece(std::string(100'000, 'x'));
    while (status.ok()) status = writer.Send(piece);
    CHECK(status.code() == 503);
    Answer answer;
    const auto why = writer.CloseAndRecv(&answer);
    // What a reset destroys cannot be read.
    if (!closes) {
      CHECK(why.code() == 413);
      CHECK(why.reason() == "TOO_LARGE");
    } else {
      CHECK((why.code() == 413 || why.code() == 503));
    }
  }
}

TEST_CASE("a server that answers early and reads no more", "[client]") {
  Signal over;
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    connection.on_full = nullptr;
    connection.ReadBytes(1 << 20);
    connection.Send(Reply("413 Too much", "", ""));
    over.Wait();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod()));
  const auto piece = Piece(std::string(1 << 20, 'x'));
  while (writer.Send(piece).ok()) {
  }
  Answer answer;
  CHECK(writer.CloseAndRecv(&answer).code() == 413);
  over.Set();
}

TEST_CASE("cancellation and deadlines wake who waits in an upload", "[client]") {
  for (const bool sending : {true, false}) {
    for (const int how : {0, 1, 2}) {
      INFO(sending << how);
      Signal reached;
      Signal over;
      RawPeer peer([&](RawConnection& connection) {
        connection.ReadHead();
        reached.Set();
        if (sending) over.Wait();
        connection.ReadAll();
      });
      auto client = MakeClient(OptionsFor(peer));
      Context ctx;
      if (how == 2) ctx.LimitDeadline(milliseconds(100));
      ClientWriter<Call, Answer> writer(OpenStream(*client, ctx, UploadMethod()));
      std::thread canceller([&] {
        if (how == 2) return;  // The deadline may come before the peer has got this far.
        reached.Wait();
        if (how == 0) ctx.Cancel();
        if (how == 1) writer.Cancel();
      });
      Status status = writer.Send(Piece("a"));
      const auto piece = Piece(std::string(1 << 20, 'x'));
      while (sending && status.ok()) status = writer.Send(piece);
      Answer answer;
      const int code = how == 2 ? 504 : 499;
      if (sending) CHECK(status.code() == code);
      CHECK(writer.CloseAndRecv(&answer).code() == code);
      over.Set();
      canceller.join();
    }
  }
}

TEST_CASE("an upload that is given up is seen to be cut short", "[client]") {
  std::string body;
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    body = connection.ReadAll();
  });
  auto client = MakeClient(OptionsFor(peer));
  Context ctx;
  auto call = OpenStream(*client, ctx, UploadMethod());
  REQUIRE(call->Send(Piece("ab")).ok());
  call.reset();
  peer.WaitForServed(1);
  CHECK(body == "2\r\nab\r\n");
}

}  // namespace
}  // namespace kratos::http
