// What a server may send before the reply, instead of it, or before the request has come.
#include "stream_fixture.h"

namespace kratos::http {
namespace {

const std::string kHints = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n";
const std::string kMessage = R"({"message":"m"})";
// More than any socket's buffers take.
constexpr std::size_t kMuch = 50u << 20;

Call LargeCall(std::size_t size = kMuch) {
  Call call;
  call.set_name(std::string(size, 'x'));
  return call;
}

// The first of them was taken for the reply.
TEST_CASE("interim replies are skipped", "[client]") {
  const std::string continues = "HTTP/1.1 100 Continue\r\n\r\n";
  struct Row {
    const char* name;
    std::string before;
  };
  const Row rows[] = {{"100", continues},
                      {"102", "HTTP/1.1 102 Processing\r\n\r\n"},
                      {"103", kHints},
                      {"without a reason", "HTTP/1.1 103\r\n\r\n"},
                      {"unheard of", "HTTP/1.1 199 What\r\n\r\n"},
                      {"several", kHints + continues + kHints + kHints + continues}};
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server({{{row.before + JsonReply(kMessage)},
                            {row.before + "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
                            {row.before + Reply("404 Not Found", "", "")},
                            {JsonReply(kMessage)}}});
    auto client = MakeClient(OptionsFor(server));
    const auto outcome = Invoke(*client, Method("GET", "/"), Call());
    INFO(outcome.status.message());
    REQUIRE(outcome.status.ok());
    CHECK(outcome.info.status == 200);
    CHECK(outcome.answer.message() == "m");
    CHECK_FALSE(outcome.info.headers.Has("Link"));
    CHECK(Invoke(*client, Method("HEAD", "/"), Call()).info.status == 200);
    CHECK(Invoke(*client, Method("GET", "/"), Call()).status.code() == 404);
    CHECK(Invoke(*client, Method("GET", "/"), Call()).status.ok());
    CHECK(server.accepted() == 1);
  }
}

TEST_CASE("replies are read however they are cut", "[client]") {
  const std::string reply = kHints + Reply("200 OK", "", kMessage, "Connection: close\r\n");
  std::vector<RawPeer::Serve> serve;
  for (std::size_t cut = 1; cut < reply.size(); ++cut) {
    serve.push_back([&reply, cut](RawConnection& connection) {
      connection.ReadHead();
      connection.Send(reply.substr(0, cut));
      connection.Send(reply.substr(cut));
    });
  }
  serve.push_back([&reply](RawConnection& connection) {
    connection.ReadHead();
    connection.SendSlowly(reply);
  });
  RawPeer peer(serve);
  auto client = MakeClient(OptionsFor(peer));
  for (std::size_t i = 0; i < serve.size(); ++i)
    REQUIRE(Invoke(*client, Method("GET", "/"), Call()).answer.message() == "m");
}

TEST_CASE("an interim reply is no reply", "[client]") {
  struct Row {
    std::string bytes;
    const char* says;
  };
  const Row rows[] = {{kHints, "closed"},
                      {kHints + kHints + "HTTP/1.1 200", "closed"},
                      {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "protocol"}};
  for (const auto& row : rows) {
    INFO(row.bytes);
    ScriptedServer server({{{row.bytes}}});
    const auto outcome = Invoke(*MakeClient(OptionsFor(server)), Method("POST", "/", "*"), Call());
    CHECK(outcome.status.code() == 503);
    CHECK(outcome.status.message().find(row.says) != std::string::npos);
    CHECK(outcome.info.status == 0);
  }
}

// Memory grew until the deadline.
TEST_CASE("a head without end is given up", "[client]") {
  const std::string field = "X: " + std::string(1000, 'a') + "\r\n";
  for (const std::string_view start : {"HTTP/1.1 200 OK\r\n", "HTTP/1.1 103 Early Hints\r\n"}) {
    for (const auto& more : {field, std::string("a"), std::string("X: a\r\n")}) {
      INFO(start << more);
      RawPeer peer([&](RawConnection& connection) {
        connection.ReadHead();
        bool open = connection.Send(start);
        while (open) open = connection.Send(more);
      });
      const auto status = Invoke(*MakeClient(OptionsFor(peer)), Method("GET", "/"), Call()).status;
      CHECK(status.code() == 503);
      CHECK(status.message().find("head is longer than 65536 bytes") != std::string::npos);
    }
  }
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    while (connection.Send(kHints)) {
    }
  });
  const auto status = Invoke(*MakeClient(OptionsFor(peer)), Method("GET", "/"), Call()).status;
  CHECK(status.message().find("head is longer") != std::string::npos);
}

TEST_CASE("a long head is read", "[client]") {
  std::string fields;
  for (int i = 0; i < 90; ++i) fields += "X: " + std::string(700, 'a') + "\r\n";
  ScriptedServer server({{{Reply("200 OK", "", kMessage, fields)}}});
  const auto outcome = Invoke(*MakeClient(OptionsFor(server)), Method("GET", "/"), Call());
  CHECK(outcome.answer.message() == "m");
  CHECK(outcome.info.headers.Values("X").size() == 90);
}

TEST_CASE("a server may refuse a request that it has not read", "[client]") {
  const std::string refusal =
      Reply("413 Too Large", "application/json", R"({"code":413,"reason":"TOO_LARGE"})");
  for (const bool closes : {true, false}) {
    for (const auto& before : {std::string(), kHints}) {
      INFO((closes ? "and closes" : "and waits") << before);
      Signal done;
      RawPeer peer([&](RawConnection& connection) {
        connection.ReadHead();
        connection.Send(before + refusal);
        if (!closes) done.Wait();
      });
      auto client = MakeClient(OptionsFor(peer));
      const auto call = LargeCall();
      const auto status = Invoke(*client, Method("POST", "/", "*"), call).status;
      CHECK(status.code() == 413);
      CHECK(status.reason() == "TOO_LARGE");
      // Where a part of the body may still be on its way, no other request can follow.
      CHECK(Invoke(*client, Method("POST", "/", "*"), call).status.code() == 413);
      CHECK(peer.accepted() == 2);
      done.Set();
    }
  }
}

TEST_CASE("a server may begin a good reply before it has read the request", "[client]") {
  const std::size_t size = kMuch + std::string_view(R"({"name":""})").size();
  std::size_t read = 0;
  RawPeer peer([&](RawConnection& connection) {
    connection.ReadHead();
    connection.Send(kHints);
    connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n");
    read = connection.ReadBytes(size).size();
    connection.Send(kMessage);
  });
  const auto outcome = Invoke(*MakeClient(OptionsFor(peer)), Method("POST", "/", "*"), LargeCall());
  INFO(outcome.status.message());
  CHECK(outcome.answer.message() == "m");
  CHECK(read == size);
}

TEST_CASE("a request that breaks off without a reply is sent max_attempts times", "[client]") {
  struct Row {
    const char* method;
    int attempts;
    std::size_t sent;
  };
  const Row rows[] = {{"PUT", 1, 1}, {"PUT", 3, 3}, {"DELETE", 3, 3}, {"POST", 3, 1}};
  for (const auto& row : rows) {
    INFO(row.method << ", " << row.attempts);
    RawPeer peer([](RawConnection& connection) { connection.ReadHead(); });
    auto options = OptionsFor(peer);
    options.max_attempts = row.attempts;
    const auto call = LargeCall(8u << 20);
    const auto status = Invoke(*MakeClient(options), Method(row.method, "/", "*"), call).status;
    CHECK(status.code() == 503);
    CHECK(peer.accepted() == row.sent);
  }
}

}  // namespace
}  // namespace kratos::http
