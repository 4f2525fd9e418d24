// Middleware: what the guide quotes. Exits 0 when the answers are the right ones.
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "kratos/log/log.h"
#include "kratos/middleware/circuit_breaker.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/metadata_propagation.h"
#include "kratos/middleware/ratelimit.h"
#include "kratos/middleware/recovery.h"
#include "kratos/middleware/selector.h"
#include "kratos/middleware/timeout.h"
#include "kratos/middleware/validate.h"

namespace {

namespace mw = kratos::middleware;

// [own]
// Counts calls of each kind of outcome.
kratos::Middleware CountOutcomes(std::function<void(int code)> count) {
  return [count](kratos::Handler next) -> kratos::Handler {
    return [count, next](kratos::Context& ctx, const google::protobuf::Message& request,
                         google::protobuf::Message* reply) -> kratos::Status {
      kratos::Status status = next(ctx, request, reply);  // or an answer of its own
      count(status.code());
      return status;
    };
  };
}
// [own]

class Shop final : public bookshop::BookshopServer {
 public:
  kratos::Status GetBook(kratos::Context& ctx, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    if (request.name() == "shelves/a/books/broken") throw std::runtime_error("no connection");
    reply->set_name(request.name());
    // [tenant]
    const std::string tenant(ctx.server_metadata().Get("x-md-global-tenant"));
    // [tenant]
    reply->set_title(tenant);
    return {};
  }
  kratos::Status CreateBook(kratos::Context&, const bookshop::CreateBookRequest& request,
                            bookshop::Book* reply) override {
    *reply = request.book();
    return {};
  }
};

int wrong = 0;

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  ++wrong;
}

class NoLog final : public kratos::log::Handler {
  void Handle(const kratos::Context*, kratos::log::Record) override {}
};

}  // namespace

int main() {
  kratos::log::SetDefault(kratos::log::Logger(std::make_shared<NoLog>()));
  int bad = 0;

  // [rules]
  mw::ValidatorSet rules;
  rules.Add<bookshop::CreateBookRequest>(
      [](const bookshop::CreateBookRequest& request) -> kratos::Status {
        if (!request.book().title().empty()) return {};
        return kratos::BadRequest("TITLE", "a book needs a title");
      });
  // [rules]

  // [server]
  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.middleware = {
      mw::Recovery(),             // outermost: whatever throws becomes a 500
      mw::Logging(),              // one line a call
      mw::MetadataPropagation(),  // x-md-* of the request
      mw::RateLimit(),            // 429 under more load than the machine takes
      mw::Validate({rules}),      // 400 before anybody works on nonsense
  };
  kratos::http::Server server(options);
  // [server]
  // [by-operation]
  server.Use(bookshop::kOperationBookshopGetCover,
             {mw::Timeout({.timeout = std::chrono::milliseconds(300)})});
  // [by-operation]
  server.Use("/bookshop.*", {CountOutcomes([&bad](int code) { bad += code == 200 ? 0 : 1; })});
  bookshop::RegisterBookshopHttpServer(server, std::make_shared<Shop>());
  if (!server.Listen().ok()) return 1;
  std::thread serving([&] { (void)server.Start(); });

  {
    // [client]
    auto connection = kratos::http::Client::Create({
        .endpoint = "http://127.0.0.1:" + std::to_string(server.port()),
        .middleware = {mw::Logging(), mw::MetadataPropagation(), mw::CircuitBreaker()},
    });
    bookshop::BookshopHttpClient client(connection.value());

    kratos::Context ctx;
    ctx.mutable_client_metadata().Set("x-md-global-tenant", "blue");
    // [client]
    bookshop::GetBookRequest get;
    get.set_name("shelves/a/books/b");
    bookshop::Book book;
    Check(client.GetBook(ctx, get, &book).ok() && book.title() == "blue", "tenant");
    get.set_name("shelves/a/books/broken");
    Check(client.GetBook(ctx, get, &book).reason() == "UNKNOWN", "recovery");
    bookshop::CreateBookRequest create;
    create.set_parent("shelves/a");
    Check(client.CreateBook(ctx, create, &book).reason() == "VALIDATOR", "validate");
  }

  // [selector]
  mw::SelectorOptions most;
  most.middleware = {mw::RateLimit()};
  most.operations = {"/bookshop.*"};                       // as in Server::Use
  most.except = {bookshop::kOperationBookshopCreateBook};  // but not this one
  const kratos::Middleware limit_most = mw::Selector(most);
  // [selector]
  Check(limit_most != nullptr, "selector");

  (void)server.Stop(std::chrono::seconds(5));
  serving.join();
  Check(bad == 1, "count");
  if (wrong == 0) std::puts("ok");
  return wrong == 0 ? 0 : 1;
}
