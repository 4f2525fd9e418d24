// Mixed load from generated clients for a bounded time. First on one server, whose memory must stay
// flat; then on a row of servers that take over from each other on one listening socket, which must
// not lose a single call.
//
//   kratos_soak SERVER ENGINE SECONDS HANDOVERS
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/http/client.h"
#include "soak.http.pb.h"

namespace {

using google::api::HttpBody;
using kratos::Status;
using Clock = std::chrono::steady_clock;

constexpr int kSystemdSocket = 3;       // sd_listen_fds(3)
constexpr double kMaxGrowth = 1.25;     // Of resident memory, from the warm server to the end.
constexpr long kSlackBytes = 16 << 20;  // What an allocator may keep of the largest replies.
constexpr int kFileBytes = 256 << 10;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "soak: %s\n", why.c_str());
  std::exit(1);
}

class ServerProcess {
 public:
  ServerProcess(const char* program, const char* engine, int listening) {
    int out[2];
    if (pipe(out) != 0) Fail("no pipe");
    pid_ = fork();
    if (pid_ < 0) Fail("no process");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(out[1], STDOUT_FILENO);
      // Not a copy onto itself: that would leave the socket to be closed by exec.
      const int copy = fcntl(listening, F_DUPFD, kSystemdSocket + 1);
      dup2(copy, kSystemdSocket);
      setenv("LISTEN_FDS", "1", 1);
      setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
      execl(program, program, engine, static_cast<char*>(nullptr));
      _exit(127);
    }
    close(out[1]);
    char line[16];
    if (read(out[0], line, sizeof line) <= 0) Fail(std::string(program) + " does not start");
    out_ = out[0];
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;
  ~ServerProcess() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    close(out_);
  }

  /// Asks it to stop and waits for its end.
  void Stop() {
    kill(pid_, SIGTERM);
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      Fail("a server ended with status " + std::to_string(status));
  }

  long ResidentBytes() const {
    std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
    long all = 0;
    long resident = 0;
    file >> all >> resident;
    return resident * sysconf(_SC_PAGESIZE);
  }

 private:
  pid_t pid_ = -1;
  int out_ = -1;
};

