// The seam for discovery and balancing.
#include "client_fixture.h"

namespace kratos::http {
namespace {

class ListResolver : public Resolver {
 public:
  explicit ListResolver(std::vector<std::string> endpoints) : endpoints_(std::move(endpoints)) {}

  Result<std::string> Pick(const Context& ctx, std::function<void(const Status&)>* done) override {
    operations.push_back(ctx.transport().operation);
    if (next_ == endpoints_.size()) return ServiceUnavailable("NODE_NOT_FOUND", "no node");
    *done = [this](const Status& status) { outcomes.push_back(status.code()); };
    return endpoints_[next_++];
  }

  std::vector<std::string> operations;
  std::vector<int> outcomes;

 private:
  std::vector<std::string> endpoints_;
  std::size_t next_ = 0;
};

TEST_CASE("each try picks an endpoint and reports how it went", "[client]") {
  ScriptedServer broken({{{""}}});
  ScriptedServer busy({{{Reply("503 Unavailable", "", "")}}});
  ScriptedServer good({OkTimes(1)});
  auto resolver = std::make_shared<ListResolver>(std::vector<std::string>{
      "http://" + broken.address(), "http://" + busy.address(), good.address() + "/prefix"});
  ClientOptions options;
  options.timeout = {};
  options.max_attempts = 5;
  auto client = Client::Create(options, resolver);
  REQUIRE(client.ok());
  const auto outcome = Invoke(**client, Method("GET", "/v1"), Call());
  CHECK(outcome.status.ok());
  CHECK(resolver->outcomes == std::vector<int>{503, 503, 200});
  CHECK(resolver->operations == std::vector<std::string>(3, "/kratos.test.Client/Call"));
  CHECK(TakeApart(good.requests().at(0).bytes).target == "/prefix/v1");

  CHECK(Invoke(**client, Method("GET", "/v1"), Call()).status.reason() == "NODE_NOT_FOUND");
}

TEST_CASE("an endpoint that is none is reported", "[client]") {
  auto resolver = std::make_shared<ListResolver>(std::vector<std::string>{"grpc://x:1"});
  auto client = Client::Create({}, resolver);
  REQUIRE(client.ok());
  CHECK(Invoke(**client, Method("GET", "/"), Call()).status.reason() == "BAD_ENDPOINT");
  CHECK(resolver->outcomes == std::vector<int>{400});
}

}  // namespace
}  // namespace kratos::http
