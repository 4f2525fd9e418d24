// Loggers whose lines a test reads back.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/log/log.h"

namespace kratos::log {

class CaptureWriter final : public Writer {
 public:
  void Write(Level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    text_.append(line);
  }
  std::string Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(text_, {});
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

/// A clock that stands still at 2006-01-02T15:04:05.678Z.
inline std::chrono::system_clock::time_point FixedTime() {
  return std::chrono::system_clock::time_point(std::chrono::milliseconds(1'136'214'245'678));
}

/// A logger of lines; Take() gives them without the time.
class CaptureLogger {
 public:
  explicit CaptureLogger(HandlerOptions options = {})
      : logger_(MakeHandler(With(writer_, std::move(options))), FixedTime) {}
  const Logger* operator->() const { return &logger_; }
  const Logger& operator*() const { return logger_; }
  std::string Take() {
    std::string text = writer_->Take();
    for (const std::string_view time :
         {"time=2006-01-02T15:04:05.678Z ", R"("time":"2006-01-02T15:04:05.678Z",)"}) {
      for (auto at = text.find(time); at != std::string::npos; at = text.find(time))
        text.erase(at, time.size());
    }
    return text;
  }

 private:
  static HandlerOptions With(std::shared_ptr<Writer> writer, HandlerOptions options) {
    options.writer = std::move(writer);
    return options;
  }

  std::shared_ptr<CaptureWriter> writer_ = std::make_shared<CaptureWriter>();
  Logger logger_;
};

/// Makes such a logger the process's while it lives.
class CaptureDefault {
 public:
  explicit CaptureDefault(HandlerOptions options = {}) : logger_(std::move(options)) {
    SetDefault(*logger_);
  }
  CaptureDefault(const CaptureDefault&) = delete;
  CaptureDefault& operator=(const CaptureDefault&) = delete;
  ~CaptureDefault() { ResetDefault(); }
  std::string Take() { return logger_.Take(); }

 private:
  CaptureLogger logger_;
};

}  // namespace kratos::log
