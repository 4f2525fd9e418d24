// grpc.health.v1.Health.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kratos/fiber/fiber.h"
#include "kratos/grpc/method.h"
#include "kratos/health/registry.h"

namespace kratos::grpc {

/// What the server says of itself and of its services. gRPC's own service of this kind is a switch
/// for all servers of a program. Thread-safe; must outlive the calls of its methods.
class Health {
 public:
  /// `registry` may be null; it then is always well.
  explicit Health(std::shared_ptr<kratos::health::Registry> registry);
  /// Check and Watch.
  std::vector<ServiceMethod> Methods();

  /// Notes a service ("" for the server as a whole) that serves while the server does, unless it
  /// was noted before.
  void Add(const std::string& service);
  /// Says whether a service could serve.
  void Set(const std::string& service, bool able);
  /// The server serves: so do all services that can. Without effect after Close.
  void Open();
  /// Nothing serves any more.
  void Close();

 private:
  // Whether the service serves while the registry is well; nothing for an unknown one.
  std::optional<bool> Find(const std::string& service) const;
  bool AskRegistry(Context& ctx) const;
  Status Watch(Context& ctx, const std::string& service, kratos::internal::MessageWriter& out);
  void Changed();  // With the lock held.

  const std::shared_ptr<kratos::health::Registry> registry_;
  mutable std::mutex mutex_;  // Guards what follows.
  fiber::ConditionVariable changed_;
  std::uint64_t changes_ = 0;
  std::map<std::string, bool> able_;
  enum class State { kBefore, kOpen, kClosed };
  State state_ = State::kBefore;

  std::shared_ptr<void> subscription_;  // Last: its end waits for a listener that runs.
};

}  // namespace kratos::grpc
