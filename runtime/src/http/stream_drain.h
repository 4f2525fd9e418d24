// Ends a stream of messages when the server stops.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

#include "fiber/timer.h"
#include "kratos/errors/status.h"
#include "kratos/http/context.h"

namespace kratos::http {

/// While it lives: when the server begins to stop, the call has StreamOptions::drain to end by
/// itself, then its context is cancelled.
class StreamDrain {
 public:
  explicit StreamDrain(Context& ctx);
  ~StreamDrain();
  StreamDrain(const StreamDrain&) = delete;
  StreamDrain& operator=(const StreamDrain&) = delete;

  /// True once the time is up.
  bool over() const { return over_; }
  /// What the peer is told then.
  static Error Stopping();

 private:
  void Begin();

  Context& ctx_;
  std::atomic<bool> over_ = false;
  std::optional<fiber::Timer::Id> timer_;
  std::optional<std::stop_callback<std::function<void()>>> on_drain_;
};

}  // namespace kratos::http
