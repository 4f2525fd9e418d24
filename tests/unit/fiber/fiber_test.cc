#include "fiber/fiber.h"

#include <atomic>
#include <cstddef>
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

// pthread_self is a constant of the function to the compiler; a fiber may go on on another thread.
[[gnu::noinline]] std::thread::id ThisThread() { return std::this_thread::get_id(); }

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

TEST_CASE(
    "fiber: StepOut runs a call outside of the fiber, which goes on here or on its executor") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  Countdown end(1);
  const auto here = ThisThread();
  std::vector<std::thread::id> threads;
  bool was_fiber = true;
  std::string caught;
  Fiber::StartHere(pool, kStack, [&] {
    const char inside = 0;
    std::ptrdiff_t distance = 0;
    try {
      throw std::runtime_error("in flight");
    } catch (const std::runtime_error&) {
      Fiber::Current()->StepOut([&] {
        const char outside = 0;
        distance = &outside - &inside;
        was_fiber = Fiber::Current() != nullptr;
        threads.push_back(ThisThread());
        return true;
      });
      try {
        throw;
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
    }
    threads.push_back(ThisThread());
    CHECK(Fiber::Current() != nullptr);
    CHECK((distance > std::ptrdiff_t{kStack} || distance < -std::ptrdiff_t{kStack}));
    Fiber::Current()->StepOut([] { return false; });
    threads.push_back(ThisThread());
    end.Done();
  });
  end.Wait();
  CHECK_FALSE(was_fiber);
  CHECK(caught == "in flight");
  REQUIRE(threads.size() == 3);
  CHECK(threads[0] == here);
  CHECK(threads[1] == here);
  CHECK(threads[2] != here);
}

TEST_CASE("fiber: an Unpark while it has stepped out is not lost") {
  if (!kHaveFibers) return;
  ThreadPool pool(1, 0);
  Countdown end(2);
  for (const bool stay : {true, false}) {
    Fiber::StartHere(pool, kStack, [&end, stay] {
      Fiber* const self = Fiber::Current();
      self->StepOut([self, stay] {
        self->Unpark();
        return stay;
      });
      self->Park();
      end.Done();
    });
  }
  end.Wait();
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
