// What connections and streams cost a server: memory, threads, delay. The server is a child
// process, so that its figures are its own; the clients are bare sockets in one epoll loop.
//
//   stream_bench [--engine asio|httplib] [--connections N] [--streams N] [--megabytes N]
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "kratos/fiber/fiber.h"
#include "kratos/http/server.h"
#include "stream.http.pb.h"
#include "stream.pb.h"

namespace {

using bench::stream::BlobRequest;
using bench::stream::Tick;
using bench::stream::TickRequest;
using Clock = std::chrono::steady_clock;
using google::api::HttpBody;
using kratos::Status;
using namespace std::chrono_literals;

std::int64_t Now() { return Clock::now().time_since_epoch().count(); }

class Service final : public bench::stream::BenchServer {
 public:
  Status Small(kratos::Context&, const TickRequest& request, Tick* reply) override {
    reply->set_sent(request.interval());
    return {};
  }
  Status Ticks(kratos::Context& ctx, const TickRequest& request,
               kratos::ServerStream<Tick>& out) override {
    while (true) {
      Tick tick;
      tick.set_sent(Now());
      if (Status status = out.Send(tick); !status.ok()) return status;
      const auto pause = request.interval() == 0 ? std::chrono::nanoseconds(1h)
                                                 : std::chrono::milliseconds(request.interval());
      if (Status status = kratos::fiber::SleepFor(ctx, pause); !status.ok()) return status;
    }
  }
  Status Echo(kratos::Context&, kratos::ServerReader<Tick>& in,
              kratos::ServerStream<Tick>& out) override {
    Tick tick;
    while (true) {
      const auto more = in.Recv(&tick);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      if (Status status = out.Send(tick); !status.ok()) return status;
    }
  }
  Status Download(kratos::Context&, const BlobRequest& request,
                  kratos::ServerStream<HttpBody>& out) override {
    HttpBody body;
    body.set_data(std::string(256 << 10, 'x'));
    for (std::int64_t sent = 0; sent < request.bytes(); sent += 256 << 10) {
      if (Status status = out.Send(body); !status.ok()) return status;
    }
    return {};
  }
  Status Upload(kratos::Context&, kratos::ServerReader<HttpBody>& in, BlobRequest* reply) override {
    HttpBody body;
    while (true) {
      const auto more = in.Recv(&body);
      if (!more.ok()) return more.status();
      if (!*more) return {};
      reply->set_bytes(reply->bytes() + static_cast<std::int64_t>(body.data().size()));
    }
  }
};

// A line of /proc/PID/status, in its own unit (kB for memory).
long ProcStatus(pid_t pid, std::string_view field) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field) && line.size() > field.size() && line[field.size()] == ':')
      return std::atol(line.c_str() + field.size() + 1);
  }
  return -1;
}

