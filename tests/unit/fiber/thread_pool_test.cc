#include "fiber/thread_pool.h"

#include <atomic>
#include <thread>
#include <vector>

#include "fiber/parker.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

TEST_CASE("thread pool: calls that block get threads up to the limit, the rest wait") {
  ThreadPool pool(5, 2);
  Parker go_on;
  std::atomic<int> running = 0;
  std::atomic<int> ended = 0;
  Parker five;
  std::mutex mutex;
  std::condition_variable open;
  bool opened = false;
  const auto block = [&] {
    if (++running == 5) five.Unpark();
    std::unique_lock lock(mutex);
    open.wait(lock, [&] { return opened; });
    ++ended;
  };
  for (int i = 0; i < 5; ++i) {
    // Until a thread has taken it, a call counts as waiting.
    while (!pool.TryPost(block)) std::this_thread::yield();
  }
  five.Park();
  CHECK(pool.TryPost(block));
  CHECK(pool.TryPost(block));
  CHECK_FALSE(pool.TryPost(block));
  std::atomic<bool> resumed = false;
  pool.Post([&] { resumed = true; });  // Never refused.
  {
    const std::lock_guard lock(mutex);
    opened = true;
    open.notify_all();
  }
  while (ended < 7 || !resumed) std::this_thread::yield();
}

TEST_CASE("thread pool: calls that run elsewhere count, and what waits for them gets its turn") {
  constexpr int kEach = 20'000;
  ThreadPool pool(2, 0);
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  std::atomic<int> ended = 0;
  const auto call = [&] {
    const int now = ++at_once;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    --at_once;
    ++ended;
  };
  std::vector<std::thread> others;
  for (int t = 0; t < 3; ++t) {
    others.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        if (!pool.Enter()) {
          pool.Post(call);
          continue;
        }
        call();
        pool.Leave();
      }
    });
  }
  for (std::thread& thread : others) thread.join();
  while (ended < 3 * kEach) std::this_thread::yield();
  CHECK(most <= 2);
  // Nobody waits now, so there is room again.
  CHECK(pool.Enter());
  CHECK(pool.Enter());
  CHECK_FALSE(pool.Enter());
  std::atomic<bool> ran = false;
  pool.Post([&ran] { ran = true; });
  pool.Leave();
  pool.Leave();
  while (!ran) std::this_thread::yield();
}

TEST_CASE("thread pool: its end runs what was posted") {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(2, 0);
    for (int i = 0; i < 1000; ++i) pool.Post([&ran] { ++ran; });
  }
  CHECK(ran == 1000);
}

TEST_CASE("thread pool: short calls share few threads") {
  ThreadPool pool(64, 0);
  std::mutex mutex;
  std::vector<std::thread::id> threads;
  std::atomic<int> ran = 0;
  Parker all;
  for (int i = 0; i < 10'000; ++i) {
    pool.Post([&] {
      {
        const std::lock_guard lock(mutex);
        const auto self = std::this_thread::get_id();
        if (std::find(threads.begin(), threads.end(), self) == threads.end())
          threads.push_back(self);
      }
      if (++ran == 10'000) all.Unpark();
    });
  }
  all.Park();
  CHECK(threads.size() < 32);
}

}  // namespace
}  // namespace kratos::fiber
