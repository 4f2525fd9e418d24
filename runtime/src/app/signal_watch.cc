#include "app/signal_watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "kratos/errors/errors.h"

namespace kratos {

namespace {

// The way from the handler to the watch's thread. It is made once and never closed: a handler may
// still be running on some thread when the watch it was installed for is gone.
struct Pipe {
  int read = -1;
  int write = -1;
};

std::atomic<bool> in_use = false;
std::atomic<int> write_end = -1;
std::atomic<pid_t> owner = 0;
constexpr char kEnd = 0;  // No signal has this number.

void OnSignal(int signal) {
  const int saved = errno;
  if (getpid() == owner.load()) {
    const char byte = static_cast<char>(signal);
    // A full pipe holds a signal already, and one is all that is waited for.
    [[maybe_unused]] const auto written = write(write_end.load(), &byte, 1);
  } else {
    // A child process that has not become another program yet: its signals are not for its parent.
    ::signal(signal, SIG_DFL);
    raise(signal);
  }
  errno = saved;
}

const Pipe& ThePipe() {
  static const Pipe pipe = [] {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return Pipe{};
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    write_end = ends[1];
    return Pipe{ends[0], ends[1]};
  }();
  return pipe;
}

}  // namespace

std::string SignalName(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

Result<std::unique_ptr<SignalWatch>> SignalWatch::Begin(const std::vector<int>& signals,
                                                        std::function<void(int)> on_signal) {
  std::unique_ptr<SignalWatch> watch(new SignalWatch);
  if (signals.empty()) return watch;
  if (ThePipe().read < 0)
    return InternalServer("SIGNALS", fmt::format("no pipe for signals: {}", strerror(errno)));
  if (in_use.exchange(true)) {
    return InternalServer("SIGNALS",
                          "another application of this process handles signals already; give one "
                          "of them none");
  }
  // What handlers of an earlier watch wrote late is nobody's.
  char late = kEnd;
  if (write(ThePipe().write, &kEnd, 1) == 1) {
    while (read(ThePipe().read, &late, 1) != 1 || late != kEnd) {
    }
  }
  owner = getpid();
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : signals) {
    struct sigaction before = {};
    if (sigaction(signal, &action, &before) != 0) {
      const int error = errno;
      watch->Restore();
      in_use = false;
      return InternalServer(
          "SIGNALS", fmt::format("{} cannot be handled: {}", SignalName(signal), strerror(error)));
    }
    watch->before_.emplace_back(signal, before);
  }
  watch->thread_ = std::thread([w = watch.get(), on_signal = std::move(on_signal)] {
    char signal = kEnd;
    while (read(ThePipe().read, &signal, 1) < 0 && errno == EINTR) {
    }
    w->Restore();
    if (signal == kEnd) return;
    on_signal(signal);
    // The one that the destructor sends.
    while (signal != kEnd && (read(ThePipe().read, &signal, 1) == 1 || errno == EINTR)) {
    }
  });
  return watch;
}

SignalWatch::~SignalWatch() {
  if (!thread_.joinable()) return;
  // The pipe has room: signals no longer write to it once the thread has seen the first.
  while (write(ThePipe().write, &kEnd, 1) < 0 && (errno == EINTR || errno == EAGAIN)) {
    std::this_thread::yield();
  }
  thread_.join();
  in_use = false;
}

void SignalWatch::Restore() {
  // A signal named twice got its second handler over its first: backwards, so that the one that was
  // there before both is the last to come back.
  for (auto it = before_.rbegin(); it != before_.rend(); ++it)
    sigaction(it->first, &it->second, nullptr);
  before_.clear();
}

}  // namespace kratos
