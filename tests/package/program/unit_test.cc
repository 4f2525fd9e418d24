// The stranger's unit test: calls stranger.Library without a socket. Prints "ok" and exits 0 when
// every reply is the right one.
#include <cstdio>
#include <memory>

#include "kratos/context/context.h"
#include "kratos/http/server.h"
#include "kratos/testing/in_memory_server.h"
#include "stranger/library.http.pb.h"

namespace {

class Library final : public stranger::LibraryServer {
  kratos::Status GetBook(kratos::Context&, const stranger::GetBookRequest& request,
                         stranger::Book* reply) override {
    reply->set_name(request.name());
    reply->set_pages(9007199254740993);
    return {};
  }
};

int Fail(const char* what) {
  std::fprintf(stderr, "wrong: %s\n", what);
  return 1;
}

}  // namespace

int main() {
  kratos::http::Server server;
  stranger::RegisterLibraryHttpServer(server, std::make_shared<Library>());
  auto memory = kratos::testing::InMemoryServer::Create(server);
  if (!memory.ok()) return Fail("InMemoryServer::Create");
  auto client = (*memory)->MakeClient();
  if (!client.ok()) return Fail("MakeClient");
  kratos::Context ctx;
  stranger::GetBookRequest get;
  get.set_name("shelves/1/books/2");
  stranger::Book book;
  if (!stranger::LibraryHttpClient(*client).GetBook(ctx, get, &book).ok()) return Fail("GetBook");
  if (book.name() != get.name() || book.pages() != 9007199254740993) return Fail("the book");
  if (!(*memory)
           ->CallRaw("GET /none HTTP/1.1\r\nHost: h\r\n\r\n")
           .starts_with("HTTP/1.1 404 Not Found\r\n"))
    return Fail("raw bytes");
  std::puts("ok");
  return 0;
}
