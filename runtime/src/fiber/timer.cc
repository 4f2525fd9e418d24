#include "fiber/timer.h"

#include <thread>

namespace kratos::fiber {

Timer& Timer::Get() {
  static auto* timer = new Timer;  // Never destroyed: its thread runs as long as the program.
  return *timer;
}

Timer::Timer() {
  std::thread thread([this] { Run(); });
  thread_ = thread.get_id();
  thread.detach();
}

Timer::Id Timer::At(Clock::time_point when, std::function<void()> function) {
  const std::lock_guard lock(mutex_);
  const Id id{when, next_++};
  const auto at = entries_.emplace(id, std::move(function)).first;
  if (at == entries_.begin()) changed_.notify_one();
  return id;
}

void Timer::Cancel(const Id& id) {
  std::function<void()> gone;  // What it holds is let go outside the lock.
  std::unique_lock lock(mutex_);
  if (const auto at = entries_.find(id); at != entries_.end()) {
    gone = std::move(at->second);
    entries_.erase(at);
  } else if (std::this_thread::get_id() != thread_) {
    ended_.wait(lock, [&] { return running_ != id; });
  }
}

void Timer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = entries_.begin();
    // A copy: wait_until looks at it again when the entry may be gone.
    if (const auto when = first->first.first; when > Clock::now()) {
      changed_.wait_until(lock, when);
      continue;
    }
    running_ = first->first;
    auto function = std::move(first->second);
    entries_.erase(first);
    lock.unlock();
    function();
    function = nullptr;
    lock.lock();
    running_.reset();
    ended_.notify_all();
  }
}

}  // namespace kratos::fiber
