#include "fiber/thread_pool.h"

#include <atomic>
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
