#include "kratos/health/registry.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/log/log.h"
#include "middleware/exception_slot.h"

namespace kratos::health {

using Time = std::chrono::steady_clock::time_point;

struct Registry::Impl {
  struct Named {
    std::string name;
    Check check;
    /// Its last result, to notice when it changes.
    bool passed = true;
  };

  RegistryOptions options;

  mutable std::mutex mutex;  // Guards what follows.
  bool serving = true;
  std::optional<Time> checked_at;
  std::vector<CheckResult> results;

  std::mutex checking;  // Held while checks run or change; before `mutex`.
  std::vector<Named> checks;

  std::mutex telling;  // Held while listeners are called or change; before `mutex`.
  std::map<std::uint64_t, Listener> listeners;
  std::uint64_t last_listener = 0;

  Time Now() const { return options.clock ? options.clock() : std::chrono::steady_clock::now(); }

  // The report, if it needs no check.
  std::optional<Report> Known() const {
    const std::lock_guard lock(mutex);
    if (!serving) return Report{false, {}};
    if (!checked_at || Now() - *checked_at >= options.max_age) return std::nullopt;
    return Report{true, results};
  }

  CheckResult Run(Named& named, Context* parent) const {
    Context ctx(parent);
    if (options.check_timeout.count() > 0) ctx.LimitDeadline(options.check_timeout);
    Status status;
    try {
      status = named.check(ctx);
    } catch (...) {
      status = InternalServer(kReasonUnknown, WhatWasThrown(std::current_exception()));
    }
    if (status.ok() != named.passed) {
      named.passed = status.ok();
      if (status.ok()) {
        log::Write(log::Level::kInfo, "health check passes again", {{"check", named.name}});
      } else {
        log::Write(log::Level::kWarn, "health check fails",
                   {{"check", named.name}, {"error", status.error().ToString()}});
      }
    }
    return {named.name, std::move(status)};
  }
};

bool Report::ready() const {
  return serving && std::all_of(checks.begin(), checks.end(),
                                [](const CheckResult& check) { return check.status.ok(); });
}

Registry::Registry(RegistryOptions options) : impl_(std::make_shared<Impl>()) {
  impl_->options = std::move(options);
}

Registry::~Registry() = default;

void Registry::Add(std::string name, Check check) {
  const std::lock_guard checking(impl_->checking);
  const std::lock_guard lock(impl_->mutex);
  impl_->checked_at.reset();
  for (auto& known : impl_->checks) {
    if (known.name != name) continue;
    known.check = std::move(check);
    return;
  }
  impl_->checks.push_back({std::move(name), std::move(check)});
}

void Registry::SetServing(bool serving) {
  const std::lock_guard telling(impl_->telling);
  {
    const std::lock_guard lock(impl_->mutex);
    if (std::exchange(impl_->serving, serving) == serving) return;
  }
  for (const auto& [id, listener] : impl_->listeners) listener(serving);
}

bool Registry::serving() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->serving;
}

Report Registry::Ask(Context* parent) {
  if (auto known = impl_->Known()) return *std::move(known);
  // One asker runs the checks; the others wait and get what it found.
  const std::lock_guard checking(impl_->checking);
  if (auto known = impl_->Known()) return *std::move(known);
  std::vector<CheckResult> results;
  for (auto& named : impl_->checks) results.push_back(impl_->Run(named, parent));
  const std::lock_guard lock(impl_->mutex);
  impl_->checked_at = impl_->Now();
  impl_->results = results;
  return {impl_->serving, std::move(results)};
}

std::chrono::milliseconds Registry::max_age() const { return impl_->options.max_age; }

std::shared_ptr<void> Registry::Subscribe(Listener listener) {
  const std::lock_guard telling(impl_->telling);
  const std::uint64_t id = ++impl_->last_listener;
  impl_->listeners.emplace(id, std::move(listener));
  // The handle may outlive the registry.
  return {nullptr, [impl = impl_, id](void*) {
            const std::lock_guard lock(impl->telling);
            impl->listeners.erase(id);
          }};
}

}  // namespace kratos::health
