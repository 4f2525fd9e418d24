// Traces and metrics around real calls: a client, a server, and one more behind it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "kratos/errors/errors.h"
#include "kratos/middleware/tracing.h"
#include "kratos/trace/baggage.h"
#include "kratos/trace/otlp.h"
#include "relay_service.h"
#include "support/catch.h"
#include "support/scripted_server.h"
#ifdef KRATOS_E2E_HAVE_METRICS
#include "kratos/middleware/metrics.h"
#endif

namespace e2e::relay {
namespace {

using kratos::Status;
namespace mw = kratos::middleware;
namespace trace = kratos::trace;

// A tracer whose spans the test reads.
struct Traced {
  std::shared_ptr<trace::InMemoryExporter> exporter = std::make_shared<trace::InMemoryExporter>();
  std::shared_ptr<trace::Tracer> tracer = trace::Tracer::Create({.exporter = exporter});
  kratos::Middleware middleware = mw::Tracing({.tracer = tracer});

  // Once there are so many: a reply can arrive before its span has ended.
  std::vector<trace::SpanData> Spans(std::size_t count) {
    do {
      CHECK(tracer->Flush(std::chrono::minutes(1)).ok());
    } while (exporter->spans().size() < count);
    return exporter->spans();
  }
};

std::string Text(const trace::SpanData& span, std::string_view key) {
  for (const auto& attribute : span.attributes) {
    if (attribute.key == key && attribute.value.text() != nullptr) return *attribute.value.text();
  }
  return "";
}

TEST_CASE("tracing: one trace from the client through two servers") {
  Traced front;
  Traced back;
  Guarded<std::string> tenant;
  RelayTestServer second({back.middleware}, [&](kratos::Context& ctx, const Question&, Answer*) {
    tenant.Set(std::string(trace::BaggageOf(ctx).Get("tenant").value_or("")));
    return Status(kratos::NotFound("NO_ANSWER", "nobody knows"));
  });
  const auto onward = second.Client({front.middleware});
  RelayTestServer first({front.middleware},
                        [&](kratos::Context& ctx, const Question& question, Answer* answer) {
                          return onward.Ask(ctx, question, answer);
                        });
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const Reply reply = first.Get(
      "/v1/ask/why",
      {"-H", "traceparent: " + parent, "-H", "tracestate: vendor=x", "-H", "baggage: tenant=blue"});
  CHECK(reply.status == 404);
  CHECK(tenant.Get() == "blue");
  const auto of_front = front.Spans(2);
  const auto of_back = back.Spans(1);
  REQUIRE(of_front.size() == 2);
  REQUIRE(of_back.size() == 1);
  const trace::SpanData& client = of_front[0];
  const trace::SpanData& server = of_front[1];
  CHECK(client.kind == trace::SpanKind::kClient);
  CHECK(server.kind == trace::SpanKind::kServer);
  CHECK(server.parent_id.ToHex() == "b7ad6b7169203331");
  CHECK(client.parent_id == server.context.span_id);
  CHECK(of_back[0].parent_id == client.context.span_id);
  for (const trace::SpanData* span : {&client, &server, &of_back[0]}) {
    CHECK(span->context.trace_id.ToHex() == "0af7651916cd43dd8448eb211c80319c");
    CHECK(span->context.trace_state == "vendor=x");
    CHECK(span->name == "e2e.relay.Relay/Ask");
    CHECK(span->outcome == trace::Outcome::kError);
    // The generated client uses the primary binding.
    CHECK(Text(*span, "http.method") == (span == &server ? "GET" : "POST"));
    CHECK(Text(*span, "http.route") == (span == &server ? "/v1/ask/{text}" : "/v1/ask"));
    CHECK(Text(*span, "net.peer.ip") == "127.0.0.1");
  }
  CHECK(Text(server, "http.target") == "/v1/ask/why");
}

TEST_CASE("tracing: what is not sampled is not recorded anywhere") {
  Traced traced;
  RelayTestServer server({traced.middleware});
  CHECK(server
            .Get("/v1/ask/x", {"-H",
                               "traceparent: "
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"})
            .status == 200);
  CHECK(server.Get("/v1/ask/y").status == 200);
  const auto spans = traced.Spans(1);
  CHECK(spans.size() == 1);
  CHECK(Text(spans[0], "http.target") == "/v1/ask/y");
}

TEST_CASE("tracing: a hostile head makes a new trace and nothing else") {
  Traced traced;
  RelayTestServer server({traced.middleware});
  const std::string long_state = "tracestate: " + std::string(30'000, 'a');
  const std::string long_baggage = "baggage: a=" + std::string(20'000, 'b');
  CHECK(server
            .Get("/v1/ask/x", {"-H", "traceparent: 00-zz-zz-zz", "-H", long_state, "-H",
                               long_baggage, "-H", "baggage: %%%=;;,,=,"})
            .status == 200);
  const auto spans = traced.Spans(1);
  CHECK_FALSE(spans[0].parent_id.valid());
  CHECK(spans[0].context.trace_state.empty());
}

// A port of this test's own on which nobody listens.
class DeadPort {
 public:
  DeadPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address_;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address_), length) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &length) == 0);
  }
  DeadPort(const DeadPort&) = delete;
  DeadPort& operator=(const DeadPort&) = delete;
  ~DeadPort() { ::close(socket_); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

 private:
  int socket_;
  sockaddr_in address_{};
};

TEST_CASE(
    "tracing: a collector that hangs holds up no call, and spans beyond the queue are counted") {
  using kratos::testing::Step;
  kratos::testing::ScriptedServer collector({{Step{.reply = "", .then = Step::Then::kHang}}});
  const auto exporter = trace::MakeOtlpExporter(
      {.endpoint = "http://" + collector.address(), .timeout = std::chrono::hours(1)});
  const auto tracer = trace::Tracer::Create(
      {.exporter = exporter.value(),
       .batch = {.max_queued_spans = 4, .max_spans = 1, .export_timeout = std::chrono::hours(1)},
       .shutdown_timeout = std::chrono::milliseconds(1)});
  RelayTestServer server({mw::Tracing({.tracer = tracer})});
  CHECK(server.Get("/v1/ask/first").status == 200);
  collector.WaitForRequests(1);  // Its span is under way, and stays so.
  for (int i = 0; i < 10; ++i) CHECK(server.Get("/v1/ask/x").status == 200);
  // A reply can arrive before its span has ended.
  while (tracer->stats().dropped < 6) std::this_thread::yield();
  CHECK(server.Stop().ok());
  CHECK(tracer->stats().dropped == 6);
  CHECK(tracer->stats().exported == 0);
  CHECK(collector.requests().size() == 1);
}

TEST_CASE("tracing: a collector that is not there costs the spans alone") {
  const LogCapture log;
  const DeadPort nobody;
  const auto exporter = trace::MakeOtlpExporter(
      {.endpoint = nobody.url(), .max_attempts = 2, .retry_delay = std::chrono::milliseconds(1)});
  const auto tracer =
      trace::Tracer::Create({.exporter = exporter.value(), .batch = {.max_spans = 1}});
  RelayTestServer server({mw::Tracing({.tracer = tracer})});
  for (int i = 0; i < 3; ++i) CHECK(server.Get("/v1/ask/x").status == 200);
  CHECK(server.Stop().ok());
  CHECK(tracer->Flush(std::chrono::minutes(1)).ok());
  CHECK(tracer->stats().failed == 3);
  CHECK(tracer->stats().exported == 0);
  CHECK(tracer->stats().dropped == 0);
  CHECK(log.text().find("cannot connect") != std::string::npos);
}

#ifdef KRATOS_E2E_HAVE_METRICS
TEST_CASE("metrics: calls of both sides, streams and refusals") {
  const auto of_server = std::make_shared<kratos::metrics::Registry>();
  const auto of_client = std::make_shared<kratos::metrics::Registry>();
  RelayTestServer server({mw::Metrics({.registry = of_server})},
                         [](kratos::Context&, const Question& question, Answer*) -> Status {
                           if (question.text() == "no") return kratos::NotFound("NO", "no");
                           return {};
                         });
  auto client = server.Client({mw::Metrics({.registry = of_client})});
  for (const char* text : {"yes", "no", "yes"}) {
    kratos::Context ctx;
    Answer answer;
    (void)client.Ask(ctx, Ask(text), &answer);
  }
  const auto has = [](const kratos::metrics::Registry& registry, const std::string& line) {
    return registry.Text().find(line + '\n') != std::string::npos;
  };
  const auto line = [](const char* side, const char* code, const char* reason, int count) {
    return std::string(side) + "_requests_code_total{code=\"" + code +
           R"(",kind="http",operation="/e2e.relay.Relay/Ask",reason=")" + reason + "\"} " +
           std::to_string(count);
  };
  for (const auto& [side, registry] :
       {std::pair("server", of_server), std::pair("client", of_client)}) {
    CAPTURE(registry->Text());
    while (!has(*registry, line(side, "200", "", 2))) std::this_thread::yield();
    CHECK(has(*registry, line(side, "404", "NO", 1)));
    CHECK(has(*registry,
              std::string(side) +
                  R"(_requests_seconds_count{kind="http",operation="/e2e.relay.Relay/Ask"} 3)"));
  }
}
#endif

}  // namespace
}  // namespace e2e::relay
