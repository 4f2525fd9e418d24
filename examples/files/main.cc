// Serves files.Files over HTTP/JSON until SIGINT or SIGTERM.
//
//   files [ADDRESS]           default :8001; port 0 takes a free one
#include <cstdio>
#include <memory>

#include "files_service.h"
#include "kratos/app/app.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

int main(int argc, char** argv) {
  // [server]
  kratos::http::Server http({.address = argc > 1 ? argv[1] : ":8001"});
  files::RegisterFilesHttpServer(http, std::make_shared<files::FilesService>());
  // [server]

  const kratos::AppHook say_port = [&](kratos::Context&) {
    std::printf("files listens on port %d\n", http.port());
    std::fflush(stdout);
    return kratos::Status();
  };
  return kratos::App({.name = "files",
                      .version = "v1.0.0",
                      .servers = {&http},
                      .after_start = {say_port},
                      .stop_timeout = std::chrono::seconds(5)})
      .Run();
}
