#include "kratos/middleware/tracing.h"

#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "../log/capture.h"
#include "../middleware/fixture.h"
#include "kratos/log/context.h"
#include "kratos/trace/baggage.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

using trace::Outcome;
using trace::SpanData;
using trace::SpanKind;

constexpr char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

struct Fixture {
  std::shared_ptr<trace::InMemoryExporter> exporter = std::make_shared<trace::InMemoryExporter>();
  std::shared_ptr<trace::Tracer> tracer = trace::Tracer::Create({.exporter = exporter});
  Middleware tracing = Tracing({.tracer = tracer});

  SpanData Only() {
    CHECK(tracer->Flush(std::chrono::minutes(1)).ok());
    REQUIRE(exporter->spans().size() == 1);
    return exporter->spans()[0];
  }
};

std::map<std::string, std::string> Texts(const std::vector<trace::Attribute>& attributes) {
  std::map<std::string, std::string> out;
  for (const auto& attribute : attributes) {
    out[attribute.key] = attribute.value.text() != nullptr ? *attribute.value.text()
                         : std::holds_alternative<std::int64_t>(attribute.value.variant())
                             ? std::to_string(std::get<std::int64_t>(attribute.value.variant()))
                             : std::to_string(std::get<std::uint64_t>(attribute.value.variant()));
  }
  return out;
}

TEST_CASE("tracing: a server's span, its attributes and its parent") {
  Fixture f;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_transport().peer = "10.0.0.7:4711";
  ctx.mutable_transport().path_template = "/v1/hello/{name}";
  ctx.mutable_transport().http_method = "GET";
  ctx.mutable_transport().http_path = "/v1/hello/ada";
  ctx.mutable_request_header() = {{"traceparent", kParent},
                                  {"tracestate", "vendor=x"},
                                  {"baggage", "tenant=blue"},
                                  {"x-md-service-name", "front"}};
  StringValue request;
  request.set_value("tiger");
  const Status status = Run(
      f.tracing, ctx,
      [&](Context& inner) {
        REQUIRE(trace::SpanOf(inner) != nullptr);
        CHECK(trace::BaggageOf(inner).Get("tenant") == "blue");
        CHECK(inner.server_metadata().Get("x-md-service-name") == "front");
        return Status();
      },
      request);
  CHECK(status.ok());
  const SpanData span = f.Only();
  CHECK(span.name == "demo.Greeter/Hello");
  CHECK(span.kind == SpanKind::kServer);
  CHECK(span.context.trace_id.ToHex() == "0af7651916cd43dd8448eb211c80319c");
  CHECK(span.parent_id.ToHex() == "b7ad6b7169203331");
  CHECK(span.context.trace_state == "vendor=x");
  CHECK(span.outcome == Outcome::kOk);
  CHECK(Texts(span.attributes) ==
        std::map<std::string, std::string>{{"rpc.system", "http"},
                                           {"rpc.service", "demo.Greeter"},
                                           {"rpc.method", "Hello"},
                                           {"net.peer.ip", "10.0.0.7"},
                                           {"net.peer.port", "4711"},
                                           {"http.method", "GET"},
                                           {"http.route", "/v1/hello/{name}"},
                                           {"http.target", "/v1/hello/ada"},
                                           {"peer.service", "front"},
                                           {"recv_msg.size", "7"},
                                           {"send_msg.size", "0"}});
}

TEST_CASE("tracing: a client sends the trace, the baggage and its name") {
  Fixture f;
  const AppInfo app{"1", "front", "v1", {}, {}};
  Context server;
  server.set_app(&app);
  auto above = f.tracer->Start(server, "above");
  trace::Baggage baggage;
  baggage.Set("tenant", "blue");
  trace::SetBaggage(server, baggage);
  Context ctx(&server);
  ctx.mutable_transport() = CallOf(kClient);
  ctx.mutable_transport().endpoint = "http://shop.example:8000/api";
  std::string sent;
  CHECK(Run(f.tracing, ctx, [&](Context& inner) {
          sent = inner.request_header().Get("traceparent");
          CHECK(inner.request_header().Get("baggage") == "tenant=blue");
          CHECK(inner.request_header().Get("x-md-service-name") == "front");
          return Status();
        }).ok());
  CHECK(trace::SpanOf(server) == above.get());
  const SpanData span = f.Only();
  CHECK(span.kind == SpanKind::kClient);
  CHECK(span.parent_id == above->context().span_id);
  CHECK(sent == trace::FormatTraceParent(span.context));
  const auto attributes = Texts(span.attributes);
  CHECK(attributes.at("net.peer.name") == "shop.example");
  CHECK(attributes.at("net.peer.port") == "8000");
}

