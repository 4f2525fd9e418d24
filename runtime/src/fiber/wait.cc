#include <algorithm>

#include "fiber/parker.h"
#include "fiber/thread_pool.h"
#include "kratos/fiber/fiber.h"

namespace kratos::fiber {

struct ConditionVariable::Waiter {
  Parker parker;
};

bool InFiber() { return Fiber::Current() != nullptr; }

void ConditionVariable::NotifyOne() {
  const std::lock_guard lock(mutex_);
  if (waiters_.empty()) return;
  waiters_.front()->parker.Unpark();
  waiters_.pop_front();
}

void ConditionVariable::NotifyAll() {
  const std::lock_guard lock(mutex_);
  for (Waiter* waiter : waiters_) waiter->parker.Unpark();
  waiters_.clear();
}

bool ConditionVariable::WaitStep(std::unique_lock<std::mutex>& lock, const std::stop_token* token,
                                 std::optional<Clock::time_point> when) {
  Waiter waiter;
  {
    const std::lock_guard own(mutex_);
    waiters_.push_back(&waiter);
  }
  // Whoever stops the token first marks it and then notifies: seen here, or by the notification.
  bool notified = true;
  if (token == nullptr || !token->stop_requested()) {
    lock.unlock();
    if (when) {
      notified = waiter.parker.ParkUntil(*when);
    } else {
      waiter.parker.Park();
    }
    lock.lock();
  }
  const std::lock_guard own(mutex_);
  std::erase(waiters_, &waiter);
  return notified;
}

Status SleepFor(const Context& ctx, std::chrono::nanoseconds duration) {
  std::mutex mutex;
  ConditionVariable never;
  const auto until = std::chrono::steady_clock::now() + duration;
  std::unique_lock lock(mutex);
  const std::stop_token token = ctx.stop_token();
  const std::stop_callback wake(token, [&never] { never.NotifyAll(); });
  auto when = until;
  if (const auto deadline = ctx.deadline(); deadline && *deadline < until) when = *deadline;
  never.WaitUntil(lock, when, [&token] { return token.stop_requested(); });
  return std::chrono::steady_clock::now() >= until && !ctx.cancelled() ? Status() : ctx.Err();
}

namespace internal {

void RunBlocking(const std::function<void()>& work) {
  Parker done;
  BlockingPool().Post([&] {
    work();
    done.Unpark();
  });
  done.Park();
}

}  // namespace internal

}  // namespace kratos::fiber
