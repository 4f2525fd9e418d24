// Where the framework says what strangers must not see: a sink for structured records.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kratos::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };

/// "DEBUG", "INFO", "WARN", "ERROR".
std::string_view ToString(Level level);

/// A key and its value, already printed.
using Attribute = std::pair<std::string_view, std::string>;

/// Receives records. Implementations are called from many threads at once and must not throw.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Write(Level level, std::string_view message,
                     const std::vector<Attribute>& attributes) = 0;
};

/// Replaces the process's sink; null restores the default, which writes one line a record to
/// stderr. Thread-safe.
void SetSink(std::shared_ptr<Sink> sink);

/// Hands a record to the sink. Thread-safe; never throws.
void Write(Level level, std::string_view message, std::vector<Attribute> attributes = {}) noexcept;

}  // namespace kratos::log
