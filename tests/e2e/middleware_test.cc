// What stands around a call: filters, groups, middleware.
#include <atomic>
#include <mutex>

#include "services.h"
#include "support/catch.h"

namespace e2e {
namespace {

using google::protobuf::Message;
using kratos::Status;

// Notes what happens, in order.
class Trace {
 public:
  void Add(const std::string& what) {
    const std::lock_guard lock(mutex_);
    text_ += (text_.empty() ? "" : " ") + what;
  }
  std::string Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(text_, {});
  }
  kratos::http::Filter Filter(std::string name) {
    return [this, name](kratos::http::HandlerFunc next) -> kratos::http::HandlerFunc {
      return [this, name, next](kratos::http::Context& ctx) -> Status {
        Add("<" + name);
        Status status = next(ctx);
        Add(name + ">");
        return status;
      };
    };
  }
  kratos::Middleware Middleware(std::string name) {
    return [this, name](kratos::Handler next) -> kratos::Handler {
      return [this, name, next](kratos::Context& ctx, const Message& request,
                                Message* reply) -> Status {
        Add("<" + name);
        Status status = next(ctx, request, reply);
        Add(name + ">");
        return status;
      };
    };
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

TEST_CASE("middleware: filters are outermost, in order, also around 404, 405 and bad paths") {
  Trace trace;
  auto options = LocalOptions();
  options.filters = {trace.Filter("f1"), trace.Filter("f2")};
  options.middleware = {trace.Middleware("m1"), trace.Middleware("m2")};
  EchoTestServer server(options, [&trace](kratos::Context&, const Msg&, Msg*) -> Status {
    trace.Add("*");
    return {};
  });
  CHECK(server.Get("/v1/hook").status == 200);
  CHECK(trace.Take() == "<f1 <f2 <m1 <m2 * m2> m1> f2> f1>");
  CHECK(server.Get("/nowhere").status == 404);
  CHECK(trace.Take() == "<f1 <f2 f2> f1>");
  CHECK(server.Call("PUT", "/v1/hook").status == 405);
  CHECK(trace.Take() == "<f1 <f2 f2> f1>");
  CHECK(server.Get("/%zz").status == 400);
  CHECK(trace.Take() == "<f1 <f2 f2> f1>");
}

TEST_CASE("middleware: groups of routes have filters of their own, the outer group's first") {
  Trace trace;
  auto options = LocalOptions();
  options.filters = {trace.Filter("server")};
  options.middleware = {trace.Middleware("m")};
  TestServer server(options);
  const auto outer = server->Route("/outer/", {trace.Filter("outer")});
  const auto inner = outer.Group("inner", {trace.Filter("inner")});
  const auto answer = [&trace](kratos::http::Context& ctx) {
    trace.Add("*");
    return ctx.String(200, "x");
  };
  outer.Get("/a", answer);
  inner.Get("b", answer, {trace.Filter("route")});
  outer.Get("", answer);
  inner.Post("/m", [&trace](kratos::http::Context& ctx) -> Status {
    // Middleware runs where a hand-written route asks for it.
    Msg request;
    Msg reply;
    Status status =
        ctx.Middleware(request, &reply, [&trace](kratos::Context&, const Msg&, Msg* out) -> Status {
          trace.Add("*");
          out->set_text("done");
          return {};
        });
    return ctx.Returns(reply, status);
  });
  server.Start();
  CHECK(server.Get("/outer/a").status == 200);
  CHECK(trace.Take() == "<server <outer * outer> server>");
  CHECK(server.Get("/outer/inner/b").status == 200);
  CHECK(trace.Take() == "<server <outer <inner <route * route> inner> outer> server>");
  CHECK(server.Get("/outer").status == 200);
  CHECK(trace.Take() == "<server <outer * outer> server>");
  CHECK(Fields(server.Call("POST", "/outer/inner/m")) == "text: \"done\"");
  CHECK(trace.Take() == "<server <outer <inner <m * m> inner> outer> server>");
  CHECK(server.Get("/outer/nowhere").status == 404);
  CHECK(trace.Take() == "<server server>");
}

TEST_CASE("middleware: a filter can answer by itself") {
  auto options = LocalOptions();
  options.filters = {[](kratos::http::HandlerFunc next) -> kratos::http::HandlerFunc {
    return [next](kratos::http::Context& ctx) -> Status {
      if (ctx.Header("X-Answer") == "error") return kratos::Forbidden("NO", "not you");
      if (!ctx.Header("X-Answer").empty()) return ctx.String(200, "from the filter");
      Status status = next(ctx);
      if (ctx.Header("X-Rescue").empty()) return status;
      return ctx.String(200, "rescued");
    };
  }};
  EchoTestServer server(options);
  CHECK(server.Get("/nowhere", {"-H", "X-Answer: yes"}).body == "from the filter");
  const Reply refused = server.Get("/v1/hook", {"-H", "X-Answer: error"});
  CHECK(refused.status == 403);
  CHECK(AsError(refused).reason == "NO");
  CHECK(server.Get("/nowhere", {"-H", "X-Rescue: yes"}).body == "rescued");
}

TEST_CASE("middleware: K36, which one runs for which operation") {
  Trace trace;
  const auto with = [&trace](kratos::http::ServerOptions options) {
    options.middleware = {trace.Middleware("D")};
    return std::make_unique<EchoTestServer>(options, nullptr, [&trace](kratos::http::Server& s) {
      s.Use("/e2e.*", {trace.Middleware("e2e")});
      s.Use("/e2e.Echo/*", {trace.Middleware("echo")});
      s.Use("/e2e.Echo/Path", {trace.Middleware("path")});
    });
  };
  const auto one = with(LocalOptions());
  CHECK(one->Get("/v1/path/a").status == 200);
  CHECK(trace.Take() == "<D <path path> D>");
  CHECK(one->Get("/v1/query").status == 200);
  CHECK(trace.Take() == "<D <echo echo> D>");
  CHECK(one->Get("/v1/download/x").status == 200);
  CHECK(trace.Take() == "<D <e2e e2e> D>");
  auto options = LocalOptions();
  options.accumulate_middleware = true;
  const auto all = with(options);
  CHECK(all->Get("/v1/path/a").status == 200);
  CHECK(trace.Take() == "<D <e2e <echo <path path> echo> e2e> D>");
}

TEST_CASE("middleware: K28, it sees what binding found, and the method does not run") {
  std::atomic<int> called = 0;
  Guarded<Status> seen;
  Guarded<Status> answered;
  auto options = LocalOptions();
  options.middleware = {[&](kratos::Handler next) -> kratos::Handler {
    return [&, next](kratos::Context& ctx, const Message& request, Message* reply) -> Status {
      seen.Set(ctx.bind_status());
      Status status = next(ctx, request, reply);
      answered.Set(status);
      return status;
    };
  }};
  EchoTestServer server(options, [&called](kratos::Context&, const Msg&, Msg*) -> Status {
    ++called;
    return {};
  });
  CHECK(server.Send("POST", "/v1/hook", "{broken").status == 400);
  CHECK(seen.Get().code() == 400);
  CHECK(seen.Get().reason() == "CODEC");
  CHECK(answered.Get().code() == 400);
  CHECK(server.Get("/v1/hook?number=x").status == 400);
  CHECK(seen.Get().code() == 400);
  CHECK(server.Send("POST", "/v1/hook", "{}", "application/nonsense").status == 415);
  CHECK(seen.Get().code() == 415);
  CHECK(called == 0);
  CHECK(server.Get("/v1/hook").status == 200);
  CHECK(seen.Get().ok());
  CHECK(called == 1);
}

TEST_CASE("middleware: K28, authentication answers before a body error does") {
  auto options = LocalOptions();
  options.middleware = {[](kratos::Handler next) -> kratos::Handler {
    return [next](kratos::Context& ctx, const Message& request, Message* reply) -> Status {
      if (!ctx.request_header().Has("Authorization"))
        return kratos::Unauthorized("WHO", "who are you");
      return next(ctx, request, reply);
    };
  }};
  EchoTestServer server(options);
  const Reply stranger = server.Send("POST", "/v1/hook", "{broken");
  CHECK(stranger.status == 401);
  CHECK(AsError(stranger).reason == "WHO");
  CHECK(server.Send("POST", "/v1/hook", "{broken", "application/json", {"-H", "Authorization: x"})
            .status == 400);
  CHECK(server.Send("POST", "/v1/hook", "{}", "application/json", {"-H", "Authorization: x"})
            .status == 200);
}

TEST_CASE("middleware: one that fills the reply and does not go on") {
  auto options = LocalOptions();
  options.middleware = {[](kratos::Handler) -> kratos::Handler {
    return [](kratos::Context&, const Message&, Message* reply) -> Status {
      static_cast<Msg*>(reply)->set_text("cached");
      return {};
    };
  }};
  EchoTestServer server(options);
  CHECK(Fields(server.Get("/v1/path/a")) == "text: \"cached\"");
}

}  // namespace
}  // namespace e2e
