#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "capture.h"
#include "kratos/context/context.h"
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

TEST_CASE("log: the process's logger writes text to stderr, from INFO on") {
  ResetDefault();
  const std::string text = CaptureStderr([] {
    Write(Level::kDebug, "hidden");
    Write(Level::kInfo, "shown", {{"key", "a b"}});
  });
  CHECK(text.find("hidden") == std::string::npos);
  CHECK(text.starts_with("time="));
  CHECK(text.ends_with(" level=INFO msg=shown key=\"a b\"\n"));
}

TEST_CASE("log: the process's logger can be replaced and put back") {
  CaptureLogger mine;
  SetDefault(mine->With({{"app", "x"}}));
  const Context ctx;
  Write(ctx, Level::kWarn, "m");
  CHECK(mine.Take() == "level=WARN msg=m app=x\n");
  ResetDefault();
  CaptureStderr([] { Write(Level::kWarn, "m"); });
  CHECK(mine.Take().empty());
}

TEST_CASE("log: every level has its call, with and without a context") {
  CaptureLogger log({.level = Level::kDebug});
  Context ctx;
  AddAttributes(ctx, {{"c", 1}});
  log->Debug("m");
  log->Info("m", {{"a", 1}});
  log->Warn("m");
  log->Error("m");
  log->Log(Level::kFatal, "m");
  CHECK(log.Take() ==
        "level=DEBUG msg=m\nlevel=INFO msg=m a=1\nlevel=WARN msg=m\nlevel=ERROR msg=m\n"
        "level=ERROR+4 msg=m\n");
  log->Debug(ctx, "m");
  log->Info(ctx, "m", {{"a", 1}});
  log->Warn(ctx, "m");
  log->Error(ctx, "m");
  log->Log(ctx, Level::kFatal, "m");
  CHECK(log.Take() ==
        "level=DEBUG msg=m c=1\nlevel=INFO msg=m c=1 a=1\nlevel=WARN msg=m c=1\n"
        "level=ERROR msg=m c=1\nlevel=ERROR+4 msg=m c=1\n");
}

TEST_CASE("log: loggers with attributes and groups; the one they came from stays as it was") {
  CaptureLogger log;
  const Logger a = log->With({{"a", 1}});
  const Logger g = a.WithGroup("g").WithGroup("").With({{"b", 2}});
  const Logger h = g.WithGroup("h");
  h.Info("m", {{"c", 3}});
  h.Info("m");
  g.Info("m", {{"c", 3}});
  a.Info("m");
  log->Info("m");
  CHECK(log.Take() ==
        "level=INFO msg=m a=1 g.b=2 g.h.c=3\nlevel=INFO msg=m a=1 g.b=2\n"
        "level=INFO msg=m a=1 g.b=2 g.c=3\nlevel=INFO msg=m a=1\nlevel=INFO msg=m\n");
}

TEST_CASE("log: a variable level takes effect at once") {
  const auto level = std::make_shared<LevelVar>(Level::kError);
  HandlerOptions options;
  options.level_var = level;
  CaptureLogger log(options);
  CHECK_FALSE(log->Enabled(Level::kInfo));
  log->Info("no");
  level->Set(Level::kDebug);
  CHECK(log->Enabled(Level::kDebug));
  log->Debug("yes");
  CHECK(log.Take() == "level=DEBUG msg=yes\n");
}

TEST_CASE("log: a handler that throws does not reach the caller") {
  class Throwing final : public Handler {
    bool Enabled(const Context*, Level level) const override {
      if (level == Level::kDebug) throw std::runtime_error("asked");
      return true;
    }
    void Handle(const Context*, Record) override { throw std::runtime_error("full"); }
  };
  const Logger log(std::make_shared<Throwing>());
  log.Error("m", {{"key", "value"}});
  log.Debug("m");
  CHECK_FALSE(log.Enabled(Level::kDebug));
  CHECK(log.Enabled(Level::kInfo));
}

TEST_CASE("log: written from many threads while the logger changes") {
  class Counting final : public Handler {
   public:
    void Handle(const Context*, Record) override { ++count; }
    std::atomic<int> count = 0;
  };
  const auto first = std::make_shared<Counting>();
  const auto second = std::make_shared<Counting>();
  SetDefault(Logger(first));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) Write(Level::kInfo, "message");
    });
  }
  SetDefault(Logger(second));
  for (auto& thread : threads) thread.join();
  ResetDefault();
  CHECK(first->count + second->count == 2000);
}

}  // namespace
}  // namespace kratos::log
