// How serious a record is.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

namespace kratos::log {

/// The numbers are Go's (log/slog), four apart: a level in between is a cast away. kFatal is a
/// name only: logging at it ends nothing.
enum class Level : int { kDebug = -4, kInfo = 0, kWarn = 4, kError = 8, kFatal = 12 };

/// "DEBUG", "INFO", "WARN" or "ERROR", and the distance from it: "INFO+2", "DEBUG-1"; kFatal is
/// "ERROR+4".
std::string ToString(Level level);

/// Reads what ToString writes, and "fatal", without regard to case. Anything else is kInfo.
Level ParseLevel(std::string_view text);

/// A level that may be changed while loggers use it. Thread-safe.
class LevelVar {
 public:
  explicit LevelVar(Level level = Level::kInfo) : level_(level) {}
  Level Get() const { return level_.load(std::memory_order_relaxed); }
  void Set(Level level) { level_.store(level, std::memory_order_relaxed); }

 private:
  std::atomic<Level> level_;
};

}  // namespace kratos::log