void ResetPeak(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

struct ServerProcess {
  pid_t pid = -1;
  int port = 0;

  explicit ServerProcess(const std::string& engine, std::size_t io_threads = 0,
                         bool run_inline = false) {
    int pipe_ends[2];
    if (pipe(pipe_ends) != 0) std::abort();
    pid = fork();
    if (pid == 0) {
      kratos::http::ServerOptions options;
      options.address = "127.0.0.1:0";
      options.engine = engine;
      options.limits.idle_timeout = 10min;
      options.limits.max_requests_per_connection = 0;
      options.limits.io_threads = io_threads;
      kratos::http::Server server(options);
      if (run_inline) server.RunInline("*");
      bench::stream::RegisterBenchHttpServer(server, std::make_shared<Service>());
      if (!server.Listen().ok()) _exit(1);
      const int bound = server.port();
      if (write(pipe_ends[1], &bound, sizeof bound) != sizeof bound) _exit(1);
      (void)server.Start().ok();
      _exit(0);
    }
    if (read(pipe_ends[0], &port, sizeof port) != sizeof port) {
      std::fputs("stream_bench: the server did not start\n", stderr);
      std::exit(1);
    }
    close(pipe_ends[0]);
    close(pipe_ends[1]);
  }
  ~ServerProcess() {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
};

int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (fd < 0 || connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("stream_bench: connect");
    std::exit(1);
  }
  return fd;
}

void SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      std::perror("stream_bench: send");
      std::exit(1);
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// Reads until `mark` has come.
std::string ReadUntil(int fd, std::string_view mark) {
  std::string text;
  char buffer[4096];
  while (text.find(mark) == std::string::npos) {
    const auto got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) {
      std::fprintf(stderr, "stream_bench: the connection ended after %zu bytes\n", text.size());
      std::exit(1);
    }
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

const char kSmall[] = "GET /v1/small/1 HTTP/1.1\r\nHost: h\r\n\r\n";

double Percentile(std::vector<double>& values, double p) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

// Closed loop over the connections for a while; the delays in milliseconds.
std::vector<double> Load(const std::vector<int>& fds, std::chrono::milliseconds how_long) {
  const int poll = epoll_create1(0);
  std::vector<std::int64_t> sent(fds.size());
  std::vector<double> delays;
  for (std::size_t i = 0; i < fds.size(); ++i) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(poll, EPOLL_CTL_ADD, fds[i], &event);
    sent[i] = Now();
    SendAll(fds[i], kSmall);
  }
  const auto until = Clock::now() + how_long;
  std::size_t open = fds.size();
  char buffer[4096];
  epoll_event events[256];
  while (open > 0) {
    const int count = epoll_wait(poll, events, 256, -1);
    for (int e = 0; e < count; ++e) {
      const std::size_t i = events[e].data.u64;
      if (recv(fds[i], buffer, sizeof buffer, 0) <= 0) std::exit(1);
      delays.push_back(static_cast<double>(Now() - sent[i]) / 1e6);
      if (Clock::now() >= until) {
        --open;
        continue;
      }
      sent[i] = Now();
      SendAll(fds[i], kSmall);
    }
  }
  close(poll);
  return delays;
}

void PrintLoad(const char* what, std::vector<double> delays, std::chrono::milliseconds how_long) {
  const double rate =
      static_cast<double>(delays.size()) / (static_cast<double>(how_long.count()) / 1e3);
  std::printf("  %-28s %9.0f requests/s  p50 %.2f ms  p99 %.2f ms\n", what, rate,
              Percentile(delays, 0.5), Percentile(delays, 0.99));
}

// User and system time of a process so far, in microseconds.
double CpuMicroseconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  // The name in brackets may hold anything; utime and stime are fields 14 and 15.
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0;
  double system = 0;
  rest >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Where a call runs: handed over to a thread for calls, or inline on the I/O thread; with one and
// two of the latter. Rounds are interleaved, and the medians shown.
void Models() {
  std::printf("== a small unary call over 64 connections, by work model\n");
  struct Row {
    const char* name;
    std::size_t io_threads;
    bool run_inline;
    std::vector<double> rates{};
    std::vector<double> cpu{};
    std::vector<double> p50{};
    std::vector<double> p99{};
  };
  Row rows[] = {{"handed over, 1 I/O thread", 1, false},
                {"handed over, 2 I/O threads", 2, false},
                {"inline, 1 I/O thread", 1, true},
                {"inline, 2 I/O threads", 2, true}};
  constexpr auto kTime = 1s;
  for (int round = 0; round < 5; ++round) {
    for (Row& row : rows) {
      const ServerProcess server("asio", row.io_threads, row.run_inline);
      std::vector<int> fds;
      for (int i = 0; i < 64; ++i) fds.push_back(Connect(server.port));
      Load(fds, 200ms);  // Warm.
      const double before = CpuMicroseconds(server.pid);
      auto delays = Load(fds, kTime);
      const auto count = static_cast<double>(delays.size());
      row.cpu.push_back((CpuMicroseconds(server.pid) - before) / count);
      row.rates.push_back(count / std::chrono::duration<double>(kTime).count());
      row.p50.push_back(Percentile(delays, 0.5));
      row.p99.push_back(Percentile(delays, 0.99));
      for (const int fd : fds) close(fd);
    }
  }
  for (Row& row : rows) {
    std::printf("  %-28s %7.0f requests/s  %5.1f us CPU each  p50 %.2f ms  p99 %.2f ms\n", row.name,
                Percentile(row.rates, 0.5), Percentile(row.cpu, 0.5), Percentile(row.p50, 0.5),
                Percentile(row.p99, 0.5));
  }
}

void Idle(const std::string& engine, int connections) {
  std::printf("== %d idle keep-alive connections\n", connections);
  const ServerProcess server(engine);
  std::vector<int> active;
  for (int i = 0; i < 64; ++i) active.push_back(Connect(server.port));
  Load(active, 500ms);  // Warm.
  const auto alone = Load(active, 3s);
  const long before = ProcStatus(server.pid, "VmRSS");
  std::vector<int> idle;
  for (int i = 0; i < connections; ++i) {
    const int fd = Connect(server.port);
    SendAll(fd, kSmall);
    ReadUntil(fd, "\r\n\r\n");
    idle.push_back(fd);
  }
  const long after = ProcStatus(server.pid, "VmRSS");
  const auto among = Load(active, 3s);
  std::printf("  resident %ld MB, of which the idle ones %ld MB; %ld threads\n", after / 1024,
              (after - before) / 1024, ProcStatus(server.pid, "Threads"));
  PrintLoad("64 active ones alone", alone, 3s);
  PrintLoad("64 active ones among them", among, 3s);
  for (const int fd : idle) close(fd);
  for (const int fd : active) close(fd);
}

void Transfer(const std::string& engine, long megabytes) {
  std::printf("== a stream of %ld MiB of HttpBody each way\n", megabytes);
  const ServerProcess server(engine);
  const long before = ProcStatus(server.pid, "VmRSS");
  const auto run = [&](const char* what, const auto& body) {
    ResetPeak(server.pid);
    const auto start = Clock::now();
    body();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::printf("  %-10s peak growth %ld MB, %.0f MiB/s\n", what,
                (ProcStatus(server.pid, "VmHWM") - before) / 1024,
                static_cast<double>(megabytes) / seconds);
  };
  run("download", [&] {
    const int fd = Connect(server.port);
    SendAll(fd, "GET /v1/blob?bytes=" + std::to_string(megabytes << 20) +
                    " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    std::vector<char> buffer(1 << 20);
    long total = 0;
    for (ssize_t got = 0; (got = recv(fd, buffer.data(), buffer.size(), 0)) > 0;) total += got;
    if (total < megabytes << 20) std::exit(1);
    close(fd);
  });
  run("upload", [&] {
    const int fd = Connect(server.port);
    SendAll(fd, "PUT /v1/blob HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                    std::to_string(megabytes << 20) + "\r\n\r\n");
    const std::string block(1 << 20, 'x');
    for (long i = 0; i < megabytes; ++i) SendAll(fd, block);
    if (ReadUntil(fd, "}").find(std::to_string(megabytes << 20)) == std::string::npos) std::exit(1);
    close(fd);
  });
}

void Ticking(const std::string& engine, int streams) {
  std::printf("== %d server-sent event streams of 10 messages a second\n", streams);
  const ServerProcess server(engine);
  const int poll = epoll_create1(0);
  std::vector<int> fds;
  for (int i = 0; i < streams; ++i) {
    const int fd = Connect(server.port);
    SendAll(fd, "GET /v1/ticks?interval=100 HTTP/1.1\r\nHost: h\r\n\r\n");
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    fds.push_back(fd);
  }
  std::vector<double> delays;
  const auto warm = Clock::now() + 1s;
  const auto until = Clock::now() + 6s;
  std::vector<char> buffer(64 << 10);
  epoll_event events[256];
  constexpr std::string_view kMark = "\"sent\":\"";
  while (Clock::now() < until) {
    const int count = epoll_wait(poll, events, 256, 100);
    for (int e = 0; e < count; ++e) {
      const auto got = recv(events[e].data.fd, buffer.data(), buffer.size(), 0);
      const std::int64_t now = Now();
      if (got <= 0) std::exit(1);
      const std::string_view text(buffer.data(), static_cast<std::size_t>(got));
      for (auto at = text.find(kMark); at != std::string_view::npos;
           at = text.find(kMark, at + 1)) {
        if (Clock::now() < warm) continue;
        delays.push_back(static_cast<double>(now - std::atoll(text.data() + at + kMark.size())) /
                         1e6);
      }
    }
  }
  std::printf(
      "  %zu messages in 5 s; delivery p50 %.2f ms, p99 %.2f ms; resident %ld MB, %ld threads\n",
      delays.size(), Percentile(delays, 0.5), Percentile(delays, 0.99),
      ProcStatus(server.pid, "VmRSS") / 1024, ProcStatus(server.pid, "Threads"));
  for (const int fd : fds) close(fd);
  close(poll);
}

void Open(const std::string& engine, int streams, bool websocket) {
  std::printf("== %d open %s, a method alive in each\n", streams,
              websocket ? "WebSockets" : "server-sent event streams");
  const ServerProcess server(engine);
  const long before = ProcStatus(server.pid, "VmRSS");
  std::vector<int> fds;
  for (int i = 0; i < streams; ++i) {
    const int fd = Connect(server.port);
    if (websocket) {
      SendAll(fd,
              "GET /v1/echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      ReadUntil(fd, "\r\n\r\n");
      // One message there and back, masked with zeros.
      SendAll(fd, {"\x81\x82\0\0\0\0{}", 8});
      ReadUntil(fd, "}");
    } else {
      SendAll(fd, "GET /v1/ticks HTTP/1.1\r\nHost: h\r\n\r\n");
      ReadUntil(fd, "\n\n");
    }
    fds.push_back(fd);
  }
  std::printf(
      "  resident %ld MB, %ld kB a stream; %ld threads\n", ProcStatus(server.pid, "VmRSS") / 1024,
      (ProcStatus(server.pid, "VmRSS") - before) / streams, ProcStatus(server.pid, "Threads"));
  for (const int fd : fds) close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  std::string engine = "asio";
  int connections = 10'000;
  int streams = 10'000;
  long megabytes = 1024;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--engine") engine = value;
    if (name == "--connections") connections = std::atoi(value);
    if (name == "--streams") streams = std::atoi(value);
    if (name == "--megabytes") megabytes = std::atol(value);
  }
  if (engine == "asio") Models();
  Idle(engine, connections);
  Transfer(engine, megabytes);
  Ticking(engine, std::min(streams, 1000));
  Open(engine, streams, /*websocket=*/false);
  if (engine != "httplib") Open(engine, streams, /*websocket=*/true);
}
