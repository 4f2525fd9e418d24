#include "kratos/registry/service_instance.h"

#include "support/catch.h"

namespace kratos::registry {
namespace {

TEST_CASE(
    "service instance: equal when all is equal; 17.3 #41, a missing key is not an empty one") {
  const ServiceInstance a{"1", "shop", "v1", {{"zone", "b"}}, {"http://a:1", "grpc://a:2"}};
  ServiceInstance b = a;
  b.endpoints = {"grpc://a:2", "http://a:1"};
  CHECK(a == b);
  CHECK(b.endpoints.front() == "grpc://a:2");
  CHECK(a.ToString() == "shop-1");
  for (const auto& change : std::vector<void (*)(ServiceInstance&)>{
           [](ServiceInstance& i) { i.id = "2"; },
           [](ServiceInstance& i) { i.name = "x"; },
           [](ServiceInstance& i) { i.version = "v2"; },
           [](ServiceInstance& i) { i.metadata["weight"] = ""; },
           [](ServiceInstance& i) { i.endpoints.pop_back(); },
           [](ServiceInstance& i) { i.endpoints.push_back("http://a:1"); },
           [](ServiceInstance& i) { i.endpoints[0] = i.endpoints[1]; },
       }) {
    ServiceInstance changed = a;
    change(changed);
    CHECK_FALSE(changed == a);
    CHECK_FALSE(a == changed);
  }
}

}  // namespace
}  // namespace kratos::registry
