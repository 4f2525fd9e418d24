// Serves chat.Chat, and a page for it, until SIGINT or SIGTERM.
//
//   chat [ADDRESS]            default :8002; port 0 takes a free one
#include <cstdio>
#include <memory>
#include <string>

#include "chat_service.h"
#include "kratos/app/app.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/recovery.h"
#include "page.h"

namespace {

kratos::Status ServePage(kratos::http::Context& ctx) {
  kratos::Status status = ctx.SetHeader("Content-Security-Policy",
                                        "default-src 'self'; img-src data:; "
                                        "style-src 'unsafe-inline'; frame-ancestors 'none'");
  if (!status.ok()) return status;
  return ctx.Blob(200, "text/html; charset=utf-8", std::string(chat::kPageHtml));
}

kratos::Status ServeScript(kratos::http::Context& ctx) {
  return ctx.Blob(200, "text/javascript; charset=utf-8", std::string(chat::kPageJs));
}

}  // namespace

int main(int argc, char** argv) {
  // [server]
  kratos::http::Server http({
      .address = argc > 1 ? argv[1] : ":8002",
      .middleware = {kratos::middleware::Recovery(), kratos::middleware::Logging()},
  });
  chat::RegisterChatHttpServer(http, std::make_shared<chat::ChatService>());
  http.Route("/").Get("/", ServePage);
  http.Route("/").Get("/page.js", ServeScript);
  // [server]

  const kratos::AppHook say_port = [&](kratos::Context&) {
    std::printf("chat listens on port %d\n", http.port());
    std::fflush(stdout);
    return kratos::Status();
  };
  return kratos::App({.name = "chat",
                      .version = "v1.0.0",
                      .servers = {&http},
                      .after_start = {say_port},
                      .stop_timeout = std::chrono::seconds(5)})
      .Run();
}
