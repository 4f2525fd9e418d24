#include <atomic>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

#include "fiber/fiber.h"
#include "fiber/parker.h"
#include "fiber/thread_pool.h"
#include "kratos/fiber/fiber.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

// Sends numbers to a task of its own and gets them back.
int EchoWithTask(int count) {
  Context ctx;
  Queue<int> there(1);
  Queue<int> back(1);
  int sum = 0;
  Task echo(ctx, [&](Context& own) {
    while (const auto next = *there.Pop(own)) (void)back.Push(own, *next);
    back.Close();
  });
  for (int i = 1; i <= count; ++i) {
    (void)there.Push(ctx, i);
    sum += **back.Pop(ctx);
  }
  there.Close();
  echo.Join();
  return sum;
}

TEST_CASE("task: outside of a fiber it is a thread") {
  Context ctx;
  std::thread::id thread;
  Task task(ctx, [&](Context&) { thread = std::this_thread::get_id(); });
  task.Join();
  CHECK(thread != std::thread::id());
  CHECK(thread != std::this_thread::get_id());
  CHECK(EchoWithTask(100) == 5050);
}

TEST_CASE("task: in a fiber it is one more, and thousands need no more threads") {
  if (!kHaveFibers) return;
  constexpr int kCount = 1000;
  Parker all;
  std::atomic<int> left = kCount;
  std::atomic<int> right = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  ThreadPool pool(2, 0);
  for (int i = 0; i < kCount; ++i) {
    Fiber::Start(pool, 64 << 10, [&] {
      Context ctx;
      Task beside(ctx, [&](Context&) {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      });
      if (EchoWithTask(10) == 55) ++right;
      beside.Join();
      if (--left == 0) all.Unpark();
    });
  }
  all.Park();
  CHECK(right == kCount);
  CHECK(threads.size() <= 2);
}

TEST_CASE(
    "task: an exception comes back once, and a task that is dropped is cancelled and waited for") {
  Context ctx;
  Task fails(ctx, [](Context&) { throw std::runtime_error("broken"); });
  try {
    fails.Join();
    FAIL("it did not come back");
  } catch (const std::runtime_error& error) {
    CHECK(error.what() == std::string("broken"));
  }
  fails.Join();

  bool ended = false;
  {
    Queue<int> never(1);
    Task dropped(ctx, [&](Context& own) {
      if (never.Pop(own).status().code() == 499) ended = true;
      throw std::runtime_error("nobody asks");
    });
  }
  CHECK(ended);
  CHECK_FALSE(ctx.cancelled());
}

TEST_CASE("task: it is cancelled with the call it belongs to") {
  Context ctx;
  Queue<int> never(1);
  int code = 0;
  Task task(ctx, [&](Context& own) { code = never.Pop(own).status().code(); });
  ctx.Cancel();
  task.Join();
  CHECK(code == 499);
}

TEST_CASE("task: what the work holds is gone when it is joined") {
  const auto held = std::make_shared<int>(1);
  Context ctx;
  Task task(ctx, [held](Context&) {});
  task.Join();
  CHECK(held.use_count() == 1);
}

}  // namespace
}  // namespace kratos::fiber
