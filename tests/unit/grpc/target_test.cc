#include "kratos_grpc/channel_pool.h"
#include "support/catch.h"

namespace kratos::grpc {
namespace {

TEST_CASE("grpc target: endpoints as gRPC takes them") {
  const struct {
    const char* text;
    bool default_tls;
    const char* name;
    const char* endpoint;
    bool tls;
  } rows[] = {
      {"host:1", false, "dns:///host:1", "grpc://host:1", false},
      {"host:1", true, "dns:///host:1", "grpcs://host:1", true},
      {"grpc://host:1", false, "dns:///host:1", "grpc://host:1", false},
      {"grpc://host:1", true, "dns:///host:1", "grpcs://host:1", true},
      {"grpcs://host:1/", false, "dns:///host:1", "grpcs://host:1", true},
      {"[::1]:1", false, "dns:///[::1]:1", "grpc://[::1]:1", false},
      {"dns:///x:1", false, "dns:///x:1", "dns:///x:1", false},
      {"ipv4:1.2.3.4:5", true, "ipv4:1.2.3.4:5", "ipv4:1.2.3.4:5", true},
      {"unix:/tmp/x", false, "unix:/tmp/x", "unix:/tmp/x", false},
      {"unix:@x", false, "unix-abstract:x", "unix:@x", false},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto target = ParseTarget(row.text, row.default_tls);
    REQUIRE(target.ok());
    CHECK(target->name == row.name);
    CHECK(target->endpoint == row.endpoint);
    CHECK(target->tls == row.tls);
  }
}

TEST_CASE("grpc target: a full pool lets the longest unused channel go") {
  ClientOptions options;
  options.max_channels = 2;
  ChannelPool pool(options);
  const auto get = [&pool](const char* text) { return *pool.Get(*ParseTarget(text, false)); };
  const auto a = get("localhost:1");
  const auto b = get("localhost:2");
  CHECK(get("localhost:1") == a);
  const auto c = get("localhost:3");
  CHECK(get("localhost:1") == a);
  CHECK(get("localhost:3") == c);
  CHECK(get("localhost:2") != b);
}

}  // namespace
}  // namespace kratos::grpc
