#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/middleware/cpu_load.h"

namespace kratos::middleware {

namespace {

// Two counters that only grow: their growth's quotient is the share in use.
struct Usage {
  double used = 0;
  double available = 0;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "user 1 nice 2 ..." of the first line, in ticks (proc_stat(5)).
std::optional<Usage> ReadProcStat(const std::string& root) {
  std::istringstream line(ReadFile(root + "proc/stat"));
  std::string name;
  line >> name;
  if (name != "cpu") return std::nullopt;
  Usage usage;
  double idle = 0;
  double ticks = 0;
  // guest and guest_nice, the ninth and tenth, are in user and nice already.
  for (int field = 0; field < 8 && line >> ticks; ++field) {
    usage.available += ticks;
    if (field == 3 || field == 4) idle += ticks;
  }
  if (usage.available <= 0) return std::nullopt;
  usage.used = usage.available - idle;
  return usage;
}

// The group's CPU time in seconds ("usage_usec 1234" of cpu.stat).
std::optional<double> ReadGroupUsage(const std::string& group) {
  std::istringstream lines(ReadFile(group + "/cpu.stat"));
  std::string name;
  double value = 0;
  while (lines >> name >> value) {
    if (name == "usage_usec") return value / 1e6;
  }
  return std::nullopt;
}

struct QuotaGroup {
  std::string path;
  /// Processors' worth of time.
  double processors = 0;
};

// Where the control groups show: the process's own path as the file system's mount has it, and then
// every group around it. Inside a container that is usually the mount's root.
std::optional<QuotaGroup> FindQuota(const std::string& root) {
  std::istringstream lines(ReadFile(root + "proc/self/cgroup"));
  std::string own;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) own = line.substr(3);
  }
  std::optional<QuotaGroup> tightest;
  while (true) {
    while (own.ends_with('/')) own.pop_back();
    const std::string path = root + "sys/fs/cgroup" + own;
    std::istringstream quota(ReadFile(path + "/cpu.max"));
    double allowed = 0;
    double period = 0;
    // "max 100000" is no quota.
    if (quota >> allowed >> period && allowed > 0 && period > 0) {
      const double processors = allowed / period;
      if (!tightest || processors < tightest->processors) tightest = {path, processors};
    }
    if (own.empty()) return tightest;
    own.erase(std::min(own.rfind('/'), own.size()));
  }
}

class SystemCpuMeter final : public CpuMeter {
 public:
  explicit SystemCpuMeter(std::string root) : root_(std::move(root)), quota_(FindQuota(root_)) {}

  std::optional<double> Sample() override {
    const std::optional<Usage> now = Read();
    const std::optional<Usage> before = std::exchange(last_, now);
    if (!now || !before || now->available <= before->available) return std::nullopt;
    return std::clamp(1000 * (now->used - before->used) / (now->available - before->available), 0.0,
                      1000.0);
  }

 private:
  std::optional<Usage> Read() const {
    if (!quota_) return ReadProcStat(root_);
    const std::optional<double> used = ReadGroupUsage(quota_->path);
    if (!used) return std::nullopt;
    const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
    return Usage{*used, now.count() * quota_->processors};
  }

  const std::string root_;
  const std::optional<QuotaGroup> quota_;
  std::optional<Usage> last_;
};

}  // namespace

std::unique_ptr<CpuMeter> MakeSystemCpuMeter(std::string root) {
  if (!root.ends_with('/')) root.push_back('/');
  return std::make_unique<SystemCpuMeter>(std::move(root));
}

}  // namespace kratos::middleware
