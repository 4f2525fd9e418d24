#include "http/client_watchdog.h"

#include <sys/socket.h>

#include <algorithm>
#include <system_error>

#include "kratos/errors/errors.h"

namespace kratos::http {

CallGuard::CallGuard(Watchdog& watchdog, std::optional<Clock::time_point> deadline,
                     std::stop_token stop)
    : watchdog_(watchdog), deadline_(deadline), stop_(std::move(stop)) {
  if (deadline_) watchdog_.Add(*deadline_, this);
  on_stop_.emplace(stop_, OnStop{this});
}

CallGuard::~CallGuard() {
  on_stop_.reset();
  if (deadline_) watchdog_.Remove(*deadline_, this);
}

void CallGuard::Attach(int socket) {
  const std::lock_guard lock(mutex_);
  socket_ = socket;
  if (ended_) ::shutdown(socket_, SHUT_RDWR);
}

bool CallGuard::Detach() {
  const std::lock_guard lock(mutex_);
  socket_ = -1;
  return !ended_;
}

void CallGuard::ShutDown() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

Status CallGuard::Check() const {
  if (stop_.stop_requested()) return ClientClosed(kReasonCanceled, "the call was cancelled");
  if (deadline_ && Clock::now() >= *deadline_) {
    return GatewayTimeout(kReasonDeadlineExceeded, "the call's deadline has passed");
  }
  return {};
}

std::optional<CallGuard::Clock::duration> CallGuard::TimeLeft() const {
  if (!deadline_) return std::nullopt;
  return std::max(*deadline_ - Clock::now(), Clock::duration::zero());
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::Add(Clock::time_point deadline, CallGuard* guard) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    calls_.emplace(deadline, guard);
    wake = deadline < next_look_;
    if (!thread_.joinable()) {
      try {
        thread_ = std::thread([this] { Run(); });
      } catch (const std::system_error&) {
        // No thread to be had: a later call tries again.
      }
    }
  }
  if (wake) wake_.notify_one();
}

void Watchdog::Remove(Clock::time_point deadline, CallGuard* guard) {
  const std::lock_guard lock(mutex_);
  calls_.erase({deadline, guard});
}

void Watchdog::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = Clock::now();
    while (!calls_.empty() && calls_.begin()->first <= now) {
      calls_.begin()->second->ShutDown();
      calls_.erase(calls_.begin());
    }
    if (calls_.empty()) {
      next_look_ = Clock::time_point::max();
      wake_.wait(lock);
    } else {
      next_look_ = calls_.begin()->first;
      wake_.wait_until(lock, next_look_);
    }
  }
}

}  // namespace kratos::http
