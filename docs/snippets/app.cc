// What docs/guide/app.md quotes; ends itself as an operator would end it.
#include "kratos/app/app.h"

#include <csignal>
#include <cstdio>
#include <memory>

#include "bookshop.http.pb.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

namespace {

class MyBookshop final : public bookshop::BookshopServer {
 public:
  // [method]
  kratos::Status GetBook(kratos::Context& ctx, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    reply->set_name(request.name());
    reply->set_title("served by " + ctx.app()->name + " " + ctx.app()->version);
    return {};
  }
  // [method]
};

// [registrar]
class PrintingRegistrar final : public kratos::registry::Registrar {
 public:
  kratos::Status Register(kratos::Context&,
                          const kratos::registry::ServiceInstance& instance) override {
    std::printf("%s is reached under %s\n", instance.name.c_str(),
                instance.endpoints.front().c_str());
    return {};
  }
  kratos::Status Deregister(kratos::Context&,
                            const kratos::registry::ServiceInstance& instance) override {
    std::printf("%s is gone\n", instance.name.c_str());
    return {};
  }
};
// [registrar]

int Serve() {
  auto http = kratos::http::Server({.address = "127.0.0.1:0"});
  bookshop::RegisterBookshopHttpServer(http, std::make_shared<MyBookshop>());
  const auto stop_soon = [](kratos::Context&) {
    std::raise(SIGTERM);
    return kratos::Status();
  };
  kratos::AppOptions options{.name = "bookshop", .version = "v1.0.0", .servers = {&http}};
  // [options]
  options.registrar = std::make_shared<PrintingRegistrar>();
  options.before_start = {[](kratos::Context& ctx) {
    std::printf("opening the store of %s\n", ctx.app()->id.c_str());
    return kratos::Status();
  }};
  options.after_stop = {[](kratos::Context&) {
    std::printf("closing the store\n");
    return kratos::Status();
  }};
  options.stop_timeout = std::chrono::seconds(5);
  // [options]
  options.after_start = {stop_soon};
  return kratos::App(options).Run();
}

}  // namespace

// [main]
int RunBookshop() {
  auto http = kratos::http::Server({.address = ":8000"});
  bookshop::RegisterBookshopHttpServer(http, std::make_shared<MyBookshop>());
  return kratos::App({.name = "bookshop", .version = "v1.0.0", .servers = {&http}}).Run();
}
// [main]

// Every part is run but the one with the fixed port.
int main(int argc, char**) { return argc > 1 ? RunBookshop() : Serve(); }
