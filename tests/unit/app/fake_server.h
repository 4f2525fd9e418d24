// A server whose every step a test decides, and a journal of what happened.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "kratos/registry/registrar.h"
#include "kratos/transport/server.h"

namespace kratos {

/// What happened, in order. Thread-safe.
class Journal {
 public:
  void Add(std::string entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    changed_.notify_all();
  }
  std::vector<std::string> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  /// Blocks until the entry is there.
  void WaitFor(const std::string& entry) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return Index(entry) < entries_.size(); });
  }
  bool Has(const std::string& entry) const {
    const std::lock_guard lock(mutex_);
    return Index(entry) < entries_.size();
  }
  /// Whether both are there, `first` before `second`.
  bool Before(const std::string& first, const std::string& second) const {
    const std::lock_guard lock(mutex_);
    return Index(first) < Index(second) && Index(second) < entries_.size();
  }

 private:
  std::size_t Index(const std::string& entry) const {
    std::size_t i = 0;
    while (i < entries_.size() && entries_[i] != entry) ++i;
    return i;
  }
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

/// Serves, which is nothing but waiting, until it is stopped or told to end.
class FakeServer final : public transport::Server {
 public:
  FakeServer(Journal* journal, std::string name)
      : journal_(journal), name_(std::move(name)), endpoint_("fake://" + name_ + ":1") {}

  Status Start() override {
    journal_->Add(name_ + " starts");
    if (on_start) {
      if (Status status = on_start(); !status.ok()) return status;
    }
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_; });
    journal_->Add(name_ + " ends");
    return outcome_;
  }
  Status Stop(std::chrono::milliseconds grace) override {
    journal_->Add(name_ + " is stopped within " + std::to_string(grace.count()));
    if (on_stop) on_stop();
    End({});
    return stop_outcome;
  }
  Result<std::string> Endpoint() override {
    if (!endpoint_status.ok()) return endpoint_status;
    return endpoint_;
  }
  bool Ready() const override { return !ready || ready(); }
  void SetApp(std::shared_ptr<const AppInfo> info) override { app = std::move(info); }

  /// Makes Start return by itself.
  void End(Status outcome) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
    outcome_ = std::move(outcome);
    changed_.notify_all();
  }
  void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }

  std::function<Status()> on_start;
  std::function<void()> on_stop;
  std::function<bool()> ready;
  Status stop_outcome;
  Status endpoint_status;
  std::shared_ptr<const AppInfo> app;

 private:
  Journal* journal_;
  const std::string name_;
  std::string endpoint_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  Status outcome_;
};

class FakeRegistrar final : public registry::Registrar {
 public:
  explicit FakeRegistrar(Journal* journal) : journal_(journal) {}

  Status Register(Context& ctx, const registry::ServiceInstance& instance) override {
    registered = instance;
    journal_->Add("registered");
    return on_register ? on_register(ctx) : Status();
  }
  Status Deregister(Context& ctx, const registry::ServiceInstance& instance) override {
    journal_->Add(instance.id == registered.id ? "deregistered" : "deregistered another");
    return on_deregister ? on_deregister(ctx) : Status();
  }

  std::function<Status(Context& ctx)> on_register;
  std::function<Status(Context& ctx)> on_deregister;
  registry::ServiceInstance registered;

 private:
  Journal* journal_;
};

}  // namespace kratos
