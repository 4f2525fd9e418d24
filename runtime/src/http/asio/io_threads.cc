#include "http/asio/io_threads.h"

#include <chrono>
#include <system_error>

#include "fiber/timer.h"

namespace kratos::http {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{1};
// Looks at a loop without calls before nobody looks any more: beginning again costs a little.
constexpr int kQuietLooks = 32;

}  // namespace

IoThreads::IoThreads(std::size_t loops, std::size_t stack_bytes) : seen_(loops) {
  for (std::size_t i = 0; i < loops; ++i)
    loops_.push_back(std::make_unique<IoLoop>(stack_bytes, [this, i] { BeginWatch(*loops_[i]); }));
}

IoThreads::~IoThreads() {
  std::unique_lock lock(mutex_);
  stop_ = true;
  changed_.wait(lock, [this] { return watched_ == 0; });
}

void IoThreads::Run() {
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 1; i < loops_.size(); ++i)
      threads_.emplace_back([this, i] { Serve(loops_[i].get()); });
  }
  Serve(loops_[0].get());
  // Every loop is over, so nobody adds a thread any more.
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void IoThreads::Serve(IoLoop* loop) {
  while (loop != nullptr) {
    const bool over = loop->Run();
    {
      const std::lock_guard lock(mutex_);
      ++spare_;
      if (over) ++ended_;
    }
    if (over) changed_.notify_all();
    loop = WaitForLoop();
  }
}

// Null once every loop is over.
IoLoop* IoThreads::WaitForLoop() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !relieved_.empty() || ended_ == loops_.size(); });
  --spare_;
  if (relieved_.empty()) return nullptr;
  IoLoop* loop = relieved_.front();
  relieved_.pop_front();
  return loop;
}

void IoThreads::BeginWatch(IoLoop& loop) {
  const std::lock_guard lock(mutex_);
  if (loop.watched.exchange(true)) return;
  if (++watched_ == 1) ScheduleLook();
}

void IoThreads::ScheduleLook() {
  fiber::Timer::Get().At(fiber::Timer::Clock::now() + kBetweenLooks, [this] { Look(); });
}

void IoThreads::Look() {
  const std::lock_guard lock(mutex_);
  if (stop_) {
    watched_ = 0;
    changed_.notify_all();
    return;
  }
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    IoLoop& loop = *loops_[i];
    if (!loop.watched) continue;
    const Seen before = seen_[i];
    Seen& now = seen_[i];
    now.running_call = loop.running_call();
    now.last_call = loop.last_call();
    now.without_calls =
        now.last_call == before.last_call && now.running_call == 0 ? before.without_calls + 1 : 0;
    if (now.running_call != 0 && now.running_call == before.running_call)
      Relieve(loop, now.running_call);
    if (now.without_calls < kQuietLooks) continue;
    now.without_calls = 0;
    loop.watched = false;
    // A call that began meanwhile may have found the loop watched.
    if (loop.running_call() != 0) {
      loop.watched = true;
    } else {
      --watched_;
    }
  }
  if (watched_ > 0) ScheduleLook();
}

// What is not to be had now may be at the next look.
void IoThreads::Relieve(IoLoop& loop, std::uint64_t call) {
  if (!HasSpareThread() || !loop.RelieveFrom(call)) return;
  relieved_.push_back(&loop);
  changed_.notify_all();
}

// Starts one if need be.
bool IoThreads::HasSpareThread() {
  if (spare_ > relieved_.size()) return true;
  try {
    threads_.emplace_back([this] { Serve(WaitForLoop()); });
  } catch (const std::system_error&) {
    return false;
  }
  ++spare_;
  return true;
}

}  // namespace kratos::http
