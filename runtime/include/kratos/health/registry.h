// Whether the program is well enough to be given work: what readiness probes of every transport
// ask.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"

namespace kratos::health {

/// Says whether one thing that the program needs is there, a database for example. Must return by
/// the context's deadline. An exception is a failure. Never called twice at a time.
using Check = std::function<Status(Context& ctx)>;

struct CheckResult {
  std::string name{};
  Status status{};
};

/// What there is to say at one moment.
struct Report {
  /// See Registry::SetServing.
  bool serving = true;
  /// In the order they were added; none while not serving.
  std::vector<CheckResult> checks{};

  /// Serving, and every check passed.
  bool ready() const;
};

struct RegistryOptions {
  /// For each check. Default 1 s.
  std::chrono::milliseconds check_timeout{1'000};
  /// How long results are good for, so that who asks often does not make work. Default 1 s.
  std::chrono::milliseconds max_age{1'000};
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// Serving or not, and checks by name. Thread-safe.
class Registry {
 public:
  explicit Registry(RegistryOptions options = {});
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// Adds a check, or replaces the one of this name.
  void Add(std::string name, Check check);
  /// Whether work is taken at all. True at first; an application (AppOptions::health) says false
  /// until it has started, and from the moment its stop begins.
  void SetServing(bool serving);
  bool serving() const;
  /// Runs the checks, unless there are fresh results or the program is not serving. `parent` brings
  /// the deadline forward. What a check says when it fails is for the log, where it is written when
  /// it begins to fail, and not for whoever asks.
  Report Ask(Context* parent = nullptr);

  /// See RegistryOptions::max_age.
  std::chrono::milliseconds max_age() const;

  /// Calls `listener` with each change of serving(), from the thread that makes it. Holds until the
  /// handle is gone, whose destructor waits for a listener that is running. For services that push
  /// their health.
  using Listener = std::function<void(bool serving)>;
  [[nodiscard]] std::shared_ptr<void> Subscribe(Listener listener);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace kratos::health
