#include "http/call_pace.h"

#include <chrono>
#include <cstddef>

#include "support/catch.h"

namespace kratos::http {
namespace {

using std::chrono::microseconds;

constexpr microseconds kQuick{5};
constexpr microseconds kSlow = CallPace::kShort * 10;
constexpr std::size_t kMebibyte = 1 << 20;

// One call, where the pace says.
void Call(CallPace& pace, microseconds took, std::size_t reply_bytes = 0) {
  if (pace.MayStay()) {
    pace.RecordHere(took, reply_bytes);
  } else {
    pace.RecordElsewhere(took, reply_bytes);
  }
}

void Call(CallPace& pace, int count, microseconds took) {
  for (int i = 0; i < count; ++i) Call(pace, took);
}

// How many quick calls it takes until calls count as quick.
int CallsUntilTheyStay(CallPace& pace) {
  int count = 0;
  for (; !pace.MayStay() && count < 100'000; ++count) Call(pace, kQuick);
  return count;
}

TEST_CASE("call pace: nothing is quick before some calls have been") {
  CallPace pace;
  CHECK_FALSE(pace.MayStay());
  const int count = CallsUntilTheyStay(pace);
  CHECK(count > 1);
  CHECK(count < 50);
}

TEST_CASE("call pace: what is slow from the beginning never counts as quick") {
  CallPace pace;
  for (int i = 0; i < 1000; ++i) {
    Call(pace, kSlow);
    CHECK_FALSE(pace.MayStay());
  }
}

TEST_CASE("call pace: one slow call among very many is let pass, some are not") {
  CallPace pace;
  Call(pace, 1000, kQuick);
  Call(pace, kSlow);
  CHECK(pace.MayStay());
  // One in ten.
  for (int i = 0; i < 100; ++i) {
    Call(pace, 9, kQuick);
    Call(pace, kSlow);
  }
  CHECK_FALSE(pace.MayStay());
}

TEST_CASE("call pace: a call that held its thread up costs the trust at once, and it comes back") {
  CallPace pace;
  Call(pace, 1000, kQuick);
  pace.RecordHeldUp();
  CHECK_FALSE(pace.MayStay());
  const int after_one = CallsUntilTheyStay(pace);
  CHECK(after_one > 100);
  for (int i = 0; i < 1'000'000; ++i) pace.RecordHeldUp();
  const int after_many = CallsUntilTheyStay(pace);
  CHECK(after_many > after_one);
  CHECK(after_many < 10'000);
}

TEST_CASE("call pace: a call may take longer for a long reply, but not for a huge one") {
  constexpr auto kForOne = CallPace::kShort + CallPace::kPerMebibyte;
  const auto stays = [](microseconds took, std::size_t reply_bytes) {
    CallPace pace;
    Call(pace, 100, kQuick);
    for (int i = 0; i < 20; ++i) pace.RecordHere(took, reply_bytes);
    return pace.MayStay();
  };
  CHECK(stays(kForOne, kMebibyte));
  CHECK_FALSE(stays(kForOne + microseconds(1), kMebibyte));
  CHECK_FALSE(stays(kForOne, kMebibyte / 2));
  CHECK(
      stays(CallPace::kShort + CallPace::kPerMebibyte * CallPace::kMostMebibytes, 64 * kMebibyte));
  CHECK_FALSE(stays(CallPace::kShort + CallPace::kPerMebibyte * (CallPace::kMostMebibytes + 1),
                    64 * kMebibyte));
}

// How many of `count` calls stay that take so long elsewhere, and so long here.
int Stay(CallPace& pace, int count, microseconds elsewhere, microseconds here,
         std::size_t reply_bytes) {
  int stay = 0;
  for (int i = 0; i < count; ++i) {
    if (pace.MayStay()) {
      ++stay;
      pace.RecordHere(here, reply_bytes);
    } else {
      pace.RecordElsewhere(elsewhere, reply_bytes);
    }
  }
  return stay;
}

TEST_CASE("call pace: what is slow elsewhere because of its long reply is tried here") {
  constexpr microseconds kSlowElsewhere = CallPace::kTolerable - microseconds(1);
  {
    CallPace pace;
    CHECK(Stay(pace, 1000, kSlowElsewhere, kQuick, kMebibyte) > 900);
  }
  {
    CallPace pace;  // And is as slow here.
    const int stay = Stay(pace, 1000, kSlowElsewhere, kSlowElsewhere, kMebibyte);
    CHECK(stay > 0);
    CHECK(stay < 50);
  }
  CallPace pace;
  CHECK(Stay(pace, 1000, CallPace::kTolerable, kQuick, kMebibyte) == 0);
  CHECK(Stay(pace, 1000, kSlowElsewhere, kQuick, CallPace::kLarge - 1) == 0);
}

}  // namespace
}  // namespace kratos::http
