// What connections and streams cost a server: memory, threads, delay. The server is a child
// process, so that its figures are its own; the clients are bare sockets in one epoll loop.
//
//   stream_bench [--engine asio|httplib] [--connections N] [--streams N] [--megabytes N]
//                [--rounds N] [--seconds S]
//
// Rounds of the work models, 5; and the time of one measurement of them, 1 s, from which the others
// follow.
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bare_client.h"
#include "http_load.h"
#include "kratos/fiber/fiber.h"
#include "kratos/http/server.h"
#include "process_figures.h"
#include "stream.http.pb.h"
#include "stream.pb.h"

namespace {

using bench::stream::BlobRequest;
using bench::stream::Tick;
using bench::stream::TickRequest;
using Clock = std::chrono::steady_clock;
using google::api::HttpBody;
using kratos::Status;
using kratos::bench::Connect;
using kratos::bench::ConnectWebSocket;
using kratos::bench::CpuMicroseconds;
using kratos::bench::HttpLoad;
using kratos::bench::LoadResult;
using kratos::bench::MaskedTextFrame;
using kratos::bench::Now;
using kratos::bench::Percentile;
using kratos::bench::ProcStatus;
using kratos::bench::ReadUntil;
using kratos::bench::ResetPeak;
using kratos::bench::SendAll;
using kratos::bench::WatchEvents;
using namespace std::chrono_literals;

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

const char kSmall[] = "GET /v1/small/1 HTTP/1.1\r\nHost: h\r\n\r\n";

void PrintLoad(const char* what, LoadResult load) {
  std::printf("  %-28s %9.0f requests/s  p50 %.2f ms  p99 %.2f ms\n", what,
              static_cast<double>(load.delays.size()) / load.seconds,
              Percentile(load.delays, 0.5) / 1e3, Percentile(load.delays, 0.99) / 1e3);
}

// A call that the server finds quick by measuring, or is told is; with one and two I/O loops.
// Rounds are interleaved, and the medians shown.
void Models(int rounds, Clock::duration time) {
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
  Row rows[] = {{"the defaults, 1 I/O loop", 1, false},
                {"the defaults, 2 I/O loops", 2, false},
                {"RunInline, 1 I/O loop", 1, true},
                {"RunInline, 2 I/O loops", 2, true}};
  for (int round = 0; round < rounds; ++round) {
    for (Row& row : rows) {
      const ServerProcess server("asio", row.io_threads, row.run_inline);
      HttpLoad clients(server.port, kSmall, 64, 200);
      clients.Closed(time / 5);  // Warm.
      const double before = CpuMicroseconds(server.pid);
      auto load = clients.Closed(time);
      const auto count = static_cast<double>(load.delays.size());
      row.cpu.push_back((CpuMicroseconds(server.pid) - before) / count);
      row.rates.push_back(count / load.seconds);
      row.p50.push_back(Percentile(load.delays, 0.5) / 1e3);
      row.p99.push_back(Percentile(load.delays, 0.99) / 1e3);
    }
  }
  for (Row& row : rows) {
    std::printf("  %-28s %7.0f requests/s  %5.1f us CPU each  p50 %.2f ms  p99 %.2f ms\n", row.name,
                Percentile(row.rates, 0.5), Percentile(row.cpu, 0.5), Percentile(row.p50, 0.5),
                Percentile(row.p99, 0.5));
  }
}

void Idle(const std::string& engine, int connections, Clock::duration time) {
  std::printf("== %d idle keep-alive connections\n", connections);
  const ServerProcess server(engine);
  HttpLoad active(server.port, kSmall, 64, 200);
  active.Closed(time / 2);  // Warm.
  auto alone = active.Closed(3 * time);
  const long before = ProcStatus(server.pid, "VmRSS");
  std::vector<int> idle;
  for (int i = 0; i < connections; ++i) {
    const int fd = Connect(server.port);
    SendAll(fd, kSmall);
    ReadUntil(fd, "\r\n\r\n");
    idle.push_back(fd);
  }
  const long after = ProcStatus(server.pid, "VmRSS");
  auto among = active.Closed(3 * time);
  std::printf("  resident %ld MB, of which the idle ones %ld MB; %ld threads\n", after / 1024,
              (after - before) / 1024, ProcStatus(server.pid, "Threads"));
  PrintLoad("64 active ones alone", std::move(alone));
  PrintLoad("64 active ones among them", std::move(among));
  for (const int fd : idle) close(fd);
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

void Ticking(const std::string& engine, int streams, Clock::duration time) {
  std::printf("== %d server-sent event streams of 10 messages a second\n", streams);
  const ServerProcess server(engine);
  auto load = WatchEvents(server.port, "GET /v1/ticks?interval=100 HTTP/1.1\r\nHost: h\r\n\r\n",
                          static_cast<std::size_t>(streams), time, 5 * time);
  std::printf(
      "  %zu messages in %.1f s; delivery p50 %.2f ms, p99 %.2f ms; resident %ld MB, %ld threads\n",
      load.delays.size(), load.seconds, Percentile(load.delays, 0.5) / 1e3,
      Percentile(load.delays, 0.99) / 1e3, ProcStatus(server.pid, "VmRSS") / 1024,
      ProcStatus(server.pid, "Threads"));
}

void Open(const std::string& engine, int streams, bool websocket) {
  std::printf("== %d open %s, a method alive in each\n", streams,
              websocket ? "WebSockets" : "server-sent event streams");
  const ServerProcess server(engine);
  const long before = ProcStatus(server.pid, "VmRSS");
  std::vector<int> fds;
  for (int i = 0; i < streams; ++i) {
    const int fd = websocket ? ConnectWebSocket(server.port, "/v1/echo") : Connect(server.port);
    if (websocket) {
      SendAll(fd, MaskedTextFrame("{}"));  // One message there and back.
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
  int rounds = 5;
  double seconds = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--engine") engine = value;
    if (name == "--connections") connections = std::atoi(value);
    if (name == "--streams") streams = std::atoi(value);
    if (name == "--megabytes") megabytes = std::atol(value);
    if (name == "--rounds") rounds = std::atoi(value);
    if (name == "--seconds") seconds = std::atof(value);
  }
  const auto time =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  if (engine == "asio") Models(rounds, time);
  Idle(engine, connections, time);
  Transfer(engine, megabytes);
  Ticking(engine, std::min(streams, 1000), time);
  Open(engine, streams, /*websocket=*/false);
  if (engine != "httplib") Open(engine, streams, /*websocket=*/true);
}
