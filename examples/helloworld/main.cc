// Serves helloworld.Greeter over HTTP/JSON and gRPC until SIGINT or SIGTERM.
//
//   helloworld [HTTP_ADDRESS [GRPC_ADDRESS]]      default :8000 and :9000; port 0 takes a free one
#include <cstdio>
#include <memory>
#include <vector>

#include "greeter.kratos_grpc.pb.h"
#include "greeter_service.h"
#include "kratos/admin/admin.h"
#include "kratos/app/app.h"
#include "kratos/grpc/server.h"
#include "kratos/health/registry.h"
#include "kratos/http/server.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/recovery.h"

int main(int argc, char** argv) {
  // [servers]
  const auto greeter = std::make_shared<helloworld::GreeterService>();
  const auto health = std::make_shared<kratos::health::Registry>();
  const std::vector<kratos::Middleware> middleware = {kratos::middleware::Recovery(),
                                                      kratos::middleware::Logging()};

  kratos::http::Server http({.address = argc > 1 ? argv[1] : ":8000", .middleware = middleware});
  helloworld::RegisterGreeterHttpServer(http, greeter);
  kratos::admin::RegisterAdmin(http, {.health = health});

  kratos::grpc::Server grpc({.address = argc > 2 ? argv[2] : ":9000",
                             .middleware = middleware,
                             .health_registry = health});
  helloworld::RegisterGreeterGrpcServer(grpc, greeter);
  // [servers]

  const kratos::AppHook say_ports = [&](kratos::Context&) {
    std::printf("helloworld listens on port %d\nand for gRPC on port %d\n", http.port(),
                grpc.port());
    std::fflush(stdout);
    return kratos::Status();
  };
  return kratos::App({.name = "helloworld",
                      .version = "v1.0.0",
                      .servers = {&http, &grpc},
                      .after_start = {say_ports},
                      .stop_timeout = std::chrono::seconds(5),
                      .health = health})
      .Run();
}
