// One running instance of a service: what registries list, and what an application says of itself.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace kratos::registry {

/// A value. Copies are independent.
struct ServiceInstance {
  /// Unique among all instances of all services.
  std::string id{};
  /// The service's name, under which it is discovered.
  std::string name{};
  std::string version{};
  std::map<std::string, std::string> metadata{};
  /// URLs with scheme, host and port, such as "http://10.0.0.1:8000" and "grpc://10.0.0.1:9000".
  std::vector<std::string> endpoints{};

  /// "name-id".
  std::string ToString() const;
};

/// True when all is equal; the order of the endpoints does not count.
bool operator==(const ServiceInstance& a, const ServiceInstance& b);

}  // namespace kratos::registry

namespace kratos {

/// Who the program is whose call this is; see Context::app.
using AppInfo = registry::ServiceInstance;

}  // namespace kratos