TEST_CASE("tracing: failures are outcome, code and event") {
  Fixture f;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  const Status failure = NotFound("BOOK_MISSING", "no such book");
  CHECK(Run(f.tracing, ctx, [&](Context&) { return failure; }).code() == 404);
  const SpanData span = f.Only();
  CHECK(span.outcome == Outcome::kError);
  CHECK(span.message == failure.error().ToString());
  CHECK(Texts(span.attributes).at("rpc.status_code") == "404");
  REQUIRE(span.events.size() == 1);
  CHECK(span.events[0].name == "exception");
  CHECK(Texts(span.events[0].attributes) ==
        std::map<std::string, std::string>{{"exception.type", "BOOK_MISSING"},
                                           {"exception.message", "no such book"}});
}

TEST_CASE("tracing: 17.4 #42, an exception is an error and passes through") {
  Fixture f;
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  CHECK_THROWS_AS(
      Run(f.tracing, ctx, [](Context&) -> Status { throw std::runtime_error("thrown"); }),
      std::runtime_error);
  const SpanData span = f.Only();
  CHECK(span.outcome == Outcome::kError);
  CHECK(span.message.find("thrown") != std::string::npos);
}

TEST_CASE("tracing: names, peers and operations of other shapes") {
  // The specification's rows of parseFullMethod and peerAttr.
  const struct {
    const char* operation;
    const char* peer;
    std::map<std::string, std::string> expected;
  } kRows[] = {
      {"/foo.bar/hello/world",
       ":8080",
       {{"rpc.service", "foo.bar"},
        {"rpc.method", "hello/world"},
        {"net.peer.ip", "127.0.0.1"},
        {"net.peer.port", "8080"}}},
      {"/hello", "", {{"rpc.operation", "/hello"}}},
      {"/hello", "no port", {{"rpc.operation", "/hello"}}},
      {"/hello", "host:99999", {{"rpc.operation", "/hello"}}},
      {"/hello",
       "[::1]:80",
       {{"rpc.operation", "/hello"}, {"net.peer.ip", "::1"}, {"net.peer.port", "80"}}},
      {"", "unix:/run/x", {{"rpc.operation", ""}}},
  };
  for (const auto& [operation, peer, expected] : kRows) {
    CAPTURE(operation, peer);
    Fixture f;
    Context ctx;
    ctx.mutable_transport() = CallOf(kServer, operation);
    ctx.mutable_transport().kind = "grpc";
    ctx.mutable_transport().peer = peer;
    CHECK(Run(f.tracing, ctx, [](Context&) { return Status(); }).ok());
    auto attributes = Texts(f.Only().attributes);
    attributes.erase("rpc.system");
    attributes.erase("recv_msg.size");
    attributes.erase("send_msg.size");
    CHECK(attributes == expected);
  }
}

TEST_CASE("tracing: the log shows the span's ids, once") {
  Fixture f;
  log::CaptureLogger log({.extractors = {log::CallAttributes}});
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_request_header() = {{"traceparent", kParent}};
  CHECK(Run(f.tracing, ctx, [&](Context& inner) {
          log->Info(inner, "hello");
          return Status();
        }).ok());
  const SpanData span = f.Only();
  CHECK(log.Take() == "level=INFO msg=hello operation=/demo.Greeter/Hello trace_id=" +
                          span.context.trace_id.ToHex() +
                          " span_id=" + span.context.span_id.ToHex() + "\n");
}

TEST_CASE("tracing: options, and what is no call") {
  Fixture f;
  const Middleware custom = Tracing({.tracer = f.tracer,
                                     .span_name = [](const Context&) { return "mine"; },
                                     .send_service_name = false});
  const AppInfo app{"1", "front", "v1", {}, {}};
  Context ctx;
  ctx.set_app(&app);
  ctx.mutable_transport() = CallOf(kClient);
  CHECK(Run(custom, ctx, [](Context& inner) {
          CHECK_FALSE(inner.request_header().Has("x-md-service-name"));
          return Status();
        }).ok());
  CHECK(f.Only().name == "mine");
  Context none;
  CHECK(Run(f.tracing, none, [](Context& inner) {
          CHECK(trace::SpanOf(inner) == nullptr);
          return Status();
        }).ok());
}

}  // namespace
}  // namespace kratos::middleware
