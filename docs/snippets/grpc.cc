// The code of the guide to gRPC, compiled and run as a test: one service over gRPC and HTTP, and a
// client of each.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "bookshop.kratos_grpc.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/grpc/client.h"
#include "kratos/grpc/server.h"
#include "kratos/http/server.h"
#include "kratos/middleware/logging.h"
#include "kratos/middleware/recovery.h"

namespace {

class MyBookshop final : public bookshop::BookshopServer {
 public:
  kratos::Status GetBook(kratos::Context& ctx, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    if (request.name() != "shelves/1/books/1")
      return kratos::NotFound("BOOK_MISSING", "no book has this name")
          .WithMetadata("name", request.name());
    reply->set_name(request.name());
    reply->set_title("asked over " + ctx.transport().kind);
    return {};
  }
};

}  // namespace

int main() {
  // [server]
  // One service object, two servers, the same middleware.
  const auto shop = std::make_shared<MyBookshop>();
  const std::vector<kratos::Middleware> middleware = {kratos::middleware::Recovery(),
                                                      kratos::middleware::Logging()};

  kratos::grpc::Server grpc({.address = "127.0.0.1:0", .middleware = middleware});
  bookshop::RegisterBookshopGrpcServer(grpc, shop);

  kratos::http::Server http({.address = "127.0.0.1:0", .middleware = middleware});
  bookshop::RegisterBookshopHttpServer(http, shop);
  // [server]
  if (kratos::Status status = grpc.Listen(); !status.ok()) {
    std::fprintf(stderr, "%s\n", status.message().c_str());
    return 1;
  }
  std::thread serving([&grpc] { (void)grpc.Start(); });
  int result = 0;
  {
    // [client]
    auto made = kratos::grpc::Client::Create({.endpoint = grpc.address()});
    if (!made.ok()) return 1;
    const bookshop::BookshopGrpcClient client(*made);

    kratos::Context ctx;
    bookshop::GetBookRequest request;
    request.set_name("shelves/1/books/1");
    bookshop::Book book;
    kratos::Status status = client.GetBook(ctx, request, &book);
    // [client]
    if (!status.ok() || book.title() != "asked over grpc") result = 1;

    // [error]
    request.set_name("shelves/1/books/2");
    status = client.GetBook(ctx, request, &book);
    if (kratos::IsNotFound(status)) {
      std::printf("%s: %s (%s)\n", status.reason().c_str(), status.message().c_str(),
                  status.error().metadata().at("name").c_str());
    }
    // [error]
    if (status.code() != 404) result = 1;
  }
  // [stop]
  kratos::Status stopped = grpc.Stop(std::chrono::seconds(10));
  // [stop]
  serving.join();
  return stopped.ok() ? result : 1;
}
