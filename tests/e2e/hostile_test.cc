// Clients that mean harm: for each, the documented answer, bounded memory, and service to others
// meanwhile.
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <memory>

#include "pattern.h"
#include "stream_service.h"
#include "support/catch.h"
#include "websocket_client.h"

namespace e2e {
namespace {

using namespace std::chrono_literals;

constexpr int kAttackers = 30;

// Resident memory of this process, which the server lives in, in MiB. Sanitizers keep what is
// freed: under them nothing is measured.
long ResidentMiB() {
#if defined(KRATOS_SANITIZE_ADDRESS) || defined(KRATOS_SANITIZE_THREAD)
  return 0;
#endif
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::atol(line.c_str() + 6) / 1024;
  }
  return 0;
}

kratos::http::ServerOptions TightOptions() {
  auto options = LocalOptions();
  options.limits.read_timeout = 300ms;
  options.limits.write_timeout = 300ms;
  options.limits.max_body_bytes = 100'000;
  return options;
}

bool ServesOthers(const StreamTestServer& server) {
  return server.Get("/v1/items/a:watch?count=1").status == 200;
}

const std::string kHost = " HTTP/1.1\r\nHost: h\r\n";
const std::string kChunked = "PUT /v1/store" + kHost + "Transfer-Encoding: chunked\r\n\r\n";

// What is sent at once by many, and how each of them is answered: a status, or 0 for none.
struct Attack {
  const char* name;
  std::string bytes;
  int status;
};

TEST_CASE("hostile: K9, slow, endless and malformed requests are refused, others are served") {
  const Attack attacks[] = {
      {"nothing at all", "", 0},
      {"slow head", "GET /v1/items/a:watch HTTP/1.1\r\nHo", 408},
      {"slow body", "POST /v1/items:watch" + kHost + "Content-Length: 10\r\n\r\n{", 408},
      {"slow streamed body", kChunked + "5\r\nhel", 408},
      {"endless header field", "GET /" + kHost + "X: " + std::string(100'000, 'x'), 431},
      {"endless header fields",
       "GET /" + kHost +
           [] {
             std::string fields;
             for (int i = 0; i < 20'000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
             return fields;
           }(),
       431},
      {"many header fields",
       "GET /" + kHost +
           [] {
             std::string fields;
             for (int i = 0; i < 200; ++i) fields += "X: y\r\n";
             return fields;
           }() +
           "\r\n",
       431},
      {"huge target", "GET /" + std::string(50'000, 'x'), 414},
      {"endless method", std::string(50'000, 'X'), 414},
      {"endless chunk extension", kChunked + "5;" + std::string(50'000, 'x'), 400},
      {"endless trailer", kChunked + "0\r\n" + std::string(50'000, 'x'), 400},
      {"chunk size that is no number", kChunked + "5x\r\n", 400},
      {"chunk size that overflows", kChunked + "fffffffffffffffff\r\n", 400},
      {"negative chunk size", kChunked + "-5\r\nhello\r\n", 400},
      {"chunk size with space", kChunked + " 5\r\nhello\r\n", 400},
      {"chunk longer than said", kChunked + "2\r\nhello\r\n", 400},
      {"bare LF in chunks", kChunked + "5\nhello\n0\n\n", 400},
      {"length and chunks",
       "PUT /v1/store" + kHost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"two lengths",
       "PUT /v1/store" + kHost + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400},
      {"length list", "PUT /v1/store" + kHost + "Content-Length: 5, 6\r\n\r\nhello", 400},
      {"length with sign", "PUT /v1/store" + kHost + "Content-Length: +5\r\n\r\nhello", 400},
      {"length that overflows",
       "PUT /v1/store" + kHost + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"transfer coding twice",
       "PUT /v1/store" + kHost + "Transfer-Encoding: chunked, chunked\r\n\r\n", 501},
      {"transfer coding that hides",
       "PUT /v1/store" + kHost + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"folded line", "GET /" + kHost + "X: a\r\n b\r\n\r\n", 400},
      {"space before colon", "GET /" + kHost + "Content-Length : 5\r\n\r\n", 400},
      {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"bare CR", "GET /" + kHost + "X: a\rb\r\n\r\n", 400},
      {"NUL in a field", "GET /" + kHost + std::string("X: a\0b\r\n\r\n", 10), 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"announced and not sent",
       "POST /v1/items:watch" + kHost + "Content-Length: 18446744073709551615\r\n\r\n", 413},
      {"TLS to a plain port", std::string("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", 11), 408},
  };
  for (const Attack& attack : attacks) {
    CAPTURE(attack.name);
    StreamTestServer server(TightOptions());
    const long before = ResidentMiB();
    std::vector<std::unique_ptr<RawConnection>> attackers;
    for (int i = 0; i < kAttackers; ++i) {
      attackers.push_back(std::make_unique<RawConnection>(server.port()));
      attackers.back()->Send(attack.bytes);
    }
    CHECK(ServesOthers(server));
    for (auto& attacker : attackers) {
      const int status = attacker->Read().status;
      // A peer that is still sending may lose the answer to a reset.
      CHECK((status == attack.status || (status == 0 && attack.bytes.size() > 40'000)));
    }
    CHECK(ResidentMiB() - before < 64);
    CHECK(ServesOthers(server));
  }
}

TEST_CASE("hostile: a byte at a time, without end") {
  StreamTestServer server(TightOptions());
  std::vector<std::unique_ptr<RawConnection>> attackers;
  for (int i = 0; i < 8; ++i) attackers.push_back(std::make_unique<RawConnection>(server.port()));
  for (auto& attacker : attackers) attacker->Send("GET / HTTP/1.1\r\nHost: h\r\n");
  // The time for a head is a total: bytes that keep coming do not extend it.
  std::size_t alive = attackers.size();
  while (alive > 0) {
    alive = 0;
    for (auto& attacker : attackers) alive += attacker->Send("X: y\r\n") ? 1 : 0;
    CHECK(ServesOthers(server));
  }
}

TEST_CASE("hostile: readers that do not read large replies are cut off, with bounded memory") {
  StreamTestServer server(TightOptions());
  const long before = ResidentMiB();
  std::vector<std::unique_ptr<RawConnection>> attackers;
  for (int i = 0; i < kAttackers; ++i) {
    attackers.push_back(std::make_unique<RawConnection>(server.port()));
    attackers.back()->Send("GET /v1/files/a:download?count=100000&size=100000" + kHost + "\r\n");
  }
  CHECK(ServesOthers(server));
  for (auto& attacker : attackers) CHECK_FALSE(attacker->ReadAll().ends_with("\r\n0\r\n\r\n"));
  CHECK(ResidentMiB() - before < 200);  // Of 300 GB. Most of it is what the test itself has read.
  CHECK(ServesOthers(server));
}

TEST_CASE("hostile: connections that come and go, and ones that are reset in the middle") {
  StreamTestServer server(TightOptions());
  const long before = ResidentMiB();
  for (int i = 0; i < 2000; ++i) {
    RawConnection connection(server.port());
    switch (i % 5) {
      case 0:
        break;
      case 1:
        connection.Send("GET /v1/items/a:watch?count=100000" + kHost + "\r\n");
        break;
      case 2:
        connection.Send(kChunked + "5\r\nhe");
        break;
      case 3:
        connection.Send("GET /v1/items/a:watch" + kHost + "\r\n");
        connection.EndSending();
        CHECK(connection.Read().status == 200);  // Half-closed, and answered.
        break;
      case 4:
        connection.Send("POST /v1/items:watch" + kHost + "Content-Length: 1000\r\n\r\n{");
        break;
    }
    if (i % 2 == 0) connection.Reset();
  }
  CHECK(ServesOthers(server));
  CHECK(ResidentMiB() - before < 64);
  CHECK(server.Stop(10min).ok());  // Nothing is left behind.
}

TEST_CASE("hostile: pipelined requests without reading the answers") {
  StreamTestServer server(TightOptions());
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += "GET /v1/nothing" + kHost + "\r\n";
  std::vector<std::unique_ptr<RawConnection>> attackers;
  std::vector<std::future<void>> sending;
  const long before = ResidentMiB();
  for (int i = 0; i < 4; ++i) {
    attackers.push_back(std::make_unique<RawConnection>(server.port()));
    sending.push_back(std::async(std::launch::async, [&requests, &attacker = *attackers.back()] {
      while (attacker.Send(requests)) {
      }
    }));
  }
  for (int i = 0; i < 20; ++i) CHECK(ServesOthers(server));
  for (auto& one : sending) one.get();  // Ended by the limit on requests, or the write time-out.
  CHECK(ResidentMiB() - before < 64);
}

TEST_CASE("hostile: decompression bombs stop at the limit") {
  StreamTestServer server(TightOptions());
  const long before = ResidentMiB();
  TempDir dir;
  const std::string zeros = dir.Write("zeros", std::string(50 << 20, '0'));
  REQUIRE(Run({"gzip", "-9", zeros}) == 0);
  const std::string bomb = zeros + ".gz";
  const Reply whole = server.Call("POST", "/v1/items:watch",
                                  {"-H", "Content-Type: application/json", "-H",
                                   "Content-Encoding: gzip", "--data-binary", "@" + bomb});
  CHECK(whole.status == 413);
  // A stream has no limit in all, and holds little at a time.
  const Reply streamed = server.Call("PUT", "/v1/store",
                                     {"-H", "Content-Encoding: gzip", "--data-binary", "@" + bomb});
  CHECK(streamed.status == 200);
  CHECK(streamed.body.find("\"bytes\":\"" + std::to_string(50 << 20)) != std::string::npos);
  CHECK(ResidentMiB() - before < 150);
  CHECK(ServesOthers(server));
}

TEST_CASE("hostile: WebSocket floods") {
  if (EngineName() == "httplib") return;
  auto options = TightOptions();
  options.websocket.max_message_bytes = 10'000;
  StreamTestServer server(options);
  const long before = ResidentMiB();
  const struct {
    const char* name;
    std::function<std::string(int)> bytes;
  } floods[] = {
      {"pings", [](int) { return FrameHead(0x89, 4, true) + "ping"; }},
      {"pongs", [](int) { return FrameHead(0x8a, 4, true) + "pong"; }},
      {"empty fragments", [](int i) { return FrameHead(i == 0 ? 0x02 : 0x00, 0, true); }},
      {"endless fragments",
       [](int i) { return FrameHead(i == 0 ? 0x02 : 0x00, 100, true) + std::string(100, 'x'); }},
      {"small messages", [](int) { return FrameHead(0x82, 1, true) + "x"; }},
  };
  for (const auto& flood : floods) {
    CAPTURE(flood.name);
    std::vector<std::unique_ptr<WebSocketClient>> attackers;
    std::vector<std::future<void>> sending;
    for (int i = 0; i < 4; ++i) {
      attackers.push_back(std::make_unique<WebSocketClient>(server.port()));
      REQUIRE(attackers.back()->Open("/v1/echo-bytes").status == 101);
      sending.push_back(std::async(std::launch::async, [&flood, &attacker = *attackers.back()] {
        std::string block;
        for (int f = 0; f < 20'000; ++f) {
          block += flood.bytes(f);
          if (block.size() < 16'000) continue;
          // What comes back is never read; the time for a write ends that.
          if (!attacker.connection().SendSome(block)) return;
          block.clear();
        }
      }));
    }
    CHECK(ServesOthers(server));
    for (auto& one : sending) one.get();
    CHECK(ServesOthers(server));
  }
  CHECK(ResidentMiB() - before < 150);
}

// Thousands of connections held by another process, so that each side has its own descriptors.
class Crowd {
 public:
  Crowd(int port, int count) {
    const std::string script =
        "import signal,socket\n"
        "held=[]\n"
        "why='all of them'\n"
        "try:\n"
        " for i in range(" +
        std::to_string(count) +
        "):\n"
        "  s=socket.create_connection(('127.0.0.1'," +
        std::to_string(port) +
        "),30)\n"
        "  s.sendall(b'GET /v1/nothing HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n')\n"
        "  if not s.recv(4096): raise OSError('closed')\n"
        "  held.append(s)\n"
        "except OSError as e: why=e\n"
        "print(len(held),why,flush=True)\n"
        "signal.pause()\n";
    program_.emplace(std::vector<std::string>{"python3", "-c", script});
    said_ = program_->ReadLine();
  }
  int size() const { return std::atoi(said_.c_str()); }
  /// The number, and why there are no more.
  const std::string& said() const { return said_; }

 private:
  std::optional<RunningProgram> program_;
  std::string said_;
};

TEST_CASE("hostile: 10,000 idle connections cost memory only") {
  if (EngineName() == "httplib") return;  // It closes idle ones to serve others.
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
#ifdef KRATOS_SANITIZE_THREAD
  const rlim_t most = 1'000;  // ThreadSanitizer takes its time over each fiber.
#else
  const rlim_t most = 10'000;
#endif
  const rlim_t room =
      limit.rlim_cur < 12'000 ? std::max(limit.rlim_cur, rlim_t{2'000}) - 2'000 : most;
  const int count = static_cast<int>(std::min(most, room));
  StreamTestServer server;
  const long before = ResidentMiB();
  {
    const Crowd crowd(server.port(), count);
    INFO(crowd.said());
    REQUIRE(crowd.size() == count);
    for (int i = 0; i < 10; ++i) CHECK(ServesOthers(server));
    CHECK(ResidentMiB() - before < 200);
  }
  CHECK(ServesOthers(server));
}

TEST_CASE("hostile: more connections than the limit are told so") {
  if (EngineName() == "httplib") return;  // Its limit is of another kind.
  auto options = LocalOptions();
  options.limits.max_connections = 3;
  StreamTestServer server(options);
  std::vector<std::unique_ptr<RawConnection>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<RawConnection>(server.port()));
    held.back()->Send("GET /v1/nothing" + kHost + "\r\n");
    CHECK(held.back()->Read().status == 404);
  }
  RawConnection refused(server.port());
  const Reply reply = refused.Read();
  CHECK(reply.status == 503);
  CHECK(reply.headers.Has("Retry-After"));
  held.clear();
  while (!ServesOthers(server)) std::this_thread::yield();
}

}  // namespace
}  // namespace e2e
