#include "fiber/thread_usage.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "support/catch.h"

namespace kratos::fiber {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

TEST_CASE("thread usage: waiting counts in full") {
  const ThreadUsage usage;
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, milliseconds(20), [] { return false; });
  CHECK(usage.Elapsed() >= milliseconds(20));
}

TEST_CASE("thread usage: work counts, and never more of it than time has passed") {
  const auto began = Clock::now();
  const ThreadUsage usage;
  volatile unsigned sum = 0;
  while (usage.Elapsed() < milliseconds(5)) {
    for (unsigned i = 0; i < 10'000; ++i) sum = sum + i;
  }
  const auto elapsed = usage.Elapsed();
  CHECK(elapsed >= milliseconds(5));
  CHECK(elapsed <= Clock::now() - began);
}

TEST_CASE("thread usage: work counts that takes much less than a tick of the system") {
  int counted = 0;
  volatile unsigned sum = 0;
  for (int round = 0; round < 100; ++round) {
    const ThreadUsage usage;
    for (unsigned i = 0; i < 1'000; ++i) sum = sum + i;
    if (usage.Elapsed() > milliseconds(0)) ++counted;
  }
  CHECK(counted == 100);
}

}  // namespace
}  // namespace kratos::fiber
