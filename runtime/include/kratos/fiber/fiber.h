// Waiting in handlers. A streaming handler runs in a fiber: where it waits with what is declared
// here (or in Send and Recv) it holds no thread, so that thousands can wait at once. Outside of a
// fiber everything here waits as the standard library's counterpart does.
//
// A fiber may go on on another thread after a wait: do not keep a std::mutex locked, or the address
// of a thread_local variable, across one.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"

namespace kratos::fiber {

/// True when the caller runs in a fiber.
bool InFiber();

/// Waits for `duration`, or until the call is cancelled or its deadline passes: then its Err().
Status SleepFor(const Context& ctx, std::chrono::nanoseconds duration);

/// Runs `work` on a thread of its own while the fiber waits without one: for calls that block
/// (databases, files, DNS). Outside of a fiber it runs in place. Up to 64 run at once in a program;
/// more wait. An exception comes back to the caller.
template <class Work>
std::invoke_result_t<Work&> Blocking(Work&& work);

/// Work beside the work of its maker, as for a bidirectional stream that sends and receives at
/// once: in a fiber another fiber of the same threads, outside of one a thread.
class Task {
 public:
  /// Starts `work` with a context of its own below `ctx`, which must outlive the task.
  Task(Context& ctx, std::function<void(Context& ctx)> work);
  /// Cancels the work's context and waits for its end; so what the work uses is declared before the
  /// task. An exception that Join has not handed over is dropped.
  ~Task();
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  /// Cancels the work's context: what waits with it gives up. Thread-safe.
  void Cancel();
  /// Waits for the end of the work; an exception of it comes back to the caller, once.
  void Join();

 private:
  struct State;
  void Wait() noexcept;
  Context ctx_;
  std::shared_ptr<State> state_;
};

/// A condition variable for fibers and threads alike, used with std::mutex. Thread-safe; must
/// outlive everyone that waits.
class ConditionVariable {
 public:
  using Clock = std::chrono::steady_clock;

  ConditionVariable() = default;
  ConditionVariable(const ConditionVariable&) = delete;
  ConditionVariable& operator=(const ConditionVariable&) = delete;

  void NotifyOne();
  void NotifyAll();

  /// Waits for a notification; may wake without one. `lock` is held on return.
  void Wait(std::unique_lock<std::mutex>& lock) { WaitStep(lock, nullptr, std::nullopt); }
  template <class Predicate>
  void Wait(std::unique_lock<std::mutex>& lock, Predicate predicate) {
    while (!predicate()) Wait(lock);
  }
  /// The predicate's value once it is true or the time has come.
  template <class Predicate>
  bool WaitUntil(std::unique_lock<std::mutex>& lock, Clock::time_point when, Predicate predicate) {
    while (!predicate()) {
      if (!WaitStep(lock, nullptr, when)) return predicate();
    }
    return true;
  }
  /// The same, or ctx.Err() as soon as the call is cancelled or its deadline passes.
  template <class Predicate>
  Result<bool> WaitUntil(std::unique_lock<std::mutex>& lock, const Context& ctx,
                         Clock::time_point when, Predicate predicate) {
    const std::stop_token token = ctx.stop_token();
    const std::stop_callback wake(token, [this] { NotifyAll(); });
    while (!predicate()) {
      if (Status status = ctx.Err(); !status.ok()) return status;
      if (Clock::now() >= when) return false;
      const auto deadline = ctx.deadline();
      WaitStep(lock, &token, deadline && *deadline < when ? *deadline : when);
    }
    return true;
  }
  /// OK once the predicate is true; else ctx.Err() as soon as the call is cancelled or its deadline
  /// passes.
  template <class Predicate>
  Status Wait(std::unique_lock<std::mutex>& lock, const Context& ctx, Predicate predicate) {
    const std::stop_token token = ctx.stop_token();
    const std::stop_callback wake(token, [this] { NotifyAll(); });
    while (!predicate()) {
      if (Status status = ctx.Err(); !status.ok()) return status;
      WaitStep(lock, &token, ctx.deadline());
    }
    return {};
  }

 private:
  struct Waiter;
  // Waits once; false when the time came first. Returns at once when `token` is stopped.
  bool WaitStep(std::unique_lock<std::mutex>& lock, const std::stop_token* token,
                std::optional<Clock::time_point> when);

  std::mutex mutex_;
  std::list<Waiter*> waiters_;
};

/// A queue between fibers and threads, bounded. Thread-safe.
template <class T>
class Queue {
 public:
  /// `capacity` is the most elements it holds; at least 1.
  explicit Queue(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}

  /// Waits while the queue is full. Fails with ctx.Err(); false once the queue is closed.
  Result<bool> Push(const Context& ctx, T element) {
    std::unique_lock lock(mutex_);
    Status status =
        changed_.Wait(lock, ctx, [&] { return closed_ || elements_.size() < capacity_; });
    if (!status.ok()) return status;
    if (closed_) return false;
    elements_.push_back(std::move(element));
    changed_.NotifyAll();
    return true;
  }
  /// Never waits: false when the queue is full or closed.
  bool TryPush(T element) {
    const std::lock_guard lock(mutex_);
    if (closed_ || elements_.size() >= capacity_) return false;
    elements_.push_back(std::move(element));
    changed_.NotifyAll();
    return true;
  }
  /// Waits for an element; nothing once the queue is closed and empty. Fails with ctx.Err().
  Result<std::optional<T>> Pop(const Context& ctx) {
    std::unique_lock lock(mutex_);
    Status status = changed_.Wait(lock, ctx, [&] { return closed_ || !elements_.empty(); });
    if (!status.ok()) return status;
    if (elements_.empty()) return std::optional<T>();
    std::optional<T> element(std::move(elements_.front()));
    elements_.pop_front();
    changed_.NotifyAll();
    return element;
  }
  /// No more elements are taken in; what is in the queue can still be popped.
  void Close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  ConditionVariable changed_;
  std::deque<T> elements_;
  bool closed_ = false;
};

namespace internal {
/// Runs `work`, which must not throw, on another thread and waits for its end.
void RunBlocking(const std::function<void()>& work);
}  // namespace internal

template <class Work>
std::invoke_result_t<Work&> Blocking(Work&& work) {
  using Value = std::invoke_result_t<Work&>;
  if (!InFiber()) return work();
  std::exception_ptr thrown;
  const auto guarded = [&thrown](auto&& body) {
    internal::RunBlocking([&] {
      try {
        body();
      } catch (...) {
        thrown = std::current_exception();
      }
    });
    if (thrown) std::rethrow_exception(thrown);
  };
  if constexpr (std::is_void_v<Value>) {
    guarded(work);
  } else {
    std::optional<Value> value;
    guarded([&] { value.emplace(work()); });
    return std::move(*value);
  }
}

}  // namespace kratos::fiber
