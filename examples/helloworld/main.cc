// Serves helloworld.Greeter over HTTP/JSON until SIGINT or SIGTERM.
//
//   helloworld [ADDRESS]      default :8000; port 0 takes a free one
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include <unistd.h>

#include "greeter_service.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

int main(int argc, char** argv) {
  // Signals are taken by sigwait below, on every thread alike.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  // [server]
  kratos::http::Server server({.address = argc > 1 ? argv[1] : ":8000"});
  helloworld::RegisterGreeterHttpServer(server, std::make_shared<helloworld::GreeterService>());
  server.Route("/").Get("/healthz",
                        [](kratos::http::Context& ctx) { return ctx.String(200, "ok\n"); });
  // [server]

  if (const kratos::Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "helloworld: %s\n", status.message().c_str());
    return 1;
  }
  std::printf("helloworld listens on port %d\n", server.port());
  std::fflush(stdout);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    (void)server.Stop(std::chrono::seconds(5));
  });
  const kratos::Status status = server.Start();
  if (!status.ok()) {
    std::fprintf(stderr, "helloworld: %s\n", status.message().c_str());
    kill(getpid(), SIGTERM);
  }
  stopper.join();
  return status.ok() ? 0 : 1;
}
