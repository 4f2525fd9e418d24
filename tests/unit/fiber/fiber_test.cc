#include "fiber/fiber.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fiber/parker.h"
#include "fiber/thread_pool.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

constexpr std::size_t kStack = 128 << 10;

// Counts down to the end of what was started.
class Countdown {
 public:
  explicit Countdown(int count) : left_(count) {}
  void Done() {
    if (--left_ == 0) all_.Unpark();
  }
  void Wait() { all_.Park(); }

 private:
  std::atomic<int> left_;
  Parker all_;
};

TEST_CASE("fiber: runs on its executor's threads, knows itself, and ends") {
  if (!kHaveFibers) return;
  ThreadPool pool(2, 0);
  Countdown end(1);
  Fiber* inside = nullptr;
  std::thread::id thread;
  Fiber::Start(pool, kStack, [&] {
    inside = Fiber::Current();
    thread = std::this_thread::get_id();
    end.Done();
  });
  end.Wait();
  CHECK(inside != nullptr);
  CHECK(thread != std::this_thread::get_id());
  CHECK(Fiber::Current() == nullptr);
}

TEST_CASE("fiber: StartHere runs up to the first wait, the rest elsewhere") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  Countdown end(1);
  std::string trace;
  Fiber* fiber = nullptr;
  Fiber::StartHere(pool, kStack, [&] {
    fiber = Fiber::Current();
    trace += "a";
    Fiber::Current()->Park();
    trace += "c";
    end.Done();
  });
  trace += "b";
  CHECK(trace == "ab");
  fiber->Unpark();
  end.Wait();
  CHECK(trace == "abc");
}

TEST_CASE("fiber: an Unpark that comes before Park is not lost, and several count as one") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  Countdown end(1);
  Fiber* fiber = nullptr;
  std::atomic<bool> parked_twice = false;
  Parker early;
  Fiber::StartHere(pool, kStack, [&] {
    fiber = Fiber::Current();
    fiber->Unpark();
    fiber->Unpark();
    fiber->Park();  // At once.
    early.Unpark();
    fiber->Park();
    parked_twice = true;
    end.Done();
  });
  early.Park();
  CHECK_FALSE(parked_twice);
  fiber->Unpark();
  end.Wait();
}

TEST_CASE("fiber: thousands wait on a few threads") {
  if (!kHaveFibers) return;
  ThreadPool pool(2, 0);
  constexpr int kCount = 5000;
  Countdown parked(kCount);
  Countdown end(kCount);
  std::vector<Fiber*> fibers(kCount);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  for (int i = 0; i < kCount; ++i) {
    Fiber::Start(pool, 64 << 10, [&, i] {
      fibers[static_cast<std::size_t>(i)] = Fiber::Current();
      parked.Done();
      Fiber::Current()->Park();
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      end.Done();
    });
  }
  parked.Wait();
  for (Fiber* fiber : fibers) fiber->Unpark();
  end.Wait();
  CHECK(threads.size() <= 2);
}

TEST_CASE("fiber: exceptions in flight stay with their fiber") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  Countdown end(2);
  Fiber* first = nullptr;
  std::string seen[2];
  Fiber::StartHere(pool, kStack, [&] {
    first = Fiber::Current();
    try {
      throw std::runtime_error("first");
    } catch (...) {
      // Another fiber throws and catches on the same thread meanwhile.
      Fiber::Current()->Park();
      try {
        throw;
      } catch (const std::exception& e) {
        seen[0] = e.what();
      }
    }
    end.Done();
  });
  Fiber::Start(pool, kStack, [&] {
    try {
      throw std::runtime_error("second");
    } catch (...) {
      first->Unpark();
      try {
        throw;
      } catch (const std::exception& e) {
        seen[1] = e.what();
      }
    }
    end.Done();
  });
  end.Wait();
  CHECK(seen[0] == "first");
  CHECK(seen[1] == "second");
  CHECK(std::uncaught_exceptions() == 0);
}

TEST_CASE("fiber: what a body holds is gone when it has ended") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  Countdown end(1);
  auto notify = std::shared_ptr<int>(new int, [&end](int* p) {
    delete p;
    end.Done();
  });
  struct Held {
    std::shared_ptr<int> last;
    std::shared_ptr<int> first;  // Goes first.
  };
  Fiber::Start(pool, kStack, [all = Held{std::move(notify), std::move(held)}] {});
  end.Wait();
  CHECK(watch.expired());
}

}  // namespace
}  // namespace kratos::fiber
