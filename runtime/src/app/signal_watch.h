// Signals, taken out of their handlers.
#pragma once

#include <signal.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "kratos/errors/status.h"

namespace kratos {

/// Waits for the first of some signals. There is one at a time in a process, since what a signal
/// does belongs to the whole process.
class SignalWatch {
 public:
  /// From now until the first of `signals`, or the end of this object, they are handled here; then
  /// they do what they did before. `on_signal` is called at most once, on a thread of its own. With
  /// no signals nothing is done. Fails when a signal cannot be handled, or another watch has any.
  static Result<std::unique_ptr<SignalWatch>> Begin(const std::vector<int>& signals,
                                                    std::function<void(int)> on_signal);
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

 private:
  SignalWatch() = default;
  void Restore();

  std::vector<std::pair<int, struct sigaction>> before_;
  std::thread thread_;
};

/// "SIGTERM".
std::string SignalName(int signal);

}  // namespace kratos
