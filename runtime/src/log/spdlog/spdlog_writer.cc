#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/daily_file_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/log/spdlog.h"

namespace kratos::log {

namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  if (level < Level::kInfo) return spdlog::level::debug;
  if (level < Level::kWarn) return spdlog::level::info;
  if (level < Level::kError) return spdlog::level::warn;
  return level < Level::kFatal ? spdlog::level::err : spdlog::level::critical;
}

class WriterThroughSpdlog final : public SpdlogWriter {
 public:
  WriterThroughSpdlog(std::shared_ptr<spdlog::details::thread_pool> pool,
                      std::shared_ptr<spdlog::logger> logger)
      : pool_(std::move(pool)), logger_(std::move(logger)) {
    logger_->set_level(spdlog::level::trace);
    // Lines come with their own line break.
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%v", spdlog::pattern_time_type::local, std::string()));
  }

  void Write(Level level, std::string_view line) override {
    logger_->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
  }
  void Flush() override { logger_->flush(); }
  std::size_t dropped() const override { return pool_ == nullptr ? 0 : pool_->overrun_counter(); }

 private:
  // Goes away first to last: the logger, then the pool, which writes what waits.
  const std::shared_ptr<spdlog::details::thread_pool> pool_;
  const std::shared_ptr<spdlog::logger> logger_;
};

spdlog::sink_ptr MakeSink(const SpdlogOptions& options) {
  if (options.path.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (options.daily) {
    const auto files =
        std::min<std::size_t>(options.max_files, std::numeric_limits<std::uint16_t>::max());
    return std::make_shared<spdlog::sinks::daily_file_sink_mt>(options.path, 0, 0, false,
                                                               static_cast<std::uint16_t>(files));
  }
  if (options.max_bytes == 0)
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.path);
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.path, options.max_bytes,
                                                                options.max_files);
}

}  // namespace

Result<std::shared_ptr<SpdlogWriter>> MakeSpdlogWriter(SpdlogOptions options) {
  try {
    const spdlog::sink_ptr sink = MakeSink(options);
    std::shared_ptr<spdlog::details::thread_pool> pool;
    std::shared_ptr<spdlog::logger> logger;
    if (options.async) {
      pool = std::make_shared<spdlog::details::thread_pool>(
          std::max<std::size_t>(options.queue_lines, 1), 1);
      logger = std::make_shared<spdlog::async_logger>(
          "kratos", sink, pool,
          options.overflow == SpdlogOptions::Overflow::kWait
              ? spdlog::async_overflow_policy::block
              : spdlog::async_overflow_policy::overrun_oldest);
    } else {
      logger = std::make_shared<spdlog::logger>("kratos", sink);
    }
    logger->flush_on(ToSpdlog(options.flush_level));
    return std::shared_ptr<SpdlogWriter>(
        std::make_shared<WriterThroughSpdlog>(std::move(pool), std::move(logger)));
  } catch (const spdlog::spdlog_ex& e) {
    return InternalServer("LOG_FILE", e.what());
  }
}

std::shared_ptr<SpdlogWriter> MakeSpdlogWriter(std::shared_ptr<spdlog::logger> logger) {
  return std::make_shared<WriterThroughSpdlog>(nullptr, std::move(logger));
}

}  // namespace kratos::log
