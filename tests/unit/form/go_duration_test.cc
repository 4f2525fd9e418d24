#include "form/go_duration.h"

#include <string>

#include "support/catch.h"

namespace kratos::form::internal {
namespace {

TEST_CASE("durations are read as Go reads them") {
  struct Row {
    std::string text;
    std::int64_t seconds;
    std::int32_t nanos;
  };
  const Row rows[] = {
      {"0", 0, 0},
      {"-0", 0, 0},
      {"0s", 0, 0},
      {"90s", 90, 0},
      {"1.5s", 1, 500'000'000},
      {"-1.5s", -1, -500'000'000},
      {"+3s", 3, 0},
      {"1m30s", 90, 0},
      {"2h", 7200, 0},
      {"1h1m1s1ms1us1ns", 3661, 1'001'001},
      {"1.5h", 5400, 0},
      {".5s", 0, 500'000'000},
      {"5.s", 5, 0},
      {"1500ms", 1, 500'000'000},
      {"3\xC2\xB5s", 0, 3000},
      {"3\xCE\xBCs", 0, 3000},
      {"0.000000001s", 0, 1},
      {"0.0000000019s", 0, 1},  // cut off, not rounded
      {"0.3333333333333333333h", 1199, 999'999'999},
      {"1s1s", 2, 0},
      {"315576000000s", 315'576'000'000, 0},
      {"-315576000000s", -315'576'000'000, 0},
      {"87660000h", 315'576'000'000, 0},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    std::int64_t seconds = 1;
    std::int32_t nanos = 1;
    REQUIRE(ParseGoDuration(row.text, &seconds, &nanos));
    CHECK(seconds == row.seconds);
    CHECK(nanos == row.nanos);
  }
}

TEST_CASE("what is no duration is refused") {
  for (const std::string text : {"",
                                 "-",
                                 "5",
                                 "s",
                                 ".s",
                                 "1.5",
                                 "1x",
                                 "1 s",
                                 " 1s",
                                 "1s ",
                                 "1s-1s",
                                 "1d",
                                 "null",
                                 "--1s",
                                 "315576000001s",
                                 "315576000000.1s",
                                 "87660001h",
                                 "99999999999999999999s",
                                 "0x1s",
                                 "9223372036854775808ns"}) {
    INFO(text);
    std::int64_t seconds = 0;
    std::int32_t nanos = 0;
    CHECK_FALSE(ParseGoDuration(text, &seconds, &nanos));
  }
}

}  // namespace
}  // namespace kratos::form::internal
