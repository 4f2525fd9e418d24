#include "http/worker_pool.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace kratos::http {

thread_local WorkerPool::Admission WorkerPool::admission_ = WorkerPool::Admission::kServe;

WorkerPool::WorkerPool(std::size_t threads, std::size_t max_queued)
    : max_queued_(max_queued),
      waiting_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)),
      idle_(threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  threads_.emplace_back([this] { RunDoor(); });
}

WorkerPool::~WorkerPool() {
  Finish();
  close(waiting_fd_);
}

void WorkerPool::Add(std::function<void()> work) {
  std::unique_lock lock(mutex_);
  // Idle threads that were already promised queued work do not count.
  const bool at_once = queue_.size() < idle_;
  if (at_once || max_queued_ == 0 || waiting_ < max_queued_) {
    queue_.push_back(std::move(work));
    if (!at_once) {
      ++waiting_;
      const std::uint64_t token = 1;
      (void)!write(waiting_fd_, &token,
                   sizeof token);  // Fails only when there are more tokens than connections can be.
    }
    ready_.notify_one();
  } else if (refused_.size() < kMaxRefused) {
    refused_.push_back(std::move(work));
    refused_ready_.notify_one();
  } else {
    lock.unlock();
    const Admission before = std::exchange(admission_, Admission::kDrop);
    work();
    admission_ = before;
  }
}

void WorkerPool::Finish() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  ready_.notify_all();
  refused_ready_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    ready_.wait(lock, [this] { return stop_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto work = std::move(queue_.front());
    queue_.pop_front();
    --idle_;
    lock.unlock();
    work();
    lock.lock();
    ++idle_;
    // What waits and now has a thread waits no more; its token is taken back unless a connection
    // has answered it.
    while (waiting_ > 0 && waiting_ + idle_ > queue_.size()) {
      --waiting_;
      std::uint64_t token = 0;
      (void)!read(waiting_fd_, &token, sizeof token);
    }
  }
}

void WorkerPool::RunDoor() {
  admission_ = Admission::kRefuse;
  std::unique_lock lock(mutex_);
  while (true) {
    refused_ready_.wait(lock, [this] { return stop_ || !refused_.empty(); });
    if (refused_.empty()) return;
    const auto work = std::move(refused_.front());
    refused_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

}  // namespace kratos::http
