#include "fiber/thread_pool.h"

#include <algorithm>
#include <chrono>

#include "fiber/timer.h"

namespace kratos::fiber {

namespace {
// How long work may wait, with no thread becoming free, before there is one more.
constexpr std::chrono::milliseconds kPatience{2};
}  // namespace

ThreadPool::ThreadPool(std::size_t max_threads, std::size_t max_queued)
    : base_threads_(std::min<std::size_t>(
          max_threads, std::max<std::size_t>(2, std::thread::hardware_concurrency()))),
      max_threads_(max_threads),
      max_queued_(max_queued) {}

ThreadPool::~ThreadPool() {
  {
    std::unique_lock lock(mutex_);
    stop_ = true;
    unwatched_.wait(lock, [this] { return !watching_; });
  }
  ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Post(std::function<void()> task) { Add({std::move(task), false}); }

bool ThreadPool::TryPost(std::function<void()> call) { return Add({std::move(call), true}); }

bool ThreadPool::TryEnter() {
  std::size_t running = running_;
  while (running < max_threads_) {
    if (running_.compare_exchange_weak(running, running + 1)) return true;
  }
  return false;
}

bool ThreadPool::Enter() { return !starving_ && TryEnter(); }

void ThreadPool::Leave() {
  running_.fetch_sub(1);
  if (!starving_) return;
  const std::lock_guard lock(mutex_);
  starving_ = false;
  ready_.notify_all();
}

// Either this sees that somebody has left, or who leaves sees that this one waits.
bool ThreadPool::EnterFromQueue() {
  if (TryEnter()) return true;
  starving_ = true;
  return TryEnter();
}

bool ThreadPool::Add(Task task) {
  bool watch = false;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t running = running_;
    const std::size_t room = running < max_threads_ ? max_threads_ - running : 0;
    const bool at_once = queue_.size() < std::min(idle_, room);
    if (!at_once && threads_.size() < base_threads_) {
      StartThread();
    } else if (!at_once) {
      if (task.call && max_queued_ != 0 && queued_calls_ >= max_queued_) return false;
      watch = threads_.size() < max_threads_ && !watching_ && !stop_;
      if (watch) {
        watching_ = true;
        taken_then_ = taken_;
      }
    }
    queued_calls_ += task.call ? 1 : 0;
    queue_.push_back(std::move(task));
  }
  ready_.notify_one();
  if (watch) Watch();
  return true;
}

void ThreadPool::StartThread() {
  threads_.emplace_back([this] { Run(); });
  ++idle_;  // It takes the next task.
}

void ThreadPool::Watch() {
  Timer::Get().At(Timer::Clock::now() + kPatience, [this] { Grow(); });
}

void ThreadPool::Grow() {
  const std::lock_guard lock(mutex_);
  const bool waiting = queue_.size() > idle_;
  if (waiting && taken_ == taken_then_ && threads_.size() < max_threads_) {
    StartThread();
    ready_.notify_one();
  }
  if (waiting && threads_.size() < max_threads_ && !stop_) {
    taken_then_ = taken_;
    return Watch();
  }
  watching_ = false;
  unwatched_.notify_all();
}

void ThreadPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_.wait(lock, [this] { return queue_.empty() ? stop_ : EnterFromQueue(); });
    if (queue_.empty()) return;
    Task task = std::move(queue_.front());
    queue_.pop_front();
    queued_calls_ -= task.call ? 1 : 0;
    --idle_;
    ++taken_;
    lock.unlock();
    task.run();
    task.run = nullptr;  // What it holds goes before the thread counts as free.
    running_.fetch_sub(1);
    lock.lock();
    ++idle_;
    // This thread takes the next piece of work; others may want to enter as well.
    if (starving_.exchange(false)) ready_.notify_all();
  }
}

ThreadPool& BlockingPool() {
  static auto* pool = new ThreadPool(64, 0);  // Calls may run while the program ends.
  return *pool;
}

}  // namespace kratos::fiber
