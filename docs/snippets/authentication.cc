// Authentication: what the guide quotes. Exits 0 when the answers are the right ones.
#include <google/protobuf/struct.pb.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "kratos/jwt/key.h"
#include "kratos/jwt/token.h"
#include "kratos/middleware/jwt.h"
#include "kratos/middleware/selector.h"

namespace {

namespace jwt = kratos::jwt;
namespace mw = kratos::middleware;

class Shop final : public bookshop::BookshopServer {
 public:
  // [claims]
  kratos::Status CreateBook(kratos::Context& ctx, const bookshop::CreateBookRequest& request,
                            bookshop::Book* reply) override {
    const auto* claims = ctx.Get<jwt::Claims>();
    if (claims->Text("role") != "editor")
      return kratos::Forbidden("NOT_AN_EDITOR", "only editors add books");
    // [claims]
    *reply = request.book();
    return {};
  }
  kratos::Status GetBook(kratos::Context&, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    reply->set_name(request.name());
    return {};
  }
};

int wrong = 0;

void Check(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "wrong: %s\n", what);
  ++wrong;
}

}  // namespace

int main() {
  std::ofstream("docs_authentication.json")
      << R"({"keys":[{"kty":"oct","kid":"2026-01","alg":"HS256","k":"YSBzZWNyZXQgb2YgbW9yZSB0aGFuIDMyIGJ5dGVzLi4u"}]})";

  // [server]
  // {"keys":[{"kty":"EC","crv":"P-256","kid":"2026-01","x":"...","y":"..."}, ...]}
  auto keys = jwt::OpenJwksFile("docs_authentication.json");
  if (!keys.ok()) return 1;

  mw::JwtServerOptions tokens;
  tokens.keys = *keys;
  tokens.verify.algorithms = {jwt::Algorithm::kES256, jwt::Algorithm::kHS256};
  tokens.verify.audience = "bookshop";
  tokens.verify.require_expiry = true;

  mw::SelectorOptions protect;
  protect.middleware = {mw::JwtServer(tokens)};
  protect.operations = {"*"};
  protect.except = {bookshop::kOperationBookshopGetBook};  // for everybody

  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.middleware = {mw::Selector(protect)};
  kratos::http::Server server(options);
  // [server]
  bookshop::RegisterBookshopHttpServer(server, std::make_shared<Shop>());
  if (!server.Listen().ok()) return 1;
  std::thread serving([&] { (void)server.Start(); });

  // [client]
  mw::JwtClientOptions me;
  me.key = jwt::Key::FromSecret("a secret of more than 32 bytes...", "2026-01").value();
  me.lifetime = std::chrono::minutes(5);  // adds iat and exp
  me.claims = [](const kratos::Context&) -> kratos::Result<google::protobuf::Struct> {
    google::protobuf::Struct claims;
    (*claims.mutable_fields())["aud"].set_string_value("bookshop");
    (*claims.mutable_fields())["role"].set_string_value("editor");
    return claims;
  };
  auto connection = kratos::http::Client::Create({
      .endpoint = "http://127.0.0.1:" + std::to_string(server.port()),
      .middleware = {mw::JwtClient(me)},
  });
  // [client]
  bookshop::CreateBookRequest create;
  create.set_parent("shelves/a");
  bookshop::Book book;
  kratos::Context ctx;
  Check(bookshop::BookshopHttpClient(connection.value()).CreateBook(ctx, create, &book).ok(),
        "editor");
  auto stranger = kratos::http::Client::Create(
      {.endpoint = "http://127.0.0.1:" + std::to_string(server.port())});
  bookshop::BookshopHttpClient client(stranger.value());
  Check(client.CreateBook(ctx, create, &book).reason() == "UNAUTHORIZED", "stranger");
  bookshop::GetBookRequest get;
  get.set_name("shelves/a/books/b");
  Check(client.GetBook(ctx, get, &book).ok(), "for everybody");

  (void)server.Stop(std::chrono::seconds(5));
  serving.join();
  std::remove("docs_authentication.json");
  if (wrong == 0) std::puts("ok");
  return wrong == 0 ? 0 : 1;
}
