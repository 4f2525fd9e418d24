// What handlers can say besides their message: status, header fields, cookies; and routes written
// by hand.
#include <atomic>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Status;
using HttpContext = kratos::http::Context;

// The HTTP side of a service method's context.
HttpContext& Http(kratos::Context& ctx) { return *HttpContext::From(ctx); }

TEST_CASE("answers: a service method sets status, header fields and cookies") {
  EchoTestServer server([](kratos::Context& ctx, const Msg&, Msg* reply) -> Status {
    auto& http = Http(ctx);
    http.SetStatus(201);
    Status status = http.SetHeader("Location", "/v1/path/new");
    status.Update(http.AddHeader("X-Many", "1"));
    status.Update(http.AddHeader("X-Many", "2"));
    status.Update(
        http.SetCookie({.name = "a", .value = "1", .path = "/", .domain = "", .http_only = true}));
    status.Update(http.SetCookie({.name = "b", .value = "2", .path = "", .domain = ""}));
    ctx.mutable_reply_header().Set("X-By-Metadata", "yes");
    reply->set_text(std::string(http.RequestCookie("session")) + "|" +
                    std::string(http.Header("x-lower")));
    return status;
  });
  const Reply reply = server.Get(
      "/v1/hook", {"-H", "Cookie: other=1; session=abc; session=def", "-H", "X-LOWER: v"});
  CHECK(reply.status == 201);
  CHECK(reply.headers.Get("Location") == "/v1/path/new");
  CHECK(reply.headers.Values("X-Many") == std::vector<std::string_view>{"1", "2"});
  CHECK(reply.headers.Values("Set-Cookie") ==
        std::vector<std::string_view>{"a=1; Path=/; HttpOnly", "b=2"});
  CHECK(reply.headers.Get("X-By-Metadata") == "yes");
  CHECK(reply.headers.Has("Date"));
  CHECK(reply.body.find("\"text\":\"abc|v\"") != std::string::npos);
}

TEST_CASE(
    "answers: K34, header fields and cookies that would forge others are refused, by every way") {
  const std::string evil = "v\r\nX-Evil: yes";
  const struct {
    const char* name;
    HookFunction hook;
  } rows[] = {
      {"SetHeader value",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         return Http(ctx).SetHeader("X-A", evil);
       }},
      {"SetHeader name",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         return Http(ctx).SetHeader("X-A: b\r\nX-Evil", "v");
       }},
      {"AddHeader",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         return Http(ctx).AddHeader("X-A", evil);
       }},
      {"cookie",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         return Http(ctx).SetCookie({.name = "a", .value = evil, .path = "", .domain = ""});
       }},
      {"metadata value",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         ctx.mutable_reply_header().Set("X-A", evil);
         return {};
       }},
      {"metadata name",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         ctx.mutable_reply_header().Set("X-A: b\r\nX-Evil", "yes");
         return {};
       }},
      {"response",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         Http(ctx).response().headers.Add("X-A", std::string("a\0b", 3));
         return {};
       }},
      {"blob type",
       [&](kratos::Context& ctx, const Msg&, Msg*) -> Status {
         return Http(ctx).Blob(200, evil, "x");
       }},
  };
  const LogCapture log;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    EchoTestServer server(row.hook);
    const Reply reply = server.Get("/v1/hook");
    CHECK(reply.status == 500);
    CHECK_FALSE(reply.headers.Has("X-Evil"));
    CHECK(reply.body.find("X-Evil") == std::string::npos);
    CHECK(AsError(reply).code == 500);
  }
}

TEST_CASE("answers: a status that no reply can have is a 500") {
  const LogCapture log;
  for (const int status : {0, 42, 100, 199, 1000}) {
    CAPTURE(status);
    EchoTestServer server([status](kratos::Context& ctx, const Msg&, Msg*) -> Status {
      return Http(ctx).String(status, "x");
    });
    CHECK(server.Get("/v1/hook").status == 500);
  }
}

