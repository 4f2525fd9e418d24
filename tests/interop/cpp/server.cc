// Serves interop.Interop and interop.Streams on a free port, printed as "port N", until SIGTERM or
// SIGINT.
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "say.h"
#include "service.h"
#include "streams.h"
#include "travel.h"

int main() {
  // Signals are taken by sigwait below, on every thread alike.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.timeout = std::chrono::seconds(1);
  kratos::http::Server server(options);
  interop::RegisterInteropHttpServer(server, std::make_shared<interop::InteropService>());
  const auto traveller = std::make_shared<interop::Traveller>();
  server.Use("/helloworld.Greeter/*", traveller->middleware());
  helloworld::RegisterGreeterHttpServer(server,
                                        std::make_shared<interop::GreeterService>(traveller));
  interop::RegisterStreamsHttpServer(server, std::make_shared<interop::StreamsService>());
  if (const kratos::Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "server: %s\n", status.message().c_str());
    return 1;
  }
  auto onward = interop::SayOver<helloworld::GreeterHttpClient, kratos::http::Client,
                                 kratos::http::ClientOptions>(
      *traveller, "127.0.0.1:" + std::to_string(server.port()));
  if (!onward.ok()) {
    std::fprintf(stderr, "server: %s\n", onward.status().message().c_str());
    return 1;
  }
  traveller->set_onward(*onward);
  std::printf("port %d\n", server.port());
  std::fflush(stdout);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    (void)server.Stop(std::chrono::seconds(5));
  });
  const kratos::Status status = server.Start();
  if (!status.ok()) {
    std::fprintf(stderr, "server: %s\n", status.message().c_str());
    kill(getpid(), SIGTERM);
  }
  stopper.join();
  return status.ok() ? 0 : 1;
}
