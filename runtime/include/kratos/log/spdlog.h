// Lines to spdlog: rotating and daily files, asynchronous writing. Needs the library
// kratos::spdlog, which exists where kratos was built with spdlog.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "kratos/errors/status.h"
#include "kratos/log/handler.h"
#include "kratos/log/level.h"

namespace spdlog {
class logger;
}  // namespace spdlog

namespace kratos::log {

struct SpdlogOptions {
  /// What happens when a queue is full.
  enum class Overflow : std::uint8_t {
    kWait,        ///< the one who logs waits
    kDropOldest,  ///< the oldest line in the queue is lost, and counted
  };

  /// The file lines are appended to; its folder is made when need be. Empty: stderr.
  std::string path{};
  /// A file that would grow beyond it becomes `name.1.ext`, the one before `name.2.ext`, and so
  /// on. Zero: no rotation by size. Default: 100 MiB.
  std::size_t max_bytes = 100 * 1024 * 1024;
  /// A new file every midnight (local time), named `name_2006-01-02.ext`, instead of rotation by
  /// size. Default: off.
  bool daily = false;
  /// Rotated files that are kept beside the present one; with `daily` files that are kept in all,
  /// zero for every one. Default: 5.
  std::size_t max_files = 5;
  /// Lines are written by a thread of their own. Default: off.
  bool async = false;
  /// Lines that may wait for it. Default: 8192.
  std::size_t queue_lines = 8192;
  Overflow overflow = Overflow::kWait;
  /// From this level on a line is on its way to the disk when Write returns (when its turn comes,
  /// if `async`). Default: kError.
  Level flush_level = Level::kError;
};

/// A Writer that lets spdlog write. Thread-safe. Going away it writes what still waits.
class SpdlogWriter : public Writer {
 public:
  /// Writes out what is buffered; with `async` once what waits before it is written.
  virtual void Flush() = 0;
  /// Lines lost to a full queue.
  virtual std::size_t dropped() const = 0;
};

/// 500 LOG_FILE when the file cannot be opened, with spdlog's text.
Result<std::shared_ptr<SpdlogWriter>> MakeSpdlogWriter(SpdlogOptions options);

/// Through a logger of the program's own, which must not be null. Its level is opened and its
/// pattern replaced: lines arrive finished.
std::shared_ptr<SpdlogWriter> MakeSpdlogWriter(std::shared_ptr<spdlog::logger> logger);

}  // namespace kratos::log
