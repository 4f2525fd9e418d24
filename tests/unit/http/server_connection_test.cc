#include "http/server_connection.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <future>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/poll_waiter.h"
#include "http/socket_transport.h"
#include "support/catch.h"

namespace kratos::http {
namespace {

using namespace std::chrono_literals;
using HeadOutcome = ServerConnection::HeadOutcome;

// The two ends of a connection. With SOCK_SEQPACKET each write arrives by itself, so splits need no
// timing.
class Ends {
 public:
  explicit Ends(int type = SOCK_SEQPACKET) { REQUIRE(socketpair(AF_UNIX, type, 0, ends_) == 0); }
  ~Ends() {
    close(ends_[0]);
    if (ends_[1] >= 0) close(ends_[1]);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  int server() const { return ends_[0]; }
  int peer() const { return ends_[1]; }
  void Send(std::string_view text) {
    if (text.empty()) return;  // An empty packet would read as the end.
    REQUIRE(send(ends_[1], text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }
  void EndSending() { shutdown(ends_[1], SHUT_WR); }
  void ClosePeer() {
    close(ends_[1]);
    ends_[1] = -1;
  }
  // What has come back so far.
  std::string Received() {
    std::string text;
    char buffer[70000];
    while (true) {
      const auto got = recv(ends_[1], buffer, sizeof buffer, MSG_DONTWAIT);
      if (got <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(got));
    }
  }

 private:
  int ends_[2] = {-1, -1};
};

struct ReadResult {
  HeadOutcome outcome = HeadOutcome::kClosed;
  RequestHead head;
  int status = 200;
};

// A connection and the way it waits for requests, as the httplib engine puts them together.
struct SocketParts {
  SocketParts(int socket, PollWaiter::Wake wake, const Limits& limits)
      : transport(socket), poll(socket, wake, limits) {}
  SocketTransport transport;
  PollWaiter poll;
};
struct WaitingConnection : private SocketParts, public ServerConnection {
  WaitingConnection(int socket, PollWaiter::Wake wake, const Limits& limits)
      : SocketParts(socket, wake, limits), ServerConnection(SocketParts::transport, poll, limits) {}
  PollWaiter& waiter() { return poll; }
  bool WaitForRequest() { return HasUnread() || waiter().WaitForRequest(); }
};

// Reads one request with its body.
ReadResult ReadRequest(ServerConnection& connection) {
  ReadResult result;
  HeadError error;
  result.outcome = connection.ReadHead(&result.head, &error);
  if (result.outcome == HeadOutcome::kError) result.status = error.status;
  if (result.outcome == HeadOutcome::kHead) {
    if (const auto failed = connection.ReadBody(&result.head)) result.status = failed->status;
  }
  return result;
}

TEST_CASE("server connection: requests read the same wherever the bytes are split") {
  const struct {
    const char* name;
    std::string text;
    const char* target;
    const char* body;
  } rows[] = {
      {"no body", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n", "/a", ""},
      {"length", "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", "/b", "hello"},
      {"chunked",
       "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
       "chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nT: t\r\n\r\n",
       "/c", "hello"},
      {"empty lines before", "\r\n\r\nGET /d HTTP/1.1\r\nHost: h\r\n\r\n", "/d", ""},
  };
  for (const auto& row : rows) {
    for (std::size_t split = 0; split <= row.text.size(); ++split) {
      CAPTURE(row.name, split);
      Ends ends;
      const std::string_view text = row.text;
      ends.Send(text.substr(0, split));
      ends.Send(text.substr(split));
      const Limits limits;
      WaitingConnection connection(ends.server(), {}, limits);
      REQUIRE(connection.WaitForRequest());
      const ReadResult result = ReadRequest(connection);
      REQUIRE(result.outcome == HeadOutcome::kHead);
      CHECK(result.status == 200);
      CHECK(result.head.request.target == row.target);
      CHECK(result.head.request.body == row.body);
    }
  }
}

TEST_CASE(
    "server connection: a bare LF is found as soon as it comes, wherever the bytes are split") {
  const std::string text = "GET /a HTTP/1.1\r\nHost: h\nX: y\r\n\r\n";
  for (std::size_t split = 0; split <= text.size(); ++split) {
    CAPTURE(split);
    Ends ends;
    ends.Send(text.substr(0, split));
    ends.Send(text.substr(split));
    const Limits limits;
    WaitingConnection connection(ends.server(), {}, limits);
    CHECK(ReadRequest(connection).status == 400);
  }
}

TEST_CASE("server connection: pipelined requests stay apart, wherever the bytes are split") {
  const std::string text =
      "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n0\r\n\r\n"
      "\r\nGET /3 HTTP/1.1\r\nHost: h\r\n\r\n";
  for (std::size_t split = 0; split <= text.size(); ++split) {
    CAPTURE(split);
    Ends ends;
    ends.Send(text.substr(0, split));
    ends.Send(text.substr(split));
    ends.EndSending();
    const Limits limits;
    WaitingConnection connection(ends.server(), {}, limits);
    std::string seen;
    while (connection.WaitForRequest()) {
      const ReadResult result = ReadRequest(connection);
      if (result.outcome != HeadOutcome::kHead || result.status != 200) break;
      seen += result.head.request.target + "(" + result.head.request.body + ")";
    }
    CHECK(seen == "/1(abc)/2(d)/3()");
  }
}

TEST_CASE("server connection: what ends early or never comes") {
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  enum class Then { kEnd, kSilence };
  const struct {
    const char* name;
    std::string text;
    Then then;
    HeadOutcome outcome;
    int status;
  } rows[] = {
      {"nothing, then the end", "", Then::kEnd, HeadOutcome::kClosed, 200},
      {"nothing at all", "", Then::kSilence, HeadOutcome::kClosed, 200},
      {"empty lines only", "\r\n\r\n", Then::kSilence, HeadOutcome::kClosed, 200},
      {"half a head, then the end", "POST / HT", Then::kEnd, HeadOutcome::kClosed, 200},
      {"half a head, then silence", "POST / HT", Then::kSilence, HeadOutcome::kError, 408},
      {"half a length body, then the end", head + "Content-Length: 5\r\n\r\nab", Then::kEnd,
       HeadOutcome::kHead, 400},
      {"half a length body, then silence", head + "Content-Length: 5\r\n\r\nab", Then::kSilence,
       HeadOutcome::kHead, 408},
      {"half a chunk, then the end", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", Then::kEnd,
       HeadOutcome::kHead, 400},
      {"half a chunk, then silence", head + "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
       Then::kSilence, HeadOutcome::kHead, 408},
      {"no last chunk", head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", Then::kEnd,
       HeadOutcome::kHead, 400},
  };
  Limits limits;
  limits.read_timeout = 5ms;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Ends ends;
    ends.Send(row.text);
    if (row.then == Then::kEnd) ends.EndSending();
    WaitingConnection connection(ends.server(), {}, limits);
    const ReadResult result = ReadRequest(connection);
    CHECK(result.outcome == row.outcome);
    CHECK(result.status == row.status);
    if (row.status == 200) continue;
    // The refusal reaches the peer.
    Response response;
    response.status = row.status;
    CHECK(connection.WriteReply(result.head, response, true));
    CHECK(ends.Received().find("HTTP/1.1 " + std::to_string(row.status)) != std::string::npos);
  }
}

TEST_CASE("server connection: limits are noticed before the end of what crosses them") {
  Limits limits;
  limits.max_target_bytes = 100;
  limits.max_header_bytes = 200;
  limits.max_body_bytes = 10;
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\n";
  const struct {
    const char* name;
    std::string text;
    int status;
  } rows[] = {
      {"endless request line", "GET /" + std::string(300, 'x'), 414},
      {"endless method", std::string(300, 'x'), 414},
      {"endless field", head + "X: " + std::string(300, 'x'), 431},
      {"announced body", head + "Content-Length: 11\r\n\r\n", 413},
      {"chunked body", head + "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n2\r\nab", 413},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Ends ends;
    ends.Send(row.text);
    WaitingConnection connection(ends.server(), {}, limits);
    CHECK(ReadRequest(connection).status == row.status);
  }
  Ends ends;
  ends.Send(head + "Content-Length: 10\r\n\r\n0123456789");
  WaitingConnection connection(ends.server(), {}, limits);
  CHECK(ReadRequest(connection).head.request.body == "0123456789");
}

TEST_CASE("server connection: 100 Continue goes out only to those who wait for it") {
  const struct {
    const char* name;
    std::string expect;
    std::string body;
    bool told;
  } rows[] = {
      {"waits", "Expect: 100-continue\r\n", "", true},
      {"has sent already", "Expect: 100-continue\r\n", "hello", false},
      {"does not ask", "", "", false},
  };
  Limits limits;
  limits.read_timeout = 5ms;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Ends ends;
    ends.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n" + row.expect + "\r\n" +
              row.body);
    WaitingConnection connection(ends.server(), {}, limits);
    ReadRequest(connection);
    CHECK((ends.Received() == "HTTP/1.1 100 Continue\r\n\r\n") == row.told);
  }
  // Nor to those whose body is refused by its length already.
  limits.max_body_bytes = 4;
  Ends ends;
  ends.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  WaitingConnection connection(ends.server(), {}, limits);
  CHECK(ReadRequest(connection).status == 413);
  CHECK(ends.Received().empty());
}

TEST_CASE("server connection: replies, with and without body") {
  Ends ends;
  const Limits limits;
  WaitingConnection connection(ends.server(), {}, limits);
  RequestHead request;
  request.request.method = "GET";
  Response response;
  response.body = "hello";
  REQUIRE(connection.WriteReply(request, response, false));
  CHECK(ends.Received() == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  request.request.method = "HEAD";
  REQUIRE(connection.WriteReply(request, response, false));
  CHECK(ends.Received() == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
  request.request.method = "GET";
  response.status = 204;
  REQUIRE(connection.WriteReply(request, response, false));
  CHECK(ends.Received() == "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST_CASE("server connection: a small body goes out in its head's piece, others as they lie") {
  class Pieces final : public ByteTransport {
   public:
    std::string PeerName() const override { return ""; }
    bool tls() const override { return false; }
    Outcome Handshake() override { return Outcome::kDone; }
    Moved Read(char*, std::size_t) override { return {Outcome::kEnd, 0}; }
    Moved Write(std::span<const std::string_view> pieces) override {
      std::size_t bytes = 0;
      for (const std::string_view piece : pieces) bytes += piece.size();
      written.insert(written.end(), pieces.begin(), pieces.end());
      return {Outcome::kDone, bytes};
    }
    bool HasPending() const override { return false; }
    void SayGoodbye() override {}
    bool EndWriting() override { return true; }
    void ResetOnClose() override {}
    Moved Discard() override { return {Outcome::kEnd, 0}; }

    std::vector<std::string_view> written;
  };
  const Ends ends;
  const Limits limits;
  PollWaiter waiter(ends.server(), {}, limits);
  RequestHead request;
  Response response;
  for (const std::size_t size : {0u, 1u, 512u, 513u, 1u << 20}) {
    CAPTURE(size);
    Pieces transport;
    ServerConnection connection(transport, waiter, limits);
    response.body = std::string(size, 'x');
    REQUIRE(connection.WriteReply(request, response, false));
    REQUIRE(transport.written.size() == (size > 512 ? 2 : 1));
    if (size > 512) CHECK(transport.written[1].data() == response.body.data());
  }
}

TEST_CASE("server connection: a body larger than any socket buffer arrives whole") {
  Ends ends(SOCK_STREAM);
  const Limits limits;
  std::string body(3 << 20, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7 + i / 251);
  auto reader = std::async(std::launch::async, [fd = ends.peer()] {
    std::string text;
    char buffer[10000];
    for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;)
      text.append(buffer, static_cast<std::size_t>(got));
    return text;
  });
  WaitingConnection connection(ends.server(), {}, limits);
  RequestHead request;
  Response response;
  response.body = body;
  CHECK(connection.WriteReply(request, response, true));
  shutdown(ends.server(), SHUT_WR);
  const std::string text = reader.get();
  CHECK(text.substr(text.find("\r\n\r\n") + 4) == body);
}

TEST_CASE("server connection: a peer that does not read, or is gone, ends the reply") {
  Limits limits;
  limits.write_timeout = 5ms;
  Ends ends(SOCK_STREAM);
  WaitingConnection stalled(ends.server(), {}, limits);
  RequestHead request;
  Response response;
  response.body = std::string(64 << 20, 'x');
  CHECK_FALSE(stalled.WriteReply(request, response, false));
  Ends other(SOCK_STREAM);
  other.ClosePeer();
  WaitingConnection gone(other.server(), {}, limits);
  CHECK_FALSE(gone.WriteReply(request, response, false));
}

TEST_CASE("server connection: what ends the wait for a request") {
  const int stop = eventfd(0, EFD_NONBLOCK);
  const int room = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
  const std::uint64_t one = 1;
  Limits limits;
  SECTION("the idle time") {
    limits.idle_timeout = 5ms;
    Ends ends;
    WaitingConnection connection(ends.server(), {stop, room}, limits);
    CHECK_FALSE(connection.WaitForRequest());
  }
  SECTION("on a fresh connection the read time-out") {
    limits.read_timeout = 5ms;
    Ends ends;
    WaitingConnection connection(ends.server(), {stop, room}, limits);
    CHECK_FALSE(connection.WaitForRequest());
  }
  SECTION("a stopping server, unless a request is there") {
    REQUIRE(write(stop, &one, sizeof one) == sizeof one);
    Ends ends;
    WaitingConnection connection(ends.server(), {stop, room}, limits);
    CHECK_FALSE(connection.WaitForRequest());
    ends.Send("G");
    CHECK(connection.WaitForRequest());
  }
  SECTION("the peer's leaving, which the reader then notices") {
    Ends ends;
    ends.ClosePeer();
    WaitingConnection connection(ends.server(), {stop, room}, limits);
    if (connection.WaitForRequest()) CHECK(ReadRequest(connection).outcome == HeadOutcome::kClosed);
  }
  SECTION("a token, which one idle connection takes and a fresh one does not") {
    limits.idle_timeout = 20ms;
    limits.read_timeout = 10ms;
    Ends ends;
    WaitingConnection connection(ends.server(), {stop, room}, limits);
    REQUIRE(write(room, &one, sizeof one) == sizeof one);
    CHECK_FALSE(connection.WaitForRequest());  // By time.
    std::uint64_t token = 0;
    CHECK(read(room, &token, sizeof token) == sizeof token);
    REQUIRE(write(room, &one, sizeof one) == sizeof one);
    limits.idle_timeout = 10min;
    CHECK_FALSE(connection.WaitForRequest());  // By the token, or the test would hang.
    CHECK(read(room, &token, sizeof token) < 0);
  }
  close(stop);
  close(room);
}

TEST_CASE("server connection: closing leaves the answer to a peer that was still sending") {
  Ends ends(SOCK_STREAM);
  const Limits limits;
  WaitingConnection connection(ends.server(), {}, limits);
  ends.Send(std::string(1000, 'x'));
  ends.EndSending();
  Response response;
  response.status = 413;
  REQUIRE(connection.WriteReply(RequestHead(), response, true));
  connection.Close(/*linger=*/true);
  CHECK(ends.Received().find("HTTP/1.1 413") == 0);
}

}  // namespace
}  // namespace kratos::http