TEST_CASE("answers: K31, 204 and 304 carry no body and no length") {
  std::atomic<int> status = 0;
  EchoTestServer server([&status](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    Http(ctx).SetStatus(status);
    return {};
  });
  for (const int each : {204, 304}) {
    status = each;
    RawConnection connection(server.port());
    for (int i = 0; i < 2; ++i) {  // The second shows that the first left nothing behind.
      connection.Send("GET /v1/hook HTTP/1.1\r\nHost: h\r\n\r\n");
      const Reply reply = connection.Read();
      CHECK(reply.status == each);
      CHECK_FALSE(reply.headers.Has("Content-Length"));
      CHECK_FALSE(reply.headers.Has("Content-Type"));
    }
  }
  TestServer plain;
  plain->Route("/").Get("/result", [](HttpContext& ctx) { return ctx.Result(204, Msg()); });
  plain.Start();
  CHECK(plain.Get("/result").status == 204);
}

TEST_CASE("answers: 205 has a length, of nothing") {
  EchoTestServer server([](kratos::Context& ctx, const Msg& request, Msg* reply) -> Status {
    *reply = request;
    Http(ctx).SetStatus(205);
    return {};
  });
  const Reply reply = server.Get("/v1/hook/x");
  CHECK(reply.status == 205);
  CHECK(reply.headers.Get("Content-Length") == "0");
  CHECK_FALSE(reply.headers.Has("Content-Type"));
}

TEST_CASE("answers: caches are told that Accept matters, where they may keep a reply") {
  std::atomic<bool> cached = false;
  EchoTestServer server([&cached](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    if (cached) ctx.mutable_reply_header().Set("Cache-Control", "max-age=60");
    return {};
  });
  CHECK_FALSE(server.Get("/v1/hook/x").headers.Has("Vary"));
  cached = true;
  CHECK(server.Get("/v1/hook/x").headers.Get("Vary") == "Accept");
  CHECK(server.Get("/v1/hook/x", {"-H", "Accept: application/xml"}).headers.Get("Vary") ==
        "Accept");
}

