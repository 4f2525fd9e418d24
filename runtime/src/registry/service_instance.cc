#include "kratos/registry/service_instance.h"

#include <algorithm>

namespace kratos::registry {

std::string ServiceInstance::ToString() const { return name + '-' + id; }

bool operator==(const ServiceInstance& a, const ServiceInstance& b) {
  return a.id == b.id && a.name == b.name && a.version == b.version && a.metadata == b.metadata &&
         std::is_permutation(a.endpoints.begin(), a.endpoints.end(), b.endpoints.begin(),
                             b.endpoints.end());
}

}  // namespace kratos::registry
