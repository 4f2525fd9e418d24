// A program as users write them: one server, one application. Prints its port; a call to /slow is
// answered once the application stops.
#include <cstdio>
#include <thread>

#include "kratos/app/app.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

namespace {

kratos::Status Say(const char* what, int number) {
  std::printf("%s %d\n", what, number);
  std::fflush(stdout);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  kratos::http::Server http({.address = argc > 1 ? argv[1] : "127.0.0.1:0",
                             .engine = argc > 2 ? argv[2] : "",
                             .timeout = std::chrono::milliseconds(0)});
  kratos::App app({.name = "app-program",
                   .version = "v1.0.0",
                   .servers = {&http},
                   .after_start = {[&](kratos::Context&) { return Say("port", http.port()); }},
                   .after_stop = {[&](kratos::Context&) { return Say("stopped", 0); }}});
  http.Route("/").Get("/slow", [&](kratos::http::Context& ctx) {
    (void)Say("called", 1);
    while (app.Ready()) std::this_thread::yield();
    while (http.Ready()) std::this_thread::yield();
    return ctx.String(200, ctx.app()->name + " " + ctx.app()->endpoints.front());
  });
  return app.Run();
}
