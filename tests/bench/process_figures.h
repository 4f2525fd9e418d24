// What the kernel knows of another process.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace kratos::bench {

/// User and system time of a process so far, threads that have ended included, in microseconds.
double CpuMicroseconds(pid_t pid);

/// A line of /proc/PID/status, in its own unit (kB for memory); -1 when there is none.
long ProcStatus(pid_t pid, std::string_view field);

/// Makes VmHWM of `pid` start again from what is resident now.
void ResetPeak(pid_t pid);

}  // namespace kratos::bench
