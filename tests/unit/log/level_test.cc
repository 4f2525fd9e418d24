#include "kratos/log/level.h"

#include "support/catch.h"

namespace kratos::log {
namespace {

TEST_CASE("log level: names, and distances from them, both ways") {
  const struct {
    const char* text;
    int level;
  } rows[] = {{"DEBUG", -4}, {"DEBUG-2", -6}, {"DEBUG+1", -3}, {"INFO", 0},    {"INFO+2", 2},
              {"WARN", 4},   {"WARN+3", 7},   {"ERROR", 8},    {"ERROR+1", 9}, {"ERROR+4", 12}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(ToString(static_cast<Level>(row.level)) == row.text);
    CHECK(ParseLevel(row.text) == static_cast<Level>(row.level));
  }
  CHECK(ToString(Level::kFatal) == "ERROR+4");
}

TEST_CASE("log level: case does not count, and what is no level is INFO") {
  CHECK(ParseLevel("debug") == Level::kDebug);
  CHECK(ParseLevel("Warn-1") == static_cast<Level>(3));
  CHECK(ParseLevel("FATAL") == Level::kFatal);
  for (const char* text : {"", "x", "INFO+", "INFO-x", "INFO+1x", "INFO+-1", "ERROR+99999999999",
                           "+4", "WARN 1", "ERRORS"}) {
    CAPTURE(text);
    CHECK(ParseLevel(text) == Level::kInfo);
  }
}

TEST_CASE("log level: a variable one") {
  LevelVar level;
  CHECK(level.Get() == Level::kInfo);
  level.Set(Level::kError);
  CHECK(level.Get() == Level::kError);
}

}  // namespace
}  // namespace kratos::log
