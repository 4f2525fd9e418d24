// What failures look like, whoever causes them.
#include <atomic>
#include <stdexcept>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using kratos::Error;
using kratos::Status;

HookFunction Fails(Error error) {
  return [error](kratos::Context&, const Msg&, Msg*) -> Status { return error; };
}

TEST_CASE("errors: K26, the body is code, reason, message and metadata") {
  EchoTestServer server(
      Fails(kratos::NotFound("BOOK_MISSING", "no \"such\" book")
                .WithMetadata("id", "7")
                .WithCause(kratos::InternalServer("SECRET", "the cause is never sent"))));
  const Reply reply = server.Get("/v1/hook");
  CHECK(reply.status == 404);
  CHECK(
      reply.body ==
      R"({"code":404,"reason":"BOOK_MISSING","message":"no \"such\" book","metadata":{"id":"7"}})");
  CHECK(reply.headers.Get("Content-Type") == "application/json");
}

TEST_CASE("errors: K26, google.rpc.Status is an option") {
  auto options = LocalOptions();
  options.error_body = kratos::http::ErrorBody::kGoogleRpc;
  EchoTestServer server(
      options, Fails(kratos::NotFound("BOOK_MISSING", "no such book").WithMetadata("id", "7")));
  const Reply reply = server.Get("/v1/hook");
  CHECK(reply.status == 404);
  google::protobuf::Struct body;
  REQUIRE_FALSE(kratos::json::Decode(reply.body, {}, &body));
  CHECK(body.fields().at("code").number_value() == 5);
  CHECK(body.fields().at("message").string_value() == "no such book");
  REQUIRE(body.fields().at("details").list_value().values_size() == 1);
  const auto& info = body.fields().at("details").list_value().values(0).struct_value().fields();
  CHECK(info.at("@type").string_value() == "type.googleapis.com/google.rpc.ErrorInfo");
  CHECK(info.at("reason").string_value() == "BOOK_MISSING");
  CHECK(info.at("metadata").struct_value().fields().at("id").string_value() == "7");
}

TEST_CASE(
    "errors: K25, K26, the status is the code; outside 400..599 it is 500 and the body keeps the "
    "code") {
  std::atomic<int> code = 0;
  EchoTestServer server([&code](kratos::Context&, const Msg&, Msg*) -> Status {
    return Error(code.load(), "R", "m");
  });
  for (const int each : {400, 412, 422, 499, 500, 599, 399, 301, 200, 0, -1, 600, 99999}) {
    code = each;
    CAPTURE(each);
    const Reply reply = server.Get("/v1/hook");
    CHECK(reply.status == (each >= 400 && each <= 599 ? each : 500));
    CHECK(AsError(reply).code == each);
    CHECK(AsError(reply).reason == "R");
  }
}

TEST_CASE("errors: texts that are not UTF-8 are made so") {
  EchoTestServer server(
      Fails(kratos::BadRequest("R", "bad \xFF byte").WithMetadata("k\xFE", "v\xFD")));
  const Reply reply = server.Get("/v1/hook");
  CHECK(reply.status == 400);
  CHECK(AsError(reply).message == "bad \xEF\xBF\xBD byte");
}

TEST_CASE("errors: what a handler throws is a plain 500, its text goes to the log only") {
  const LogCapture log;
  std::atomic<int> what = 0;
  EchoTestServer server([&what](kratos::Context&, const Msg&, Msg*) -> Status {
    if (what == 0) throw std::runtime_error("the password is tiger");
    throw 42;
  });
  for (what = 0; what < 2; ++what) {
    const Reply reply = server.Get("/v1/hook");
    CHECK(reply.status == 500);
    const ErrorReply error = AsError(reply);
    CHECK(error.code == 500);
    CHECK(error.reason == "UNKNOWN");
    CHECK(error.message == "internal error");
    CHECK(reply.body.find("tiger") == std::string::npos);
  }
  CHECK(log.text().find("operation=/e2e.Echo/Hook error=\"the password is tiger\"") !=
        std::string::npos);
  CHECK(log.text().find("no std::exception") != std::string::npos);
  // And life goes on.
  CHECK(server.Get("/v1/path/a").status == 200);
}

