#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "fiber/fiber.h"
#include "fiber/parker.h"
#include "fiber/thread_pool.h"
#include "kratos/fiber/fiber.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

using namespace std::chrono_literals;

// Runs `body` in a fiber, or where there are none on this thread, to its end.
void InAFiber(const std::function<void()>& body) {
  ThreadPool pool(2, 0);
  Parker end;
  Fiber::Start(pool, 128 << 10, [&] {
    body();
    end.Unpark();
  });
  end.Park();
}

TEST_CASE("condition: wakes fibers and threads, by time, by notification, by cancellation") {
  const auto waits = [] {
    std::mutex mutex;
    ConditionVariable changed;
    std::unique_lock lock(mutex);
    CHECK_FALSE(
        changed.WaitUntil(lock, std::chrono::steady_clock::now() + 1ms, [] { return false; }));
    CHECK(lock.owns_lock());

    bool ready = false;
    std::thread other([&] {
      const std::lock_guard inner(mutex);
      ready = true;
      changed.NotifyOne();
    });
    changed.Wait(lock, [&] { return ready; });
    lock.unlock();
    other.join();
    lock.lock();

    Context ctx;
    std::thread canceller([&] { ctx.Cancel(); });
    CHECK(changed.Wait(lock, ctx, [] { return false; }).code() == 499);
    canceller.join();
    CHECK(changed.Wait(lock, ctx, [] { return true; }).ok());

    Context late;
    late.LimitDeadline(1ms);
    CHECK(changed.Wait(lock, late, [] { return false; }).code() == 504);
  };
  SECTION("in a fiber") { InAFiber(waits); }
  SECTION("on a thread") { waits(); }
}

TEST_CASE("condition: SleepFor ends by time, deadline or cancellation") {
  const auto sleeps = [] {
    Context ctx;
    CHECK(SleepFor(ctx, 1ms).ok());
    Context late;
    late.LimitDeadline(1ms);
    CHECK(SleepFor(late, 1h).code() == 504);
    std::thread canceller([&] { ctx.Cancel(); });
    CHECK(SleepFor(ctx, 1h).code() == 499);
    canceller.join();
  };
  SECTION("in a fiber") { InAFiber(sleeps); }
  SECTION("on a thread") { sleeps(); }
}

TEST_CASE(
    "blocking: runs elsewhere for a fiber, in place for a thread; values and exceptions come "
    "back") {
  const auto calls = [] {
    const auto here = std::this_thread::get_id();
    const bool in_fiber = InFiber();
    const auto there = Blocking([] { return std::this_thread::get_id(); });
    CHECK((there == here) != in_fiber);
    int count = 0;
    Blocking([&count] { ++count; });
    CHECK(count == 1);
    CHECK_THROWS_WITH(Blocking([]() -> int { throw std::runtime_error("no"); }), "no");
  };
  SECTION("in a fiber") { InAFiber(calls); }
  SECTION("on a thread") { calls(); }
}

TEST_CASE("condition: a thread of the pool is free while fibers wait") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  std::mutex mutex;
  ConditionVariable changed;
  int turn = 0;
  constexpr int kFibers = 100;
  Parker end;
  // Each waits for its number; with one thread nobody could go on if waiting held it.
  for (int i = kFibers - 1; i >= 0; --i) {
    Fiber::Start(pool, 64 << 10, [&, i] {
      std::unique_lock lock(mutex);
      changed.Wait(lock, [&] { return turn == i; });
      ++turn;
      changed.NotifyAll();
      if (turn == kFibers) end.Unpark();
    });
  }
  end.Park();
  CHECK(turn == kFibers);
}

}  // namespace
}  // namespace kratos::fiber
