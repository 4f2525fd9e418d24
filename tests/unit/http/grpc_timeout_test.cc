#include "http/grpc_timeout.h"

#include <chrono>

#include "support/catch.h"

namespace kratos::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds kYear = std::chrono::hours(24 * 365);

TEST_CASE("grpc timeout: K27, every unit, eight digits, capped at a year") {
  const struct {
    const char* text;
    nanoseconds value;
  } rows[] = {
      {"1H", 1h},
      {"2M", 2min},
      {"3S", 3s},
      {"4m", 4ms},
      {"5u", 5us},
      {"6n", 6ns},
      {"0n", 0ns},
      {"0H", 0ns},
      {"00000001S", 1s},
      {"99999999n", 99'999'999ns},
      {"99999999m", 99'999'999ms},
      {"99999999S", kYear},
      {"99999999M", kYear},
      {"99999999H", kYear},
      {"8760H", kYear},
      {"8759H", 8759h},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    REQUIRE(ParseGrpcTimeout(row.text));
    CHECK(*ParseGrpcTimeout(row.text) == row.value);
  }
}

TEST_CASE("grpc timeout: K27, everything else is malformed") {
  for (const char* text : {"", "S", "1", "1s", "1h", "1x", "1 S", " 1S", "1S ", "+1S", "-1S",
                           "1.5S", "0x1S", "123456789S", "1SS", "1,1S", "\xD9\xA1S"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseGrpcTimeout(text));
  }
}

TEST_CASE(
    "grpc timeout: what is written is exact where eight digits allow, never longer, and reads "
    "back") {
  CHECK(FormatGrpcTimeout(0ns) == "0n");
  CHECK(FormatGrpcTimeout(-1s) == "0n");
  CHECK(FormatGrpcTimeout(1ns) == "1n");
  CHECK(FormatGrpcTimeout(99'999'999ns) == "99999999n");
  CHECK(FormatGrpcTimeout(1s) == "1000000u");
  CHECK(FormatGrpcTimeout(nanoseconds::max()) == FormatGrpcTimeout(kYear));
  for (nanoseconds value = 1ns; value < kYear; value = value * 7 + 3ns) {
    CAPTURE(value.count());
    const auto read = ParseGrpcTimeout(FormatGrpcTimeout(value));
    REQUIRE(read);
    CHECK(*read <= value);
    CHECK(*read >= value - value / 100'000);
  }
}

}  // namespace
}  // namespace kratos::http