TEST_CASE("errors: a filter, a plain route, a middleware and an encoder that throw are 500 too") {
  const LogCapture log;
  auto options = LocalOptions();
  options.filters = {[](kratos::http::HandlerFunc next) -> kratos::http::HandlerFunc {
    return [next](kratos::http::Context& ctx) -> Status {
      if (ctx.request().path() == "/filter") throw std::runtime_error("filter secret");
      return next(ctx);
    };
  }};
  options.middleware = {[](kratos::Handler next) -> kratos::Handler {
    return [next](kratos::Context& ctx, const google::protobuf::Message& request,
                  google::protobuf::Message* reply) -> Status {
      if (ctx.transport().operation == kOperationEchoQuery)
        throw std::runtime_error("middleware secret");
      return next(ctx, request, reply);
    };
  }};
  options.response_encoder = [](kratos::http::Context&, const google::protobuf::Message&,
                                const google::protobuf::FieldDescriptor*) -> Status {
    throw std::runtime_error("encoder secret");
  };
  EchoTestServer server(options, nullptr, [](kratos::http::Server& s) {
    s.Route("/").Get("/plain", [](kratos::http::Context&) -> Status {
      throw std::runtime_error("plain secret");
    });
  });
  const struct {
    const char* path;
    const char* secret;
  } rows[] = {{"/filter", "filter secret"},
              {"/plain", "plain secret"},
              {"/v1/query", "middleware secret"},
              {"/v1/path/a", "encoder secret"}};
  for (const auto& row : rows) {
    CAPTURE(row.path);
    const Reply reply = server.Get(row.path);
    CHECK(reply.status == 500);
    CHECK(AsError(reply).message == "internal error");
    CHECK(log.text().find(row.secret) != std::string::npos);
  }
}

TEST_CASE("errors: an error encoder of one's own, and one that throws") {
  auto options = LocalOptions();
  options.error_encoder = [](kratos::http::Context& ctx, const Error& error) {
    if (error.code() == 404) throw std::runtime_error("no");
    ctx.response().status = 418;
    ctx.response().headers.Set("Content-Type", "text/plain");
    ctx.response().body = "mine: " + error.reason();
  };
  const LogCapture log;
  EchoTestServer server(options);
  const Reply reply = server.Get("/v1/query?number=x");
  CHECK(reply.status == 418);
  CHECK(reply.body == "mine: CODEC");
  // Refusals below the router are worded by it as well.
  CHECK(Exchange(server.port(), "GET / HTTP/1.1\r\n\r\n").body == "mine: CODEC");
  const Reply thrown = server.Get("/v1/nowhere");
  CHECK(thrown.status == 500);
  CHECK(thrown.body.empty());
}

TEST_CASE("errors: handlers of one's own for 404 and 405") {
  auto options = LocalOptions();
  options.not_found_handler = [](kratos::http::Context& ctx) {
    return ctx.String(404, "nothing at " + std::string(ctx.request().path()));
  };
  options.method_not_allowed_handler = [](kratos::http::Context& ctx) {
    return ctx.String(405, "try another way");
  };
  EchoTestServer server(options);
  const Reply missing = server.Get("/v1/nowhere?x=y");
  CHECK(missing.status == 404);
  CHECK(missing.body == "nothing at /v1/nowhere");
  const Reply wrong = server.Call("PUT", "/v1/path/a");
  CHECK(wrong.status == 405);
  CHECK(wrong.body == "try another way");
  CHECK(wrong.headers.Get("Allow") == "DELETE, GET, HEAD, OPTIONS");
}

TEST_CASE("errors: a method nobody wrote is 501") {
  TestServer server;
  RegisterEchoHttpServer(server.server(), std::make_shared<EchoServer>());
  server.Start();
  const Reply reply = server.Get("/v1/path/a");
  CHECK(reply.status == 501);
  CHECK(AsError(reply).reason == "UNIMPLEMENTED");
  CHECK(AsError(reply).message.find("/e2e.Echo/Path") != std::string::npos);
}

TEST_CASE("errors: K30, redirects as errors, for every method") {
  EchoTestServer server([](kratos::Context&, const Msg&, Msg*) -> Status {
    return kratos::http::Redirect(307, "/v1/path/moved?x=1");
  });
  for (const char* method : {"GET", "POST", "HEAD"}) {
    CAPTURE(method);
    const Reply reply = server.Call(method, "/v1/hook");
    CHECK(reply.status == 307);
    CHECK(reply.headers.Get("Location") == "/v1/path/moved?x=1");
    CHECK(reply.body.empty());
  }
}

TEST_CASE("errors: K30, redirects through the HTTP context, for every method") {
  EchoTestServer server([](kratos::Context& ctx, const Msg&, Msg*) -> Status {
    return kratos::http::Context::From(ctx)->Redirect(303, "https://example.org/");
  });
  for (const char* method : {"GET", "POST", "HEAD"}) {
    CAPTURE(method);
    const Reply reply = server.Call(method, "/v1/hook");
    CHECK(reply.status == 303);
    CHECK(reply.headers.Get("Location") == "https://example.org/");
    CHECK(reply.body.empty());
  }
}

TEST_CASE("errors: K34, redirects that would forge header fields are refused") {
  for (const bool as_error : {true, false}) {
    CAPTURE(as_error);
    EchoTestServer server([as_error](kratos::Context& ctx, const Msg&, Msg*) -> Status {
      const std::string location = "/a\r\nX-Evil: yes";
      if (as_error) return kratos::http::Redirect(302, location);
      return kratos::http::Context::From(ctx)->Redirect(302, location);
    });
    const Reply reply = server.Get("/v1/hook");
    CHECK(reply.status == 500);
    CHECK_FALSE(reply.headers.Has("X-Evil"));
    CHECK_FALSE(reply.headers.Has("Location"));
  }
}

}  // namespace
}  // namespace e2e
