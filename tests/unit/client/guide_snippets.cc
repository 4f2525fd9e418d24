// The code that docs/guide/client.md shows.
#include "client_fixture.h"

namespace kratos::http {
namespace {

// [create]
kratos::Result<std::shared_ptr<kratos::http::Client>> Connect(const std::string& endpoint) {
  return kratos::http::Client::Create({
      .endpoint = endpoint,  // "host:port", "http://host:port/prefix" or "https://..."
      .timeout = std::chrono::seconds(5),
      .max_attempts = 3,
  });
}
// [create]

TEST_CASE("the guide's client", "[client]") {
  ScriptedServer server({OkTimes(1)});
  auto client = Connect(server.address());
  REQUIRE(client.ok());
  CHECK(Invoke(**client, Method("GET", "/"), Call()).status.ok());
}

}  // namespace
}  // namespace kratos::http
