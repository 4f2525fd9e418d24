// Options as gRPC's channel arguments take them: as ints, in which the largest stands for never.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <thread>

namespace kratos::grpc {

inline int ToInt(std::int64_t value) {
  return static_cast<int>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<int>::max()));
}

/// A size in bytes; zero means no limit, as everywhere, which gRPC spells -1.
inline int MessageLimit(std::size_t bytes) {
  return bytes == 0
             ? -1
             : static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
}

/// A time in milliseconds; zero means never.
inline int ArgumentOf(std::chrono::milliseconds time) {
  return time.count() <= 0 ? std::numeric_limits<int>::max() : ToInt(time.count());
}

/// How many threads block in calls at most: as many as asked for, or enough for calls that wait for
/// others most of their time.
inline std::size_t CallThreads(std::size_t asked) {
  const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  return asked != 0 ? asked : std::max<std::size_t>(32, 8 * cores);
}

}  // namespace kratos::grpc
