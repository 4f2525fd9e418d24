// The code of the README and the guide, compiled and run as a test: a server and its client in one
// process.
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

// [service]
class MyBookshop final : public bookshop::BookshopServer {
 public:
  kratos::Status GetBook(kratos::Context&, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    const std::lock_guard lock(mutex_);
    const auto book = books_.find(request.name());
    if (book == books_.end()) return kratos::NotFound("BOOK_MISSING", "no book has this name");
    *reply = book->second;
    return {};
  }

  kratos::Status CreateBook(kratos::Context&, const bookshop::CreateBookRequest& request,
                            bookshop::Book* reply) override {
    const std::lock_guard lock(mutex_);
    *reply = request.book();
    reply->set_name(request.parent() + "/books/" + std::to_string(books_.size() + 1));
    books_[reply->name()] = *reply;
    return {};
  }

  kratos::Status GetCover(kratos::Context&, const bookshop::GetBookRequest&,
                          google::api::HttpBody* reply) override {
    reply->set_content_type("image/svg+xml");
    reply->set_data("<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    return {};
  }

 private:
  std::mutex mutex_;
  std::map<std::string, bookshop::Book> books_;
};
// [service]

// [middleware]
// Refuses calls without a key; runs before the service method and also when the request could not
// be bound.
kratos::Middleware RequireKey(std::string key) {
  return [key](kratos::Handler next) -> kratos::Handler {
    return [key, next](kratos::Context& ctx, const google::protobuf::Message& request,
                       google::protobuf::Message* reply) -> kratos::Status {
      if (ctx.request_header().Get("X-Api-Key") != key)
        return kratos::Unauthorized("KEY_MISSING", "a key is needed");
      return next(ctx, request, reply);
    };
  };
}
// [middleware]

int main() {
  // [server]
  kratos::http::Server server({.address = "127.0.0.1:0"});
  bookshop::RegisterBookshopHttpServer(server, std::make_shared<MyBookshop>());
  server.Route("/").Get("/healthz",
                        [](kratos::http::Context& ctx) { return ctx.String(200, "ok\n"); });
  // [server]
  // [use]
  server.Use("/bookshop.Bookshop/CreateBook", {RequireKey("secret")});
  // [use]
  if (!server.Listen().ok()) return 1;
  std::thread thread([&] { (void)server.Start(); });
  int failures = 0;
  const auto expect = [&](bool condition, const char* what) {
    if (!condition) {
      std::printf("failed: %s\n", what);
      ++failures;
    }
  };

  // [client]
  auto made = kratos::http::Client::Create(
      {.endpoint = "http://127.0.0.1:" + std::to_string(server.port())});
  bookshop::BookshopHttpClient client(made.value());

  kratos::Context ctx;
  bookshop::GetBookRequest request;
  request.set_name("shelves/fiction/books/1");
  bookshop::Book book;
  kratos::Status status = client.GetBook(ctx, request, &book);  // GET /v1/shelves/fiction/books/1
  if (kratos::IsNotFound(status))
    std::printf("%s: %s\n", status.reason().c_str(), status.message().c_str());
  // [client]
  expect(status.reason() == "BOOK_MISSING", "a missing book is an error with its reason");

  bookshop::CreateBookRequest create;
  create.set_parent("shelves/fiction");
  create.mutable_book()->set_title("Emma");
  expect(kratos::IsUnauthorized(client.CreateBook(ctx, create, &book)),
         "the middleware refuses a call without a key");
  // [options]
  kratos::http::CallOptions options;
  options.headers.Set("X-Api-Key", "secret");
  status = client.CreateBook(ctx, create, &book, options);
  // [options]
  expect(status.ok() && book.name() == "shelves/fiction/books/1", "a book is created");
  expect(client.GetBook(ctx, request, &book).ok() && book.title() == "Emma",
         "the book is read back");
  google::api::HttpBody cover;
  expect(client.GetCover(ctx, request, &cover).ok() && cover.content_type() == "image/svg+xml",
         "the cover is raw bytes");

  // [stop]
  (void)server.Stop(std::chrono::seconds(5));  // Running calls get five seconds to finish.
  // [stop]
  thread.join();
  return failures == 0 ? 0 : 1;
}