TEST_CASE("answers: the first answer counts") {
  EchoTestServer server([](kratos::Context& ctx, const Msg&, Msg* reply) -> Status {
    reply->set_text("never seen");
    return Http(ctx).String(202, "first");
  });
  const Reply reply = server.Get("/v1/hook");
  CHECK(reply.status == 202);
  CHECK(reply.body == "first");
  CHECK(reply.headers.Get("Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("answers: the context knows the transport, the operation, the template and the peer") {
  Guarded<kratos::TransportInfo> seen;
  EchoTestServer server([&seen](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    seen.Set(ctx.transport());
    return {};
  });
  REQUIRE(server.Get("/v1/hook/abc").status == 200);
  const kratos::TransportInfo info = seen.Get();
  CHECK(info.side == kratos::TransportInfo::Side::kServer);
  CHECK(info.kind == "http");
  CHECK(info.operation == "/e2e.Echo/Hook");
  CHECK(info.path_template == "/v1/hook/{text}");
  CHECK(info.endpoint == "http://127.0.0.1:" + std::to_string(server.port()));
  CHECK(info.endpoint == server->Endpoint().value());
  CHECK(info.peer.starts_with("127.0.0.1:"));
}

TEST_CASE("answers: routes written by hand, beside generated ones") {
  EchoTestServer server(LocalOptions(), nullptr, [](kratos::http::Server& s) {
    const auto router = s.Route("/plain");
    router.Get("/vars/{a}/{b=x/*}", [](HttpContext& ctx) {
      return ctx.String(200, std::string(ctx.Var("a")) + "," + std::string(ctx.Var("b")) + "," +
                                 std::string(ctx.Var("c")) + "," +
                                 std::to_string(ctx.Vars().size()) + "," +
                                 ctx.transport().operation);
    });
    router.Get("/query", [](HttpContext& ctx) -> Status {
      const auto query = ctx.Query();
      if (!query.ok()) return query.status();
      std::string text;
      for (const auto& [name, value] : *query) text += name + "=" + value + ";";
      return ctx.String(200, text);
    });
    router.Post("/bind/{text}", [](HttpContext& ctx) -> Status {
      auto* message = ctx.NewMessage<Msg>();
      Status status = ctx.Bind(message);
      status.Update(ctx.BindQuery(message));
      status.Update(ctx.BindVars(message));
      return ctx.Returns(*message, status);
    });
    router.Post("/form", [](HttpContext& ctx) -> Status {
      auto* message = ctx.NewMessage<Msg>();
      return ctx.Returns(*message, ctx.BindForm(message));
    });
    router.Get("/json", [](HttpContext& ctx) { return ctx.JSON(203, Msg()); });
    router.Get("/xml", [](HttpContext& ctx) { return ctx.XML(200, Msg()); });
    router.Get("/blob", [](HttpContext& ctx) { return ctx.Blob(200, "", Pattern(10)); });
    router.Get("/nothing", [](HttpContext&) { return Status(); });
    router.Get("/redirect", [](HttpContext& ctx) { return ctx.Redirect(301, "elsewhere"); });
    router.Put("/m", [](HttpContext& ctx) { return ctx.String(200, "put"); });
    router.Patch("/m", [](HttpContext& ctx) { return ctx.String(200, "patch"); });
    router.Delete("/m", [](HttpContext& ctx) { return ctx.String(200, "delete"); });
    router.Options("/m", [](HttpContext& ctx) { return ctx.String(200, "options"); });
    router.Head("/m", [](HttpContext& ctx) { return ctx.String(200, "head"); });
    router.Handle("brew", "/m", [](HttpContext& ctx) { return ctx.String(200, "brew"); });
  });
  CHECK(server.Get("/plain/vars/1/x/2").body == "1,x/2,,2,/plain/vars/{a}/{b=x/*}");
  CHECK(server.Get("/plain/query?b=2&a=%201&b").body == "b=2;a= 1;b=;");
  CHECK(server.Get("/plain/query?%zz").status == 400);
  CHECK(Fields(server.Send("POST", "/plain/bind/path?number=1", R"({"text":"x","flag":true})")) ==
        "text: \"path\" number: 1 flag: true");
  CHECK(Fields(server.Send("POST", "/plain/form?number=1", "text=a+b&tags=c",
                           "application/x-www-form-urlencoded")) ==
        "text: \"a b\" number: 1 tags: \"c\"");
  const Reply json = server.Get("/plain/json", {"-H", "Accept: application/xml"});
  CHECK(json.status == 203);
  CHECK(json.headers.Get("Content-Type") == "application/json");
  CHECK(server.Get("/plain/xml").headers.Get("Content-Type") == "application/xml");
  CHECK(server.Get("/plain/blob").headers.Get("Content-Type") == "application/octet-stream");
  const Reply nothing = server.Get("/plain/nothing");
  CHECK(nothing.status == 200);
  CHECK(nothing.headers.Get("Content-Length") == "0");
  CHECK(server.Get("/plain/redirect").headers.Get("Location") == "elsewhere");
  for (const char* method : {"PUT", "PATCH", "DELETE", "OPTIONS", "BREW"}) {
    CAPTURE(method);
    std::string lower = method;
    for (char& c : lower) c = static_cast<char>(c | 0x20);
    CHECK(server.Call(method, "/plain/m").body == lower);
  }
  CHECK(server.Call("HEAD", "/plain/m").headers.Get("Content-Length") == "4");
  CHECK(Fields(server.Get("/v1/path/a")) == "text: \"a\"");
}

TEST_CASE("answers: a response encoder of one's own") {
  auto options = LocalOptions();
  options.response_encoder = [](HttpContext& ctx, const google::protobuf::Message& reply,
                                const google::protobuf::FieldDescriptor* field) -> Status {
    ctx.response().headers.Set("Content-Type", "text/x-debug");
    ctx.response().body =
        (field == nullptr ? "whole" : std::string(field->name())) + ": " + reply.ShortDebugString();
    return {};
  };
  EchoTestServer server(options, [](kratos::Context& ctx, const Msg&, Msg* reply) -> Status {
    Http(ctx).SetStatus(201);
    reply->set_text("a");
    return {};
  });
  const Reply whole = server.Get("/v1/hook");
  CHECK(whole.status == 201);
  CHECK(whole.headers.Get("Content-Type") == "text/x-debug");
  CHECK(whole.body == "whole: text: \"a\"");
  CHECK(server.Get("/v1/reply/text?text=b").body == "text: text: \"b\"");
}

}  // namespace
}  // namespace e2e
