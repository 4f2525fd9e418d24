// Middleware around calls: what it sees, adds and replaces.
#include "client_fixture.h"

namespace kratos::http {
namespace {

namespace pb = google::protobuf;

TEST_CASE("middleware sees the call and its reply", "[client]") {
  ScriptedServer server(
      {{{Reply("200 OK", "application/json", R"({"message":"m"})", "X-Reply: r\r\n")}}});
  auto options = OptionsFor(server);
  TransportInfo seen;
  std::string accept;
  std::string message;
  std::string reply_field;
  options.middleware = {[&](Handler next) {
    return [&, next](Context& ctx, const pb::Message& request, pb::Message* reply) {
      seen = ctx.transport();
      accept = ctx.request_header().Get("Accept");
      ctx.mutable_request_header().Add("X-Added", "yes");
      auto status = next(ctx, request, reply);
      message = dynamic_cast<Answer&>(*reply).message();
      reply_field = ctx.reply_header().Get("X-Reply");
      return status;
    };
  }};
  auto client = MakeClient(options);
  REQUIRE(Invoke(*client, Method("GET", "/v1/{name}"), CallOf("name: 'n'")).status.ok());
  CHECK(seen.side == TransportInfo::Side::kClient);
  CHECK(seen.kind == "http");
  CHECK(seen.endpoint == "http://" + server.address());
  CHECK(seen.operation == "/kratos.test.Client/Call");
  CHECK(seen.path_template == "/v1/{name}");
  CHECK(accept == "application/protojson");
  CHECK(message == "m");
  CHECK(reply_field == "r");
  CHECK(TakeApart(server.requests()[0].bytes).headers.Get("X-Added") == "yes");
}

TEST_CASE("middleware is composed once for each operation, outermost first", "[client]") {
  ScriptedServer server({OkTimes(3)});
  auto options = OptionsFor(server);
  int composed = 0;
  std::string order;
  for (const char letter : {'a', 'b'}) {
    options.middleware.push_back([&, letter](Handler next) {
      ++composed;
      return [&, letter, next](Context& ctx, const pb::Message& request, pb::Message* reply) {
        order += letter;
        return next(ctx, request, reply);
      };
    });
  }
  auto client = MakeClient(options);
  auto method = Method("GET", "/");
  REQUIRE(Invoke(*client, method, Call()).status.ok());
  REQUIRE(Invoke(*client, method, Call()).status.ok());
  CHECK(composed == 2);
  CHECK(order == "abab");
  method.operation = "/kratos.test.Client/Other";
  REQUIRE(Invoke(*client, method, Call()).status.ok());
  CHECK(composed == 4);
}

TEST_CASE("middleware may answer by itself, replace messages and pass a context of its own",
          "[client]") {
  ScriptedServer server({OkTimes(2)});
  auto options = OptionsFor(server);
  int mode = 0;
  options.middleware = {[&](Handler next) {
    return [&, next](Context& ctx, const pb::Message& request, pb::Message* reply) -> Status {
      if (mode == 0) return Forbidden("NO", "not today");
      if (mode == 1) {
        Call other;
        other.set_name("other");
        return next(ctx, other, reply);
      }
      if (mode == 2) {
        Context child(&ctx);
        child.mutable_request_header().Set("X-Child", "1");
        return next(child, request, reply);
      }
      Context stranger;
      return next(stranger, request, reply);
    };
  }};
  auto client = MakeClient(options);
  const auto method = Method("GET", "/v1/{name}");
  const auto call = CallOf("name: 'n'");
  CHECK(Invoke(*client, method, call).status.reason() == "NO");
  CHECK(server.accepted() == 0);
  mode = 1;
  REQUIRE(Invoke(*client, method, call).status.ok());
  CHECK(TakeApart(server.requests()[0].bytes).target == "/v1/other");
  mode = 2;
  REQUIRE(Invoke(*client, method, call).status.ok());
  CHECK(TakeApart(server.requests()[1].bytes).headers.Get("X-Child") == "1");
  CHECK(TakeApart(server.requests()[1].bytes).headers.Has("Accept"));
  mode = 3;
  CHECK(Invoke(*client, method, call).status.code() == 500);
}

}  // namespace
}  // namespace kratos::http
