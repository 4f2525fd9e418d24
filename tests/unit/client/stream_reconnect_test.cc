// Server-sent events asked for again after the connection broke.
#include <thread>

#include "stream_fixture.h"

namespace kratos::http {
namespace {

ClientOptions Reconnecting(const ScriptedServer& server, int times) {
  auto options = OptionsFor(server);
  options.streams.max_reconnects = times;
  return options;
}

// What came before the connection broke. The server wants no pause, which also keeps tests short.
std::string Broken(std::string_view events) {
  return ChunkedHead() + Chunk("retry: 0\n\n") + Chunk(":\n" + std::string(events));
}

TEST_CASE("K21: a stream of events goes on where it broke", "[client]") {
  ScriptedServer server({{{Broken("id: 1\ndata: {\"message\":\"a\"}\n\nid: 2\ndata: {\"mess")}},
                         {{Broken("data: {\"message\":\"b\"}\n\nid: 3\n\n")}},
                         {{StreamHead() + "data: {\"message\":\"c\"}\n\n"}}});
  auto options = Reconnecting(server, 1);
  int opened = 0;
  options.middleware.push_back([&](Handler next) -> Handler {
    return [&, next](Context& ctx, const google::protobuf::Message& request,
                     google::protobuf::Message* reply) {
      ++opened;
      return next(ctx, request, reply);
    };
  });
  auto client = MakeClient(options);
  const auto received = Read(*client, Stream(kWatch, StreamKind::kServer, "GET", "/w/{name}"),
                             CallOf("name: 'n' number: 1"));
  CHECK(received.status.ok());
  CHECK(received.messages == std::vector<std::string>{"a", "b", "c"});
  CHECK(opened == 1);
  const auto requests = server.requests();
  REQUIRE(requests.size() == 3);
  CHECK_FALSE(TakeApart(requests[0].bytes).headers.Has("Last-Event-ID"));
  CHECK(TakeApart(requests[1].bytes).headers.Get("Last-Event-ID") == "1");
  CHECK(TakeApart(requests[2].bytes).headers.Get("Last-Event-ID") == "3");
  for (const auto& request : requests) CHECK(TakeApart(request.bytes).target == "/w/n?number=1");
}

TEST_CASE("streams are asked for again as often as that is allowed", "[client]") {
  struct Row {
    const char* name;
    int times;
    std::vector<Script> scripts;
    std::size_t connections;
    int code;
  };
  const std::string error = "event: error\ndata: {\"code\":409}\n\n";
  const Row rows[] = {
      {"never by default", 0, {{{Broken("")}}}, 1, 503},
      {"twice in vain", 2, {{{Broken("")}}}, 3, 503},
      {"each message allows for more",
       1,
       {{{Broken("")}}, {{Broken("data: {}\n\n")}}, {{Broken("")}}, {{StreamHead()}}},
       3,
       503},
      {"not after the end", 2, {{{StreamHead() + "data: {}\n\n"}}}, 1, 200},
      {"not after an error", 2, {{{Broken(error)}}}, 1, 409},
      {"not when that is refused", 2, {{{Broken("")}}, {{Reply("404 No", "", "")}}}, 2, 404},
      {"again while the server is busy",
       2,
       {{{Broken("")}}, {{Reply("503 No", "", "")}}, {{StreamHead()}}},
       3,
       200},
      {"busy for too long", 2, {{{Broken("")}}, {{Reply("503 No", "", "")}}}, 3, 503},
      {"not when there is no more", 2, {{{Broken("")}}, {{Reply("204 No", "", "")}}}, 2, 200},
      {"not lines", 2, {{{ChunkedHead("application/x-ndjson")}}}, 1, 503},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    ScriptedServer server(row.scripts);
    const auto received = Read(*MakeClient(Reconnecting(server, row.times)), WatchMethod());
    CHECK(received.status.code() == row.code);
    CHECK(server.accepted() == row.connections);
  }
  // What may not be sent twice is not.
  ScriptedServer server({{{Broken("")}}});
  CHECK(Read(*MakeClient(Reconnecting(server, 2)),
             Stream(kWatch, StreamKind::kServer, "POST", "/w", "*"))
            .status.code() == 503);
  CHECK(server.accepted() == 1);
}

TEST_CASE("a pause before the next connection ends with the call", "[client]") {
  ScriptedServer server({{{ChunkedHead() + Chunk("retry: 3600000\n\n")}}});
  auto client = MakeClient(Reconnecting(server, 2));
  Context ctx;
  const Call request;
  auto call = client->Open(ctx, WatchMethod(), &request, {});
  REQUIRE(call.ok());
  std::thread canceller([&] {
    server.WaitForClosed(1);
    ctx.Cancel();
  });
  Answer answer;
  CHECK((*call)->Recv(&answer).status().code() == 499);
  canceller.join();
  CHECK(server.accepted() == 1);
}

}  // namespace
}  // namespace kratos::http