/// Calls of every kind, each on threads of its own, until it is stopped.
class Load {
 public:
  Load(const std::string& endpoint, bool websockets) {
    kratos::http::ClientOptions options{.endpoint = endpoint};
    // Only so that a server that does not answer fails the test.
    options.timeout = std::chrono::minutes(1);
    auto made = kratos::http::Client::Create(std::move(options));
    if (!made.ok()) Fail(made.status().message());
    client_ = *made;
    for (int i = 0; i < 2; ++i) {
      Run("Get", &Load::Get);
      Run("Put", &Load::Put);
      Run("Watch", &Load::Watch);
    }
    Run("Download", &Load::Download);
    Run("Store", &Load::Store);
    if (websockets) Run("Chat", &Load::Chat);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Lets the calls go on for so long, or until one has failed.
  void RunFor(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    call_failed_.wait_for(lock, time, [this] { return failed_ != 0; });
  }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  long failed() const { return failed_; }
  /// Prints how many calls of each kind were made.
  void Report() const {
    for (const auto& [kind, count] : calls_)
      std::printf("  %-10s %9ld calls\n", kind.c_str(), count);
  }

 private:
  using Kind = Status (Load::*)(long);

  void Run(const char* name, Kind kind) {
    threads_.emplace_back([this, name, kind] {
      long count = 0;
      while (!stopping_) {
        const Status status = (this->*kind)(count++);
        if (status.ok()) continue;
        const std::lock_guard lock(mutex_);
        if (failed_++ < 10)
          std::fprintf(stderr, "soak: %s failed: %s\n", name, status.error().ToString().c_str());
        call_failed_.notify_all();
      }
      const std::lock_guard lock(mutex_);
      calls_[name] += count;
    });
  }

  static Status Expect(bool right) {
    return right ? Status()
                 : Status(kratos::Error(500, "WRONG", "the reply is not what was asked"));
  }

  Status Get(long number) {
    kratos::Context ctx;
    soak::Item request;
    request.set_name("items/" + std::to_string(number));
    soak::Item reply;
    if (Status status = soak::SoakHttpClient(client_).Get(ctx, request, &reply); !status.ok())
      return status;
    return Expect(reply.name() == request.name());
  }
  Status Put(long number) {
    kratos::Context ctx;
    soak::Item request;
    request.set_name("items/new");
    request.set_number(number);
    for (int i = 0; i < 100; ++i) request.add_tags("a tag among many others");
    soak::Item reply;
    if (Status status = soak::SoakHttpClient(client_).Put(ctx, request, &reply); !status.ok())
      return status;
    return Expect(reply.number() == number && reply.tags_size() == 100);
  }
  Status Download(long) {
    kratos::Context ctx;
    soak::FileRequest request;
    request.set_name("a");
    request.set_size(kFileBytes);
    HttpBody reply;
    if (Status status = soak::SoakHttpClient(client_).Download(ctx, request, &reply); !status.ok())
      return status;
    return Expect(reply.data().size() == kFileBytes);
  }
  Status Watch(long) {
    kratos::Context ctx;
    soak::WatchRequest request;
    request.set_name("items/a");
    request.set_count(50);
    auto reader = soak::SoakHttpClient(client_).Watch(ctx, request);
    if (!reader.ok()) return reader.status();
    soak::Item item;
    for (int count = 0;; ++count) {
      const auto more = reader->Recv(&item);
      if (!more.ok()) return more.status();
      if (!*more) return Expect(count == 50);
    }
  }
  Status Store(long) {
    kratos::Context ctx;
    auto writer = soak::SoakHttpClient(client_).Store(ctx);
    if (!writer.ok()) return writer.status();
    HttpBody part;
    part.set_content_type("application/octet-stream");
    part.set_data(std::string(kFileBytes / 4, 'y'));
    for (int i = 0; i < 4; ++i) {
      if (!writer->Send(part).ok()) break;  // CloseAndRecv tells why.
    }
    soak::Stored stored;
    if (Status status = writer->CloseAndRecv(&stored); !status.ok()) return status;
    return Expect(stored.bytes() == kFileBytes);
  }
  Status Chat(long) {
    kratos::Context ctx;
    auto stream = soak::SoakHttpClient(client_).Chat(ctx);
    if (!stream.ok()) return stream.status();
    soak::Item item;
    for (int i = 0; i < 20; ++i) {
      item.set_number(i);
      if (Status status = stream->Send(item); !status.ok()) return status;
      const auto more = stream->Recv(&item);
      if (!more.ok()) return more.status();
      if (!*more || item.number() != i) return Expect(false);
    }
    if (Status status = stream->CloseSend(); !status.ok()) return status;
    const auto more = stream->Recv(&item);
    return more.ok() ? Expect(!*more) : more.status();
  }

  std::shared_ptr<kratos::http::Client> client_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_ = false;
  std::atomic<long> failed_ = 0;
  std::mutex mutex_;
  std::condition_variable call_failed_;
  std::map<std::string, long> calls_;
};

int ListenOnLoopback(int* port) {
  const int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listening, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listening, 1024) != 0 ||
      getsockname(listening, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    Fail("cannot listen on the loopback interface");
  }
  *port = ntohs(address.sin_port);
  return listening;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) Fail("usage: kratos_soak SERVER ENGINE SECONDS HANDOVERS");
  const char* program = argv[1];
  const char* engine = argv[2];
  const std::chrono::milliseconds each(std::atol(argv[3]) * 1000 / 2);
  const int handovers = std::atoi(argv[4]);
  int port = 0;
  const int listening = ListenOnLoopback(&port);
  auto server = std::make_unique<ServerProcess>(program, engine, listening);
  Load load("127.0.0.1:" + std::to_string(port), std::string(engine) != "httplib");

  load.RunFor(each / 3);
  const long warm = server->ResidentBytes();
  load.RunFor(each - each / 3);
  const long end = server->ResidentBytes();
  std::printf("soak: %s: resident %ld kB when warm, %ld kB at the end\n", engine, warm >> 10,
              end >> 10);

  for (int i = 0; i < handovers; ++i) {
    auto next = std::make_unique<ServerProcess>(program, engine, listening);
    server->Stop();
    server = std::move(next);
    load.RunFor(each / handovers);
  }
  load.Stop();
  server->Stop();
  load.Report();
  std::printf("soak: %s: %d handovers, %ld failed calls\n", engine, handovers, load.failed());
  if (static_cast<double>(end) > static_cast<double>(warm) * kMaxGrowth + kSlackBytes)
    Fail("the server's memory grew");
  if (load.failed() != 0) Fail("calls failed");
  return 0;
}
