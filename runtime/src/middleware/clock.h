// A clock that tests replace.
#pragma once

#include <chrono>
#include <functional>

namespace kratos::middleware {

using SteadyClock = std::function<std::chrono::steady_clock::time_point()>;

inline std::chrono::steady_clock::time_point Now(const SteadyClock& clock) {
  return clock ? clock() : std::chrono::steady_clock::now();
}

inline double SecondsSince(std::chrono::steady_clock::time_point start, const SteadyClock& clock) {
  return std::chrono::duration<double>(Now(clock) - start).count();
}

}  // namespace kratos::middleware
