#include "kratos/log/log.h"

#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace kratos::log {
namespace {

// What `body` writes to stderr.
template <class Body>
std::string CaptureStderr(Body body) {
  FILE* file = tmpfile();
  REQUIRE(file != nullptr);
  fflush(stderr);
  const int saved = dup(STDERR_FILENO);
  dup2(fileno(file), STDERR_FILENO);
  body();
  fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::string text;
  rewind(file);
  char buffer[4096];
  for (size_t got = 0; (got = fread(buffer, 1, sizeof buffer, file)) > 0;) text.append(buffer, got);
  fclose(file);
  return text;
}

TEST_CASE(
    "log: the default sink writes one line a record, and what a peer sent cannot forge another") {
  const struct {
    const char* name;
    std::string value;
    std::string printed;
  } rows[] = {
      {"plain", "/v1/a.b:c", "/v1/a.b:c"},
      {"empty", "", "\"\""},
      {"blank", "a b", "\"a b\""},
      {"equals", "a=b", "\"a=b\""},
      {"quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\""},
      {"line break", "a\r\nERROR msg=forged", "\"a\\x0d\\x0aERROR msg=forged\""},
      {"escape sequence", "\x1b[31mred", "\"\\x1b[31mred\""},
      {"NUL", std::string("a\0b", 3), "\"a\\x00b\""},
      {"DEL", "a\x7f", "\"a\\x7f\""},
      {"UTF-8", "gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
  };
  SetSink(nullptr);
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(CaptureStderr([&] {
            Write(Level::kWarn, "it happened", {{"key", row.value}});
          }) == "WARN msg=\"it happened\" key=" + row.printed + "\n");
    CHECK(CaptureStderr([&] { Write(Level::kInfo, row.value); }) ==
          "INFO msg=" + row.printed + "\n");
  }
}

TEST_CASE("log: levels have names") {
  CHECK(ToString(Level::kDebug) == "DEBUG");
  CHECK(ToString(Level::kInfo) == "INFO");
  CHECK(ToString(Level::kWarn) == "WARN");
  CHECK(ToString(Level::kError) == "ERROR");
}

class ThrowingSink final : public Sink {
 public:
  void Write(Level, std::string_view, const std::vector<Attribute>&) override {
    throw std::runtime_error("full");
  }
};

TEST_CASE("log: a sink that throws does not reach the caller") {
  SetSink(std::make_shared<ThrowingSink>());
  Write(Level::kError, "message", {{"key", "value"}});
  SetSink(nullptr);
  SUCCEED();
}

class CountingSink final : public Sink {
 public:
  void Write(Level, std::string_view, const std::vector<Attribute>&) override { ++count; }
  std::atomic<int> count = 0;
};

TEST_CASE("log: written from many threads while the sink changes") {
  const auto first = std::make_shared<CountingSink>();
  const auto second = std::make_shared<CountingSink>();
  SetSink(first);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) Write(Level::kInfo, "message");
    });
  }
  SetSink(second);
  for (auto& thread : threads) thread.join();
  SetSink(nullptr);
  CHECK(first->count + second->count == 2000);
}

}  // namespace
}  // namespace kratos::log
