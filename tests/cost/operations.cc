#include "operations.h"

#include <google/protobuf/arena.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "cost.http.pb.h"
#include "kratos/http/server.h"
#include "kratos/json/json.h"
#include "kratos/route/matcher.h"
#include "kratos/testing/in_memory_server.h"

namespace kratos::cost {

namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "cost_program: %s\n", what);
  std::exit(1);
}

class Service final : public CostServer {
 public:
  Status GetItem(Context&, const GetItemRequest& request, Item* reply) override {
    reply->set_id(request.id());
    return {};
  }
  Status Search(Context&, const SearchRequest& request, Item* reply) override {
    reply->set_id(request.page_token());
    reply->set_size_bytes(request.filter().tags_size());
    return {};
  }
  Status EchoPage(Context&, const Page& request, Page* reply) override {
    *reply = request;
    return {};
  }
};

Page MakePage() {
  Page page;
  for (int i = 0; i < 20; ++i) {
    Item& item = *page.add_items();
    item.set_id("shelves/17/books/" + std::to_string(4000 + i));
    item.set_title("A book about number " + std::to_string(i));
    item.set_size_bytes(std::int64_t{123456} * (i + 1));
    item.set_price(9.5 + i);
    item.set_state(STATE_ACTIVE);
    item.add_tags("fiction");
    item.mutable_create_time()->set_seconds(1'700'000'000 + i);
  }
  page.set_next_page_token("CAESBgoEdGVzdA");
  return page;
}

std::string PageText() {
  std::string text;
  Require(!json::Encode(MakePage(), {}, &text), "the page cannot be written");
  return text;
}

Operation Match() {
  route::Matcher::Builder builder;
  for (int i = 0; i < 1000; ++i) {
    builder.Add("GET", *route::PathTemplate::Parse("/v1/{name=projects/*/locations/*/things" +
                                                   std::to_string(i) + "/*}"));
  }
  return {"match one of 1,000 routes", [matcher = std::move(builder).Build()](int count) {
            route::Match match;
            for (int i = 0; i < count; ++i) {
              matcher->Find("GET", "/v1/projects/p/locations/l/things512/t", &match);
              Require(match.outcome == route::Match::Outcome::kFound, "the route is not found");
            }
          }};
}

Operation EncodeJson() {
  return {"write a page as JSON", [page = MakePage()](int count) {
            std::string text;
            for (int i = 0; i < count; ++i) {
              text.clear();
              Require(!json::Encode(page, {}, &text), "the page cannot be written");
            }
          }};
}

Operation DecodeJson() {
  return {"read a page from JSON", [text = PageText()](int count) {
            Page page;
            for (int i = 0; i < count; ++i) {
              page.Clear();
              Require(!json::Decode(text, {}, &page), "the page cannot be read");
            }
          }};
}

// A connection that brings one request after the other; its own beginning and end count too, and
// are little among many requests.
Operation Serve(std::string name, std::shared_ptr<testing::InMemoryServer> server,
                std::string request) {
  return {std::move(name), [server = std::move(server), request = std::move(request)](int count) {
            std::string bytes;
            for (int i = 0; i < count; ++i) bytes += request;
            const std::string replies = server->CallRaw(bytes);
            int good = 0;
            for (auto at = replies.find("HTTP/1.1 200 "); at != std::string::npos;
                 at = replies.find("HTTP/1.1 200 ", at + 1))
              ++good;
            Require(good == count, "a call failed");
          }};
}

}  // namespace

std::vector<Operation> MakeOperations() {
  static http::Server server;
  RegisterCostHttpServer(server, std::make_shared<Service>());
  auto created = testing::InMemoryServer::Create(server);
  Require(created.ok(), "the server cannot be made");
  const std::shared_ptr<testing::InMemoryServer> memory = std::move(*created);

  const std::string fields =
      "Host: api.example.com\r\nUser-Agent: cost/1.0\r\nAccept: application/json\r\n"
      "Accept-Encoding: identity\r\n";
  const std::string page = PageText();
  std::vector<Operation> operations;
  operations.push_back(Match());
  operations.push_back(EncodeJson());
  operations.push_back(DecodeJson());
  operations.push_back(
      Serve("serve a small GET", memory, "GET /v1/items/8f14e45f HTTP/1.1\r\n" + fields + "\r\n"));
  operations.push_back(
      Serve("serve a GET with a query", memory,
            "GET /v1/items:search?filter.owner=ann&filter.tags=a&filter.tags=b%20c&pageSize=50"
            "&page_token=CAESBgoEdGVzdA&newestFirst=true HTTP/1.1\r\n" +
                fields + "\r\n"));
  operations.push_back(
      Serve("serve a POST of a page", memory,
            "POST /v1/pages:echo HTTP/1.1\r\n" + fields + "Content-Type: application/json\r\n" +
                "Content-Length: " + std::to_string(page.size()) + "\r\n\r\n" + page));
  return operations;
}

}  // namespace kratos::cost
