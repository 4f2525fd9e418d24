#include "kratos/log/spdlog.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "capture.h"
#include "support/catch.h"

namespace kratos::log {
namespace {

namespace fs = std::filesystem;

// A folder that goes away with the object.
class TempDir {
 public:
  TempDir() {
    std::string pattern = (fs::temp_directory_path() / "kratos-log-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TempDir() { fs::remove_all(path_); }
  std::string Path(const std::string& name) const { return (path_ / name).string(); }
  std::string Read(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  fs::directory_iterator Files() const { return fs::directory_iterator(path_); }

 private:
  fs::path path_;
};

Logger Through(std::shared_ptr<Writer> writer) {
  return Logger(MakeHandler({.writer = std::move(writer)}), FixedTime);
}

constexpr char kLine[] = "time=2006-01-02T15:04:05.678Z level=INFO msg=m n=1\n";

TEST_CASE("spdlog: lines go to the file as they are, percent signs and braces included") {
  const TempDir dir;
  auto writer = MakeSpdlogWriter({.path = dir.Path("sub/a.log")});
  REQUIRE(writer.ok());
  Through(*writer).Info("m", {{"n", 1}});
  Through(*writer).Info("%v {} %n");
  (*writer)->Flush();
  CHECK(dir.Read("sub/a.log") ==
        std::string(kLine) + "time=2006-01-02T15:04:05.678Z level=INFO msg=\"%v {} %n\"\n");
  CHECK((*writer)->dropped() == 0);
}

TEST_CASE("spdlog: an error is flushed at once") {
  const TempDir dir;
  auto writer = MakeSpdlogWriter({.path = dir.Path("a.log")});
  REQUIRE(writer.ok());
  Through(*writer).Error("m");
  CHECK(dir.Read("a.log").ends_with("level=ERROR msg=m\n"));
}

TEST_CASE("spdlog: rotation by size keeps so many files") {
  const TempDir dir;
  auto writer =
      MakeSpdlogWriter({.path = dir.Path("a.log"), .max_bytes = sizeof kLine - 1, .max_files = 2});
  REQUIRE(writer.ok());
  for (int i = 0; i < 5; ++i) Through(*writer).Info("m", {{"n", 1}});
  (*writer)->Flush();
  CHECK(dir.Read("a.log") == kLine);
  CHECK(dir.Read("a.1.log") == kLine);
  CHECK(dir.Read("a.2.log") == kLine);
  CHECK_FALSE(fs::exists(dir.Path("a.3.log")));
}

TEST_CASE("spdlog: daily files carry the date") {
  const TempDir dir;
  auto writer = MakeSpdlogWriter({.path = dir.Path("a.log"), .daily = true});
  REQUIRE(writer.ok());
  Through(*writer).Info("m", {{"n", 1}});
  (*writer)->Flush();
  int files = 0;
  for (const auto& entry : dir.Files()) {
    ++files;
    const std::string name = entry.path().filename().string();
    CAPTURE(name);
    CHECK(name.size() == std::string("a_2006-01-02.log").size());
    CHECK(dir.Read(name) == kLine);
  }
  CHECK(files == 1);
}

TEST_CASE("spdlog: what still waits is written when the writer goes away") {
  const TempDir dir;
  std::string expected;
  {
    auto writer = MakeSpdlogWriter(
        {.path = dir.Path("a.log"), .max_bytes = 0, .async = true, .queue_lines = 16});
    REQUIRE(writer.ok());
    const Logger log = Through(*writer);
    for (int i = 0; i < 200; ++i) {
      log.Info("m", {{"n", 1}});
      expected += kLine;
    }
  }
  CHECK(dir.Read("a.log") == expected);
}

TEST_CASE("spdlog: a file that cannot be opened is an error") {
  const TempDir dir;
  std::ofstream(dir.Path("file")) << "x";
  const auto writer = MakeSpdlogWriter({.path = dir.Path("file/a.log")});
  CHECK(writer.status().code() == 500);
  CHECK(writer.status().reason() == "LOG_FILE");
}

TEST_CASE("spdlog: a logger of the program's own, with levels carried over") {
  class Levels final : public spdlog::sinks::base_sink<std::mutex> {
   public:
    std::string text;

   private:
    void sink_it_(const spdlog::details::log_msg& msg) override {
      const auto name = spdlog::level::to_string_view(msg.level);
      text.append(name.data(), name.size()).append(" ");
    }
    void flush_() override {}
  };
  const auto sink = std::make_shared<Levels>();
  const auto writer = MakeSpdlogWriter(std::make_shared<spdlog::logger>("mine", sink));
  const Logger log(MakeHandler({.writer = writer, .level = Level::kDebug}));
  log.Debug("m");
  log.Info("m");
  log.Warn("m");
  log.Error("m");
  log.Log(Level::kFatal, "m");
  CHECK(sink->text == "debug info warning error critical ");
}

}  // namespace
}  // namespace kratos::log
