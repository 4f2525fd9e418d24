// The code of the guide's pages on compression, caching and CORS, compiled and run as a test.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/compression.h"
#include "kratos/http/conditional.h"
#include "kratos/http/context.h"
#include "kratos/http/cors.h"
#include "kratos/http/server.h"

namespace {

struct Stored {
  bookshop::Book book;
  std::string version;
};

class VersionedBookshop final : public bookshop::BookshopServer {
 public:
  // [not_modified]
  kratos::Status GetBook(kratos::Context& ctx, const bookshop::GetBookRequest&,
                         bookshop::Book* reply) override {
    auto* http = kratos::http::Context::From(ctx);  // Null over another transport.
    if (http != nullptr && kratos::http::NotModified(*http, State())) return {};  // 304 it is.
    *reply = stored_.book;  // The work that is saved.
    return {};
  }
  // [not_modified]

  // [preconditions]
  kratos::Status CreateBook(kratos::Context& ctx, const bookshop::CreateBookRequest& request,
                            bookshop::Book* reply) override {
    auto* http = kratos::http::Context::From(ctx);
    if (http != nullptr) {
      kratos::Status status = kratos::http::CheckPreconditions(*http, State());
      if (!status.ok()) return status;  // 412: somebody else was faster.
    }
    stored_ = {request.book(), stored_.version + "+"};
    *reply = stored_.book;
    return {};
  }
  // [preconditions]

  kratos::Status GetCover(kratos::Context&, const bookshop::GetBookRequest&,
                          google::api::HttpBody* reply) override {
    reply->set_content_type("image/png");
    reply->set_data("0123456789");
    return {};
  }

 private:
  kratos::http::Validators State() const {
    return {.etag = kratos::http::EntityTag{stored_.version}};
  }

  Stored stored_{{}, "v1"};
};

}  // namespace

int main() {
  int failures = 0;
  const auto expect = [&](bool condition, const char* what) {
    if (!condition) {
      std::printf("failed: %s\n", what);
      ++failures;
    }
  };

  // [cors]
  auto cors = kratos::http::Cors({
      .origins = {"https://app.example.com", "https://*.partner.example"},
      .exposed_headers = {"ETag"},
      .credentials = true,
  });
  if (!cors.ok()) std::printf("%s\n", std::string(cors.status().message()).c_str());
  // [cors]
  // [conditional]
  auto conditional = kratos::http::Conditional({
      .applies =
          [](const kratos::http::Context& ctx) {
            return ctx.transport().operation == bookshop::kOperationBookshopGetCover;
          },
  });
  // [conditional]
  // [options]
  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.filters = {*cors, conditional};  // The first is outermost.
  // [options]
  // [compression]
  options.compression.min_bytes = 4096;
  options.compression.codings = {"gzip"};
  options.compression.more_types = {"model/obj"};
  options.limits.max_decompressed_bytes = 16u << 20;
  // [compression]
  kratos::http::Server server(options);
  bookshop::RegisterBookshopHttpServer(server, std::make_shared<VersionedBookshop>());
  // [serve_blob]
  server.Route("/").Get("/logo.svg", [](kratos::http::Context& ctx) {
    ctx.response().headers.Set("Cache-Control", "max-age=3600");
    return kratos::http::ServeBlob(ctx, "image/svg+xml", "<svg/>");
  });
  // [serve_blob]
  if (!server.Listen().ok()) return 1;
  std::thread thread([&] { (void)server.Start(); });

  auto made = kratos::http::Client::Create(
      {.endpoint = "http://127.0.0.1:" + std::to_string(server.port())});
  bookshop::BookshopHttpClient client(made.value());
  kratos::Context ctx;
  bookshop::CreateBookRequest create;
  create.set_parent("shelves/fiction");
  create.mutable_book()->set_title("Emma");
  bookshop::Book book;
  kratos::http::CallOptions call;
  call.headers.Set("If-Match", "\"v1\"");
  expect(client.CreateBook(ctx, create, &book, call).ok(), "the version is the current one");
  expect(client.CreateBook(ctx, create, &book, call).code() == 412, "now it is not any more");
  bookshop::GetBookRequest get;
  get.set_name("shelves/fiction/books/1");
  expect(client.GetBook(ctx, get, &book).ok() && book.title() == "Emma", "the book is read");
  google::api::HttpBody cover;
  kratos::http::CallOptions range;
  range.headers.Set("Range", "bytes=2-4");
  expect(client.GetCover(ctx, get, &cover, range).ok() && cover.data() == "234",
         "a part of the cover");

  (void)server.Stop(std::chrono::seconds(5));
  thread.join();
  return failures == 0 ? 0 : 1;
}
