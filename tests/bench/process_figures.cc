#include "process_figures.h"

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include "bare_client.h"

namespace kratos::bench {

double CpuMicroseconds(pid_t pid) {
  // As utime and stime of /proc/PID/stat, which count in hundredths of a second.
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
    Fail("the CPU time of process " + std::to_string(pid));
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

long ProcStatus(pid_t pid, std::string_view field) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field) && line.size() > field.size() && line[field.size()] == ':')
      return std::atol(line.c_str() + field.size() + 1);
  }
  return -1;
}

void ResetPeak(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << "5"; }

}  // namespace kratos::bench
