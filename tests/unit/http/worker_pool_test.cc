#include "http/worker_pool.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "support/catch.h"

namespace kratos::http {
namespace {

using Admission = WorkerPool::Admission;

// Keeps work busy until opened.
class Gate {
 public:
  void Pass() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void WaitInside(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ >= count; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

TEST_CASE(
    "worker pool: serves while there is room, then queues, then refuses on a thread of its own") {
  Gate gate;
  std::atomic<int> served = 0;
  std::promise<Admission> refused;
  WorkerPool pool(2, 1);
  const auto busy = [&] {
    if (WorkerPool::admission() != Admission::kServe) return;
    gate.Pass();
    ++served;
  };
  pool.Add(busy);
  pool.Add(busy);
  gate.WaitInside(2);
  CHECK_FALSE(pool.HasWaiting());
  pool.Add(busy);
  CHECK(pool.HasWaiting());
  pool.Add([&] { refused.set_value(WorkerPool::admission()); });
  CHECK(refused.get_future().get() == Admission::kRefuse);
  CHECK(WorkerPool::admission() == Admission::kServe);
  gate.Open();
  pool.Finish();
  CHECK(served == 3);
  CHECK_FALSE(pool.HasWaiting());
}

TEST_CASE("worker pool: refusals that cannot keep up are dropped at once by whoever adds") {
  Gate gate;
  WorkerPool pool(1, 1);
  const auto busy = [&] { gate.Pass(); };
  pool.Add(busy);
  gate.WaitInside(1);
  pool.Add(busy);
  std::atomic<int> dropped = 0;
  std::atomic<int> refused = 0;
  for (int i = 0; i < 200; ++i) {
    pool.Add([&] {
      if (WorkerPool::admission() == Admission::kDrop) {
        ++dropped;
      } else {
        gate.Pass();
        ++refused;
      }
    });
  }
  CHECK(dropped > 0);
  CHECK(WorkerPool::admission() == Admission::kServe);
  gate.Open();
  pool.Finish();
  CHECK(dropped + refused == 200);
}

TEST_CASE("worker pool: a queue limit of zero is no limit; everything queued runs before the end") {
  Gate gate;
  std::atomic<int> served = 0;
  WorkerPool pool(1, 0);
  for (int i = 0; i < 300; ++i) {
    pool.Add([&] {
      gate.Pass();
      if (WorkerPool::admission() == Admission::kServe) ++served;
    });
  }
  gate.Open();
  pool.Finish();
  CHECK(served == 300);
}

TEST_CASE("worker pool: nothing waits while threads are idle, however fast work comes") {
  for (int round = 0; round < 50; ++round) {
    Gate gate;
    WorkerPool pool(4, 1);
    for (int i = 0; i < 4; ++i) pool.Add([&] { gate.Pass(); });
    CHECK_FALSE(pool.HasWaiting());
    gate.WaitInside(4);
    gate.Open();
  }
}

}  // namespace
}  // namespace kratos::http
