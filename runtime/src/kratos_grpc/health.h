// grpc.health.v1.Health.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "kratos/fiber/fiber.h"
#include "kratos/grpc/method.h"

namespace kratos::grpc {

/// What the server says of itself and of its services. gRPC's own service of this kind is a switch
/// for all servers of a program. Thread-safe; must outlive the calls of its methods.
class Health {
 public:
  /// Check and Watch.
  std::vector<ServiceMethod> Methods();

  /// Notes a service ("" for the server as a whole), or changes what is said of it. After Shutdown
  /// nothing changes any more.
  void Set(const std::string& service, bool serving);
  /// Says the same of all services that were noted.
  void SetAll(bool serving);
  /// SetAll(false) for good.
  void Shutdown();

 private:
  // Whether the service serves; nothing for an unknown one.
  std::optional<bool> Find(const std::string& service) const;

  mutable std::mutex mutex_;
  fiber::ConditionVariable changed_;
  std::map<std::string, bool> serving_;
  bool shut_down_ = false;
};

}  // namespace kratos::grpc
