#include "fiber/timer.h"

#include <atomic>
#include <string>

#include "fiber/parker.h"
#include "support/catch.h"

namespace kratos::fiber {
namespace {

using namespace std::chrono_literals;

TEST_CASE("timer: functions run in the order of their times") {
  Timer& timer = Timer::Get();
  std::string order;
  Parker all_there;
  Parker end;
  const auto now = Timer::Clock::now();
  // The timer's thread is held until all are there: none may be alone in being due.
  timer.At(now, [&] { all_there.Park(); });
  timer.At(now + 3ms, [&] {
    order += "c";
    end.Unpark();
  });
  timer.At(now + 1ms, [&] { order += "a"; });
  timer.At(now + 2ms, [&] { order += "b"; });
  all_there.Unpark();
  end.Park();
  CHECK(order == "abc");
}

TEST_CASE("timer: what is cancelled does not run; one that runs is waited for") {
  Timer& timer = Timer::Get();
  bool ran = false;
  const auto never = timer.At(Timer::Clock::now() + 1h, [&] { ran = true; });
  timer.Cancel(never);
  timer.Cancel(never);
  Parker begun;
  Parker go_on;
  std::atomic<bool> ended = false;
  const auto id = timer.At(Timer::Clock::now(), [&] {
    begun.Unpark();
    go_on.Park();
    ended = true;
  });
  begun.Park();
  go_on.Unpark();
  timer.Cancel(id);
  CHECK(ended);
  CHECK_FALSE(ran);
}

TEST_CASE("timer: a function may use the timer") {
  Timer& timer = Timer::Get();
  Parker end;
  Timer::Id own;
  timer.At(Timer::Clock::now(), [&] {
    own = timer.At(Timer::Clock::now() + 1ms, [&] {
      timer.Cancel(own);
      end.Unpark();
    });
  });
  end.Park();
}

}  // namespace
}  // namespace kratos::fiber
