// Serves helloworld.Greeter over HTTP/JSON until SIGINT or SIGTERM.
//
//   helloworld [ADDRESS]      default :8000; port 0 takes a free one
#include <cstdio>
#include <memory>

#include "greeter_service.h"
#include "kratos/app/app.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

int main(int argc, char** argv) {
  // [server]
  kratos::http::Server http({.address = argc > 1 ? argv[1] : ":8000"});
  helloworld::RegisterGreeterHttpServer(http, std::make_shared<helloworld::GreeterService>());
  http.Route("/").Get("/healthz",
                      [](kratos::http::Context& ctx) { return ctx.String(200, "ok\n"); });
  // [server]

  const kratos::AppHook say_port = [&](kratos::Context&) {
    std::printf("helloworld listens on port %d\n", http.port());
    std::fflush(stdout);
    return kratos::Status();
  };
  return kratos::App({.name = "helloworld",
                      .version = "v1.0.0",
                      .servers = {&http},
                      .after_start = {say_port},
                      .stop_timeout = std::chrono::seconds(5)})
      .Run();
}
