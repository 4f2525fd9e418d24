#include "kratos/middleware/cpu_load.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using std::chrono::milliseconds;

// Measures what it is told to.
class ScriptedMeter final : public CpuMeter {
 public:
  ScriptedMeter(std::shared_ptr<std::optional<double>> value, std::shared_ptr<int> asked)
      : value_(std::move(value)), asked_(std::move(asked)) {}
  std::optional<double> Sample() override {
    ++*asked_;
    return *value_;
  }

 private:
  std::shared_ptr<std::optional<double>> value_;
  std::shared_ptr<int> asked_;
};

struct Setup {
  FakeClock clock;
  std::shared_ptr<std::optional<double>> value = std::make_shared<std::optional<double>>(1000);
  std::shared_ptr<int> asked = std::make_shared<int>(0);
  CpuLoad load{std::make_unique<ScriptedMeter>(value, asked), clock.function()};
};

TEST_CASE("cpu load: one twentieth of a new sample every half second") {
  Setup s;
  CHECK(s.load.Get() == 0);
  s.clock.Advance(milliseconds(499));
  CHECK(s.load.Get() == 0);
  CHECK(*s.asked == 1);  // When it was made.
  s.clock.Advance(milliseconds(1));
  CHECK(s.load.Get() == Approx(50));
  CHECK(s.load.Get() == Approx(50));
  CHECK(*s.asked == 2);
  s.clock.Advance(milliseconds(500));
  CHECK(s.load.Get() == Approx(97.5));
}

TEST_CASE("cpu load: a longer silence counts for as many steps") {
  Setup s;
  s.clock.Advance(milliseconds(1100));
  CHECK(s.load.Get() == Approx(97.5));
  s.clock.Advance(milliseconds(400));  // 1500 in all: the third step.
  CHECK(s.load.Get() == Approx(142.625));
}

TEST_CASE("cpu load: a steady load is reached in full (framework 17, fault 36)") {
  Setup s;
  *s.value = 800;
  for (int i = 0; i < 400; ++i) {
    s.clock.Advance(milliseconds(500));
    s.load.Get();
  }
  CHECK(s.load.Get() == Approx(800));
}

TEST_CASE("cpu load: a meter that cannot tell changes nothing (framework 17, fault 36)") {
  Setup s;
  s.clock.Advance(milliseconds(500));
  CHECK(s.load.Get() == Approx(50));
  *s.value = std::nullopt;
  s.clock.Advance(milliseconds(500));
  CHECK(s.load.Get() == Approx(50));
}

// A root folder with files in it, which goes away with the object.
class Root {
 public:
  Root() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kratos-cpu-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Root() { std::filesystem::remove_all(path_); }
  void Write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::unique_ptr<CpuMeter> Meter() const { return MakeSystemCpuMeter(path_.string()); }

 private:
  std::filesystem::path path_;
};

TEST_CASE("cpu meter: the machine's share, without a quota") {
  const Root root;
  root.Write("proc/stat", "cpu  100 10 50 800 40 0 0 0 5 5\ncpu0 1 2 3\n");
  const auto meter = root.Meter();
  CHECK(meter->Sample() == std::nullopt);
  CHECK(meter->Sample() == std::nullopt);  // No time has passed.
  // 100 ticks more: 60 busy, 30 idle, 10 waiting for disks; guests are counted in user already.
  root.Write("proc/stat", "cpu  150 10 60 830 50 0 0 0 50 5\n");
  CHECK(*meter->Sample() == Approx(600));
  root.Write("proc/stat", "cpu  150 10 60 930 50 0 0 0 50 5\n");
  CHECK(*meter->Sample() == Approx(0));
}

TEST_CASE("cpu meter: files that are missing or broken are no measurement") {
  const Root root;
  CHECK(root.Meter()->Sample() == std::nullopt);
  root.Write("proc/stat", "intr 5\n");
  const auto meter = root.Meter();
  CHECK(meter->Sample() == std::nullopt);
  root.Write("proc/stat", "cpu 9 9 9 9\n");
  CHECK(meter->Sample() == std::nullopt);
}

TEST_CASE("cpu meter: a group that used its whole quota and more is at 1000, an idle one at 0") {
  const Root root;
  root.Write("proc/self/cgroup", "1:name=x:/old\n0::/outer/inner\n");
  root.Write("sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
  root.Write("sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
  root.Write("sys/fs/cgroup/outer/cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
  root.Write("proc/stat", "cpu 1 1 1 1\n");  // Not looked at.
  const auto meter = root.Meter();
  CHECK(meter->Sample() == std::nullopt);
  CHECK(*meter->Sample() == 0);
  // An hour of processor time within moments.
  root.Write("sys/fs/cgroup/outer/cpu.stat", "usage_usec 3601000000\nuser_usec 1\n");
  CHECK(*meter->Sample() == 1000);
}

TEST_CASE("cpu meter: the tightest quota around the process counts") {
  const Root root;
  root.Write("proc/self/cgroup", "0::/a\n");
  root.Write("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
  root.Write("sys/fs/cgroup/a/cpu.stat", "usage_usec 0\n");
  root.Write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  root.Write("sys/fs/cgroup/cpu.stat", "usage_usec 0\n");
  const auto meter = root.Meter();
  meter->Sample();
  root.Write("sys/fs/cgroup/cpu.stat", "usage_usec 3600000000\n");
  CHECK(*meter->Sample() == 1000);
}

TEST_CASE("cpu meter: this machine can be measured") {
  CHECK(SystemCpuLoad() >= 0);
  CHECK(SystemCpuLoad() <= 1000);
}

}  // namespace
}  // namespace kratos::middleware
