#include "http/call_pace.h"

#include <chrono>

#include "support/catch.h"

namespace kratos::http {
namespace {

using std::chrono::microseconds;

constexpr microseconds kQuick{5};
constexpr microseconds kSlow = CallPace::kShort * 10;

void Record(CallPace& pace, int count, microseconds took) {
  for (int i = 0; i < count; ++i) pace.Record(took);
}

// How many quick calls it takes until calls count as quick.
int CallsUntilShort(CallPace& pace) {
  int count = 0;
  for (; !pace.IsShort() && count < 100'000; ++count) pace.Record(kQuick);
  return count;
}

TEST_CASE("call pace: nothing is quick before some calls have been") {
  CallPace pace;
  CHECK_FALSE(pace.IsShort());
  const int count = CallsUntilShort(pace);
  CHECK(count > 1);
  CHECK(count < 50);
}

TEST_CASE("call pace: what is slow from the beginning never counts as quick") {
  CallPace pace;
  for (int i = 0; i < 1000; ++i) {
    pace.Record(kSlow);
    CHECK_FALSE(pace.IsShort());
  }
}

TEST_CASE("call pace: one slow call among very many is let pass, some are not") {
  CallPace pace;
  Record(pace, 1000, kQuick);
  pace.Record(kSlow);
  CHECK(pace.IsShort());
  // One in ten.
  for (int i = 0; i < 100; ++i) {
    Record(pace, 9, kQuick);
    pace.Record(kSlow);
  }
  CHECK_FALSE(pace.IsShort());
}

TEST_CASE("call pace: a call that held its thread up costs the trust at once, and it comes back") {
  CallPace pace;
  Record(pace, 1000, kQuick);
  pace.RecordHeldUp();
  CHECK_FALSE(pace.IsShort());
  const int after_one = CallsUntilShort(pace);
  CHECK(after_one > 100);
  for (int i = 0; i < 1'000'000; ++i) pace.RecordHeldUp();
  const int after_many = CallsUntilShort(pace);
  CHECK(after_many > after_one);
  CHECK(after_many < 10'000);
}

}  // namespace
}  // namespace kratos::http
