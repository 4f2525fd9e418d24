// Serves stranger.Library on a free port and calls it through the generated client. Prints "ok" and
// exits 0 when every reply is the right one.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "stranger/library.http.pb.h"

namespace {

constexpr char kCover[] = {'\x89', 'P', 'N', 'G', '\0', '\xff'};

class Library final : public stranger::LibraryServer {
 public:
  kratos::Status GetBook(kratos::Context&, const stranger::GetBookRequest& request,
                         stranger::Book* reply) override {
    if (request.name() != "shelves/1/books/2")
      return kratos::NotFound("BOOK_MISSING", "no such book");
    reply->set_name(request.name());
    reply->set_title("Of proper names & others");
    reply->set_pages(9007199254740993);
    reply->mutable_printed()->set_seconds(86400);
    reply->mutable_problem()->set_reason("LENT");
    return {};
  }

  kratos::Status AddBook(kratos::Context&, const stranger::AddBookRequest& request,
                         stranger::Book* reply) override {
    *reply = request.book();
    reply->set_name(request.shelf() + "/books/3");
    return {};
  }

  kratos::Status GetCover(kratos::Context&, const stranger::GetBookRequest&,
                          google::api::HttpBody* reply) override {
    reply->set_content_type("image/png");
    reply->set_data(std::string(kCover, sizeof kCover));
    return {};
  }
};

int failures = 0;

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  ++failures;
}

void Check(const kratos::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "wrong: %s: %d %s %s\n", what, status.code(), status.reason().c_str(),
               status.message().c_str());
  ++failures;
}

void CallAll(const stranger::LibraryHttpClient& client) {
  stranger::GetBookRequest get;
  get.set_name("shelves/1/books/2");
  stranger::Book book;
  kratos::Context ctx;
  Check(client.GetBook(ctx, get, &book), "GetBook");
  Check(book.title() == "Of proper names & others", "title");
  Check(book.pages() == 9007199254740993, "64 bits survive JSON");
  Check(book.printed().seconds() == 86400, "timestamp");
  Check(book.problem().reason() == "LENT", "message of kratos");

  stranger::AddBookRequest add;
  add.set_shelf("shelves/7");
  add.mutable_book()->set_title("New");
  stranger::Book added;
  kratos::Context add_ctx;
  Check(client.AddBook(add_ctx, add, &added), "AddBook");
  Check(added.name() == "shelves/7/books/3" && added.title() == "New", "path variable and body");

  google::api::HttpBody cover;
  kratos::Context cover_ctx;
  Check(client.GetCover(cover_ctx, get, &cover), "GetCover");
  Check(cover.content_type() == "image/png" && cover.data() == std::string(kCover, sizeof kCover),
        "raw bytes");

  get.set_name("shelves/1/books/none");
  kratos::Context missing_ctx;
  const kratos::Status missing = client.GetBook(missing_ctx, get, &book);
  Check(missing.code() == 404 && missing.reason() == "BOOK_MISSING", "error of the service");
}

}  // namespace

int main() {
  kratos::http::Server server({.address = "127.0.0.1:0"});
  stranger::RegisterLibraryHttpServer(server, std::make_shared<Library>());
  if (const kratos::Status status = server.Listen(); !status.ok()) {
    Check(status, "Listen");
    return 1;
  }
  std::thread serving([&] { Check(server.Start(), "Start"); });

  auto connection =
      kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(server.port())});
  Check(connection.status(), "Client::Create");
  if (connection.ok()) CallAll(stranger::LibraryHttpClient(*connection));

  Check(server.Stop(std::chrono::seconds(5)), "Stop");
  serving.join();
  if (failures == 0) std::puts("ok");
  return failures == 0 ? 0 : 1;
}
