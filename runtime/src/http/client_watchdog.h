// Ends calls whose deadline passes or whose context is cancelled, whatever the peer does meanwhile.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>
#include <utility>

#include "kratos/errors/status.h"

namespace kratos::http {

class Watchdog;

/// One call in progress. While a socket is attached, the deadline and a cancellation shut it down,
/// so that blocking reads and writes return at once: time-outs per operation alone would let a peer
/// that drips bytes hold a call for ever.
class CallGuard {
 public:
  using Clock = std::chrono::steady_clock;

  /// `watchdog` must outlive this.
  CallGuard(Watchdog& watchdog, std::optional<Clock::time_point> deadline, std::stop_token stop);
  CallGuard(const CallGuard&) = delete;
  CallGuard& operator=(const CallGuard&) = delete;
  ~CallGuard();

  /// Names the socket to shut down. It must stay open until Detach(); shut down at once when the
  /// call is over already.
  void Attach(int socket);
  /// False when the attached socket was, or may have been, shut down: it is of no further use.
  bool Detach();

  /// OK while the call may go on; else 499 CANCELED or 504 DEADLINE_EXCEEDED.
  Status Check() const;
  std::optional<Clock::time_point> deadline() const { return deadline_; }
  /// Time left, never negative; nothing without a deadline.
  std::optional<Clock::duration> TimeLeft() const;
  const std::stop_token& stop_token() const { return stop_; }

 private:
  friend class Watchdog;
  struct OnStop {
    CallGuard* guard;
    void operator()() const { guard->ShutDown(); }
  };
  void ShutDown();

  Watchdog& watchdog_;
  const std::optional<Clock::time_point> deadline_;
  const std::stop_token stop_;
  std::mutex mutex_;
  bool ended_ = false;
  int socket_ = -1;
  // Last: its callback may run while it is constructed.
  std::optional<std::stop_callback<OnStop>> on_stop_;
};

/// The thread behind all CallGuards of one client; started by the first call with a deadline,
/// joined on destruction.
class Watchdog {
 public:
  Watchdog() = default;
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  friend class CallGuard;
  using Clock = CallGuard::Clock;

  void Add(Clock::time_point deadline, CallGuard* guard);
  /// When this returns the guard is not touched any more.
  void Remove(Clock::time_point deadline, CallGuard* guard);
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::pair<Clock::time_point, CallGuard*>> calls_;
  // When the thread looks at calls_ next; only an earlier deadline needs to wake it.
  Clock::time_point next_look_ = Clock::time_point::max();
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kratos::http
