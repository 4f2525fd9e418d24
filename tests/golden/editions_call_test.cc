// Messages of an edition, called over a socket: what an edition's features change must reach the
// wire.
#include <memory>
#include <string>
#include <thread>

#include "editions_2023/in.http.pb.h"
#include "kratos/context/context.h"
#include "kratos/http/client.h"
#include "kratos/http/server.h"
#include "support/catch.h"
#ifdef KRATOS_HAS_EDITION_2024
#include "editions_2024/in.http.pb.h"
#endif

namespace {

namespace api = golden::editions;

// Answers what arrived.
class Items final : public api::ItemsServer {
 public:
  kratos::Status Get(kratos::Context&, const api::Item& request, api::Item* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Create(kratos::Context&, const api::Item& request, api::Item* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status SetPart(kratos::Context&, const api::Item& request, api::Item* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Content(kratos::Context&, const api::Item&, api::Item* reply) override {
    reply->mutable_content()->set_content_type("image/png");
    reply->mutable_content()->set_data("pixels");
    return {};
  }
  kratos::Status Check(kratos::Context&, const api::Strict& request, api::Strict* reply) override {
    *reply = request;
    return {};
  }
};

#ifdef KRATOS_HAS_EDITION_2024
namespace next = golden::editions_next;

class Books final : public next::BooksServer {
 public:
  kratos::Status GetBook(kratos::Context&, const next::GetBookRequest& request,
                         next::Book* reply) override {
    reply->set_name(request.name());
    reply->set_title(request.title());
    return {};
  }
  kratos::Status PutBook(kratos::Context&, const next::Book& request, next::Book* reply) override {
    *reply = request;
    return {};
  }
  kratos::Status Cover(kratos::Context&, const next::GetBookRequest&, next::Book* reply) override {
    reply->mutable_cover()->set_data("pixels");
    return {};
  }
};
#endif

class Fixture {
 public:
  Fixture() : server_({.address = "127.0.0.1:0"}) {
    api::RegisterItemsHttpServer(server_, std::make_shared<Items>());
#ifdef KRATOS_HAS_EDITION_2024
    next::RegisterBooksHttpServer(server_, std::make_shared<Books>());
#endif
    REQUIRE(server_.Listen().ok());
    thread_ = std::thread([this] { (void)server_.Start(); });
    auto made =
        kratos::http::Client::Create({.endpoint = "127.0.0.1:" + std::to_string(server_.port())});
    client = made.value();
  }
  ~Fixture() {
    client.reset();
    (void)server_.Stop(std::chrono::seconds(10));
    thread_.join();
  }

  // One request as text: status and body of the reply.
  std::string Send(std::string method, std::string target, std::string body = "") {
    kratos::http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    if (!body.empty()) request.headers.Set("Content-Type", "application/json");
    request.body = std::move(body);
    kratos::Context context;
    const auto reply = client->Do(context, request);
    REQUIRE(reply.ok());
    return std::to_string(reply.value().status) + ' ' + reply.value().body;
  }

  std::shared_ptr<kratos::http::Client> client;
  kratos::Context ctx;

 private:
  kratos::http::Server server_;
  std::thread thread_;
};

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("editions: fields are present as their features say") {
  Fixture f;
  // Explicit presence: a zero that was sent comes back, one that was not stays away.
  CHECK(f.Send("GET", "/v1/items/a?size=0") ==
        R"(200 {"name":"items/a","size":0,"count":0,"part":null,"parts":[],"codes":[],"states":[],)"
        R"("content":null,"byName":{}})");
  CHECK(Contains(f.Send("POST", "/v1/items", R"({"size":0,"count":0})"), R"("size":0,"count":0)"));
  CHECK_FALSE(Contains(f.Send("POST", "/v1/items", R"({"count":7})"), "size"));
  CHECK(f.Send("POST", "/v1/checks", R"({"id":""})") == R"(200 {"id":""})");
  CHECK(f.Send("POST", "/v1/checks", R"({"note":"x"})").starts_with("400 "));
}

TEST_CASE("editions: delimited fields are messages like any other") {
  Fixture f;
  const std::string item = f.Send(
      "POST", "/v1/items",
      R"({"part":{"text":"t"},"parts":[{"number":"5"}],"right":{"text":"r"},"codes":[1,2]})");
  CHECK(
      Contains(item, R"("part":{"text":"t","number":"0"},"parts":[{"number":"5"}],"codes":[1,2])"));
  CHECK(Contains(item, R"("right":{"text":"r","number":"0"})"));
  CHECK(f.Send("PUT", "/v1/items/a/part", R"({"text":"x","number":3})") ==
        R"(200 {"text":"x","number":"3"})");
  CHECK(Contains(f.Send("GET", "/v1/CLOSED_LOW/deep/items?part.number=4&parts[0].text=p"),
                 R"("part":{"text":"deep","number":"4"},"parts":[{"text":"p","number":"0"}])"));
  CHECK(f.Send("GET", "/v1/items/a:content") == "200 pixels");
}

TEST_CASE("editions: an open enum keeps any number, a closed one does not") {
  Fixture f;
  CHECK(Contains(f.Send("GET", "/v1/items/a?open=7&closed=CLOSED_HIGH"),
                 R"("open":7,"closed":"CLOSED_HIGH")"));
  CHECK(f.Send("GET", "/v1/items/a?closed=7").starts_with("400 "));
  CHECK(f.Send("GET", "/v1/7/x/items").starts_with("400 "));
  CHECK(Contains(f.Send("POST", "/v1/items", R"({"open":7,"states":[2]})"), R"("open":7)"));
  for (const char* body : {R"({"closed":7})", R"({"states":[1,7]})", R"({"byName":{"a":7}})"}) {
    INFO(body);
    CHECK(f.Send("POST", "/v1/items", body).starts_with("400 "));
  }
}

TEST_CASE("editions: the generated client sends and reads them") {
  Fixture f;
  const api::ItemsHttpClient client(f.client);
  api::Item item;
  item.set_name("items/a");
  item.set_size(0);
  item.mutable_part()->set_text("t");
  item.add_parts()->set_number(2);
  item.set_open(static_cast<api::Open>(9));
  item.set_closed(api::CLOSED_HIGH);
  (*item.mutable_by_name())["k"] = api::CLOSED_LOW;
  for (const std::size_t binding : {0u, 1u}) {
    INFO("binding " << binding);
    kratos::http::CallOptions options;
    options.binding = binding;
    api::Item reply;
    const kratos::Status status = client.Get(f.ctx, item, &reply, options);
    INFO(status.message());
    REQUIRE(status.ok());
    CHECK(reply.SerializeAsString() == item.SerializeAsString());
  }
  api::Item reply;
  REQUIRE(client.Create(f.ctx, item, &reply).ok());
  CHECK(reply.SerializeAsString() == item.SerializeAsString());
  REQUIRE(client.SetPart(f.ctx, item, &reply).ok());
  CHECK(reply.part().text() == "t");
  REQUIRE(client.Content(f.ctx, item, &reply).ok());
  CHECK(reply.content().content_type() == "image/png");
  CHECK(reply.content().data() == "pixels");
}

#ifdef KRATOS_HAS_EDITION_2024
TEST_CASE("editions: views instead of strings, and symbols that are local") {
  Fixture f;
  CHECK(f.Send("PUT", "/v1/books/a", R"({"title":"t","key":"AAE=","tags":["x"],"shelf":{}})") ==
        R"(200 {"name":"books/a","title":"t","key":"AAE=","tags":["x"],"cover":null,"shelf":{}})");
  const next::BooksHttpClient client(f.client);
  next::GetBookRequest wanted;
  wanted.set_name("books/a");
  wanted.set_title("t / t");
  next::Book reply;
  REQUIRE(client.GetBook(f.ctx, wanted, &reply).ok());
  CHECK(reply.title() == "t / t");
  kratos::http::CallOptions second;
  second.binding = 1;
  reply.Clear();
  REQUIRE(client.GetBook(f.ctx, wanted, &reply, second).ok());
  CHECK(reply.title() == "t / t");
  next::Book book;
  book.set_name("books/a");
  book.set_title("x");
  REQUIRE(client.PutBook(f.ctx, book, &reply, second).ok());
  CHECK(reply.title() == "x");
  REQUIRE(client.Cover(f.ctx, wanted, &reply).ok());
  CHECK(reply.cover().data() == "pixels");
}
#endif

}  // namespace
