// Structured logging: a logger in front of a handler, and the process's own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kratos/log/attribute.h"
#include "kratos/log/context.h"
#include "kratos/log/handler.h"
#include "kratos/log/level.h"

namespace kratos::log {

/// Makes records and hands them to a handler. A small value: copies share everything. Thread-safe;
/// nothing that goes wrong while logging reaches the caller.
class Logger {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;
  using Location = std::source_location;

  /// `handler` must not be null. Without a `clock` the system's is read.
  explicit Logger(std::shared_ptr<Handler> handler, Clock clock = nullptr);

  /// The same logger with more attributes in every record.
  Logger With(std::vector<Attribute> attributes) const;
  /// The same logger with what is added from here on in a group. An empty name changes nothing. The
  /// context's attributes stay outside.
  Logger WithGroup(std::string_view name) const;

  bool Enabled(Level level, const Context* ctx = nullptr) const noexcept;
  const std::shared_ptr<Handler>& handler() const;

  /// One record. `ctx` is the call it belongs to.
  void Log(Level level, std::string_view message, std::vector<Attribute> attributes = {},
           Location location = Location::current()) const noexcept {
    Emit(nullptr, level, message, std::move(attributes), location);
  }
  void Log(const Context& ctx, Level level, std::string_view message,
           std::vector<Attribute> attributes = {},
           Location location = Location::current()) const noexcept {
    Emit(&ctx, level, message, std::move(attributes), location);
  }

  void Debug(std::string_view message, std::vector<Attribute> attributes = {},
             Location location = Location::current()) const noexcept {
    Emit(nullptr, Level::kDebug, message, std::move(attributes), location);
  }
  void Debug(const Context& ctx, std::string_view message, std::vector<Attribute> attributes = {},
             Location location = Location::current()) const noexcept {
    Emit(&ctx, Level::kDebug, message, std::move(attributes), location);
  }
  void Info(std::string_view message, std::vector<Attribute> attributes = {},
            Location location = Location::current()) const noexcept {
    Emit(nullptr, Level::kInfo, message, std::move(attributes), location);
  }
  void Info(const Context& ctx, std::string_view message, std::vector<Attribute> attributes = {},
            Location location = Location::current()) const noexcept {
    Emit(&ctx, Level::kInfo, message, std::move(attributes), location);
  }
  void Warn(std::string_view message, std::vector<Attribute> attributes = {},
            Location location = Location::current()) const noexcept {
    Emit(nullptr, Level::kWarn, message, std::move(attributes), location);
  }
  void Warn(const Context& ctx, std::string_view message, std::vector<Attribute> attributes = {},
            Location location = Location::current()) const noexcept {
    Emit(&ctx, Level::kWarn, message, std::move(attributes), location);
  }
  void Error(std::string_view message, std::vector<Attribute> attributes = {},
             Location location = Location::current()) const noexcept {
    Emit(nullptr, Level::kError, message, std::move(attributes), location);
  }
  void Error(const Context& ctx, std::string_view message, std::vector<Attribute> attributes = {},
             Location location = Location::current()) const noexcept {
    Emit(&ctx, Level::kError, message, std::move(attributes), location);
  }

 private:
  struct State;
  explicit Logger(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  void Emit(const Context* ctx, Level level, std::string_view message,
            std::vector<Attribute> attributes, const Location& location) const noexcept;

  std::shared_ptr<const State> state_;
};

/// The process's logger, which the framework logs with. At first text on stderr, from kInfo on.
/// Thread-safe.
Logger Default();
void SetDefault(Logger logger);
/// Goes back to the logger that was there at first.
void ResetDefault();

/// One record through the process's logger.
void Write(Level level, std::string_view message, std::vector<Attribute> attributes = {},
           std::source_location location = std::source_location::current()) noexcept;
void Write(const Context& ctx, Level level, std::string_view message,
           std::vector<Attribute> attributes = {},
           std::source_location location = std::source_location::current()) noexcept;

}  // namespace kratos::log
