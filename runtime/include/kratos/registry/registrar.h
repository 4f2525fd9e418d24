// Where an application makes itself known.
#pragma once

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/registry/service_instance.h"

namespace kratos::registry {

/// One registry, such as a cluster of etcd. Called by one thread at a time.
class Registrar {
 public:
  virtual ~Registrar() = default;
  /// Makes `instance` known and keeps it known, by heartbeats if need be, until Deregister or the
  /// end of this object. Returns when others can find it. Must return by the context's deadline,
  /// and soon after its cancellation.
  virtual Status Register(Context& ctx, const ServiceInstance& instance) = 0;
  /// Takes `instance` back; OK when it was not known. Also called after a Register that failed,
  /// which may have got through all the same. Must return by the context's deadline.
  virtual Status Deregister(Context& ctx, const ServiceInstance& instance) = 0;
};

}  // namespace kratos::registry
