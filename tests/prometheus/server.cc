// A program with metrics: serves metered.Shop on both transports, calls itself, prints "port N",
// where N has /metrics, and goes on until SIGTERM.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "kratos/admin/admin.h"
#include "kratos/app/app.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "kratos/middleware/metrics.h"
#include "shop.http.pb.h"
#ifdef KRATOS_PROMETHEUS_TEST_HAVE_GRPC
#include "kratos/grpc/client.h"
#include "kratos/grpc/server.h"
#include "shop.kratos_grpc.pb.h"
#endif

namespace {

using kratos::Context;
using kratos::Status;
using metered::Item;

class Shop final : public metered::ShopServer {
 public:
  Status Get(Context&, const Item& request, Item* reply) override {
    if (request.name() == "none") return kratos::NotFound("NO_ITEM", "there is no such item");
    *reply = request;
    return {};
  }
  Status List(Context&, const Item& request, kratos::ServerStream<Item>& out) override {
    for (int i = 0; i < 3; ++i) {
      if (Status status = out.Send(request); !status.ok()) return status;
    }
    return {};
  }
};

template <class Client>
Status Get(const Client& client, const char* name) {
  Context ctx;
  Item request;
  request.set_name(name);
  Item reply;
  return client.Get(ctx, request, &reply);
}

// `good` calls that go well, `missing` that do not, and one stream.
template <class Client>
Status Calls(const Client& client, int good, int missing) {
  for (int i = 0; i < good; ++i) {
    if (Status status = Get(client, "a"); !status.ok()) return status;
  }
  for (int i = 0; i < missing; ++i) {
    if (!kratos::IsNotFound(Get(client, "none")))
      return kratos::InternalServer("FOUND", "the missing item is there");
  }
  Context ctx;
  Item request;
  request.set_name("a");
  auto reader = client.List(ctx, request);
  if (!reader.ok()) return reader.status();
  for (Item item;;) {
    const auto more = reader->Recv(&item);
    if (!more.ok()) return more.status();
    if (!*more) return {};
  }
}

}  // namespace

int main() {
  const auto registry = std::make_shared<kratos::metrics::Registry>();
  const std::vector<kratos::Middleware> metrics = {
      kratos::middleware::Metrics({.registry = registry})};
  const auto shop = std::make_shared<Shop>();
  kratos::http::Server http({.address = "127.0.0.1:0", .middleware = metrics});
  metered::RegisterShopHttpServer(http, shop);
  kratos::http::Server operators({.address = "127.0.0.1:0"});
  kratos::admin::RegisterAdmin(operators, {.metrics = [registry] { return registry->Text(); }});
  std::vector<kratos::transport::Server*> servers{&http, &operators};
#ifdef KRATOS_PROMETHEUS_TEST_HAVE_GRPC
  kratos::grpc::Server grpc({.address = "127.0.0.1:0", .middleware = metrics});
  metered::RegisterShopGrpcServer(grpc, shop);
  servers.push_back(&grpc);
#endif

  registry->AddCounter("shop_sales_total", "Sales, \"all\" of them;\nback\\slash.", {"shelf"})
      ->Add({"a \"b\" \\ \n sch\xC3\xB6n"}, 2.5);
  registry->AddGauge("shop_customers", "Customers in the shop.")->Set({}, -3);
  const kratos::AppHook call = [&](Context&) -> Status {
    auto over_http = kratos::http::Client::Create(
        {.endpoint = "127.0.0.1:" + std::to_string(http.port()), .middleware = metrics});
    if (!over_http.ok()) return over_http.status();
    if (Status status = Calls(metered::ShopHttpClient(*over_http), 3, 2); !status.ok())
      return status;
#ifdef KRATOS_PROMETHEUS_TEST_HAVE_GRPC
    auto over_grpc =
        kratos::grpc::Client::Create({.endpoint = grpc.address(), .middleware = metrics});
    if (!over_grpc.ok()) return over_grpc.status();
    if (Status status = Calls(metered::ShopGrpcClient(*over_grpc), 4, 1); !status.ok())
      return status;
#endif
    std::printf("port %d\n", operators.port());
    std::fflush(stdout);
    return {};
  };
  return kratos::App({.name = "metered", .servers = servers, .after_start = {call}}).Run();
}
