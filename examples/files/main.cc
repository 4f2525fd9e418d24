// Serves files.Files over HTTP/JSON until SIGINT or SIGTERM.
//
//   files [ADDRESS]           default :8001; port 0 takes a free one
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include <unistd.h>

#include "files_service.h"
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
  kratos::http::Server server({.address = argc > 1 ? argv[1] : ":8001"});
  files::RegisterFilesHttpServer(server, std::make_shared<files::FilesService>());
  // [server]

  if (const kratos::Status status = server.Listen(); !status.ok()) {
    std::fprintf(stderr, "files: %s\n", status.message().c_str());
    return 1;
  }
  std::printf("files listens on port %d\n", server.port());
  std::fflush(stdout);

  std::thread stopper([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    (void)server.Stop(std::chrono::seconds(5));
  });
  const kratos::Status status = server.Start();
  if (!status.ok()) {
    std::fprintf(stderr, "files: %s\n", status.message().c_str());
    kill(getpid(), SIGTERM);
  }
  stopper.join();
  return status.ok() ? 0 : 1;
}
