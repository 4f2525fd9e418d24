// One run of load on a server, and what it cost: one line of JSON.
//
//   kratos_bench_load http      --port N --request FILE [--connections N] [--rate R] [--status N]
//   kratos_bench_load events    --port N --request FILE [--connections N]
//   kratos_bench_load websocket --port N --target PATH --text TEXT [--connections N]
//
// All: [--seconds S] [--warmup S] [--pid P]... [--counter FILE | --counter-port N]
//
// FILE has the bytes of one request. Without --rate each connection sends again when its reply has
// come (closed loop); with it, so many are due each second whatever happens, and a delay counts
// from then (open loop). The CPU time of each P is taken over the measured part, warming up
// excluded; so is the growth of the counter: the 64-bit number at the start of FILE, or what a GET
// of
// "/" at port N gives.
#include <sys/prctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "bare_client.h"
#include "http_load.h"
#include "process_figures.h"

namespace {

using namespace kratos::bench;

struct Options {
  std::string mode{};
  int port = 0;
  std::string request{};
  std::string target{};
  std::string text{};
  std::size_t connections = 64;
  double rate = 0;
  int status = 200;
  double seconds = 1;
  double warmup = 0.3;
  std::vector<pid_t> pids{};
  std::string counter{};
  int counter_port = 0;
};

[[noreturn]] void Usage(std::string_view what) {
  std::fprintf(stderr, "kratos_bench_load: %.*s; see the head of load.cc\n",
               static_cast<int>(what.size()), what.data());
  std::exit(2);
}

Options Parse(int argc, char** argv) {
  if (argc < 2) Usage("a mode is needed");
  Options options;
  options.mode = argv[1];
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--port") {
      options.port = std::atoi(value);
    } else if (name == "--request") {
      std::ifstream file(value);
      options.request.assign(std::istreambuf_iterator<char>(file), {});
      if (options.request.empty()) Usage("nothing in the file of --request");
    } else if (name == "--target") {
      options.target = value;
    } else if (name == "--text") {
      options.text = value;
    } else if (name == "--connections") {
      options.connections = std::strtoul(value, nullptr, 10);
    } else if (name == "--rate") {
      options.rate = std::atof(value);
    } else if (name == "--status") {
      options.status = std::atoi(value);
    } else if (name == "--seconds") {
      options.seconds = std::atof(value);
    } else if (name == "--warmup") {
      options.warmup = std::atof(value);
    } else if (name == "--pid") {
      options.pids.push_back(std::atoi(value));
    } else if (name == "--counter") {
      options.counter = value;
    } else if (name == "--counter-port") {
      options.counter_port = std::atoi(value);
    } else {
      Usage("unknown option " + std::string(name));
    }
  }
  if (argc % 2 != 0) Usage("an option without a value");
  if (options.port == 0) Usage("--port is needed");
  return options;
}

std::chrono::nanoseconds Seconds(double value) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(value * 1e9));
}

double ReadCounter(const Options& options) {
  if (options.counter_port != 0) {
    const int fd = Connect(options.counter_port);
    SendAll(fd, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    std::string reply = ReadUntil(fd, "\r\n\r\n");
    const auto body = reply.find("\r\n\r\n") + 4;
    if (reply.find('\n', body) == std::string::npos) reply += ReadUntil(fd, "\n");
    close(fd);
    return std::strtod(reply.c_str() + body, nullptr);
  }
  if (options.counter.empty()) return 0;
  std::uint64_t count = 0;
  std::ifstream file(options.counter, std::ios::binary);
  file.read(reinterpret_cast<char*>(&count), sizeof count);
  if (!file) Fail("the counter " + options.counter);
  return static_cast<double>(count);
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  // Requests of the open loop are sent when they are due, not up to 50 us later.
  prctl(PR_SET_TIMERSLACK, 1000);

  std::vector<double> cpu;
  double counted = 0;
  const auto take_figures = [&] {
    counted = ReadCounter(options) - counted;
    for (std::size_t i = 0; i < options.pids.size(); ++i) {
      const double now = CpuMicroseconds(options.pids[i]);
      if (i == cpu.size())
        cpu.push_back(now);
      else
        cpu[i] = now - cpu[i];
    }
  };

  const auto warmup = Seconds(options.warmup);
  const auto time = Seconds(options.seconds);
  LoadResult result;
  if (options.mode == "http") {
    HttpLoad load(options.port, options.request, options.connections, options.status);
    const auto run = [&](std::chrono::nanoseconds how_long) {
      return options.rate > 0 ? load.Open(options.rate, how_long) : load.Closed(how_long);
    };
    run(warmup);
    take_figures();
    result = run(time);
  } else if (options.mode == "events") {
    result =
        WatchEvents(options.port, options.request, options.connections, warmup, time, take_figures);
  } else if (options.mode == "websocket") {
    result = EchoMessages(options.port, options.target, options.text, options.connections, warmup,
                          time, take_figures);
  } else {
    Usage("unknown mode " + options.mode);
  }
  take_figures();

  if (result.delays.empty()) Fail("no reply at all");
  double sum = 0;
  for (const double delay : result.delays) sum += delay;
  std::printf(
      "{\"count\": %zu, \"wrong\": %zu, \"seconds\": %.6f, \"body_bytes\": %zu, "
      "\"mean_us\": %.2f, \"p50_us\": %.2f, \"p99_us\": %.2f, \"p999_us\": %.2f, "
      "\"max_us\": %.2f, \"cpu_us\": [",
      result.delays.size(), result.wrong, result.seconds, result.body_bytes,
      sum / static_cast<double>(result.delays.size()), Percentile(result.delays, 0.5),
      Percentile(result.delays, 0.99), Percentile(result.delays, 0.999),
      Percentile(result.delays, 1));
  for (std::size_t i = 0; i < cpu.size(); ++i) std::printf(i == 0 ? "%.0f" : ", %.0f", cpu[i]);
  std::printf("], \"counted\": %.0f}\n", counted);
  return result.wrong == 0 ? 0 : 1;
}
