// The exporter against a collector that answers as a test says.
#include "kratos/trace/otlp.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../log/capture.h"
#include "kratos/errors/errors.h"
#include "kratos/trace/tracer.h"
#include "support/catch.h"
#include "support/scripted_server.h"

namespace kratos::trace {
namespace {

using namespace std::chrono_literals;
using testing::Script;
using testing::ScriptedServer;
using testing::Step;

Step Answer(const std::string& status, const std::string& body = "{}",
            const std::string& more = "") {
  return {"HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + more +
          "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}

std::shared_ptr<SpanExporter> ExporterTo(const ScriptedServer& server, OtlpOptions options = {}) {
  options.endpoint = "http://" + server.address() + "/otlp/";
  options.retry_delay = 1ms;
  auto made = MakeOtlpExporter(std::move(options));
  REQUIRE(made.ok());
  return *made;
}

Status ExportOne(SpanExporter& exporter, Context& ctx) {
  SpanData span;
  span.name = "x";
  return exporter.Export(ctx, {}, {span});
}

TEST_CASE("OTLP: spans arrive at the collector") {
  ScriptedServer collector({{Answer("200 OK"), Answer("200 OK")}});
  const auto tracer =
      Tracer::Create({.resource = {{"service.name", "shop"}},
                      .exporter = ExporterTo(collector, {.headers = {{"X-Api-Key", "k"}}})});
  std::string trace_id;
  for (int i = 0; i < 2; ++i) {
    Context ctx;
    const auto span = tracer->Start(ctx, "work");
    trace_id = span->context().trace_id.ToHex();
    span->End();
    CHECK(tracer->Flush(1min).ok());
  }
  CHECK(tracer->stats().exported == 2);
  const auto requests = collector.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].connection == 0);
  const std::string& bytes = requests[1].bytes;
  CAPTURE(bytes);
  CHECK(bytes.starts_with("POST /otlp/v1/traces HTTP/1.1\r\n"));
  CHECK(bytes.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(bytes.find("\r\nX-Api-Key: k\r\n") != std::string::npos);
  CHECK(bytes.find("\"stringValue\":\"shop\"") != std::string::npos);
  CHECK(bytes.find("\"traceId\":\"" + trace_id + '"') != std::string::npos);
}

TEST_CASE("OTLP: what may pass is sent again, the rest is not") {
  SECTION("busy, then not") {
    ScriptedServer collector({{Answer("503 Service Unavailable"), Answer("429 Too Many Requests"),
                               Answer("502 Bad Gateway"), Answer("200 OK")}});
    Context ctx;
    CHECK(ExportOne(*ExporterTo(collector), ctx).ok());
    CHECK(collector.requests().size() == 4);
  }
  SECTION("a connection that ends") {
    ScriptedServer collector({{Step{.reply = "", .then = Step::Then::kReset}}, {Answer("200 OK")}});
    Context ctx;
    CHECK(ExportOne(*ExporterTo(collector), ctx).ok());
    CHECK(collector.accepted() == 2);
  }
  SECTION("always busy") {
    ScriptedServer collector({Script(5, Answer("503 Service Unavailable", "overloaded"))});
    Context ctx;
    const Status status = ExportOne(*ExporterTo(collector, {.max_attempts = 2}), ctx);
    CHECK(status.code() == 503);
    CHECK(status.message() == "the collector answered 503: overloaded");
    CHECK(collector.requests().size() == 2);
  }
  SECTION("never wanted") {
    ScriptedServer collector({Script(2, Answer("400 Bad Request"))});
    Context ctx;
    CHECK(ExportOne(*ExporterTo(collector), ctx).code() == 400);
    CHECK(collector.requests().size() == 1);
  }
}

TEST_CASE("OTLP: Retry-After that is beyond the deadline ends the attempts") {
  ScriptedServer collector(
      {Script(2, Answer("503 Service Unavailable", "", "Retry-After: 3000\r\n"))});
  Context ctx;
  ctx.LimitDeadline(1min);
  CHECK(ExportOne(*ExporterTo(collector), ctx).code() == 503);
  CHECK(collector.requests().size() == 1);
}

TEST_CASE("OTLP: a collector that does not answer is given up when the export is") {
  ScriptedServer collector({{Step{.reply = "", .then = Step::Then::kHang}}});
  Context ctx;
  std::jthread cancel([&] {
    collector.WaitForRequests(1);
    ctx.Cancel();
  });
  CHECK(ExportOne(*ExporterTo(collector), ctx).code() == 499);
}

TEST_CASE("OTLP: spans that are not wanted are told of") {
  log::CaptureDefault log;
  ScriptedServer collector({{
      Answer("200 OK", R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})"),
      Answer("200 OK", R"({"partialSuccess":{}})"),
      Answer("200 OK", "not JSON"),
  }});
  const auto exporter = ExporterTo(collector);
  Context ctx;
  CHECK(ExportOne(*exporter, ctx).ok());
  const std::string lines = log.Take();
  CHECK(lines.find("rejected=2 error=\"too old\"") != std::string::npos);
  CHECK(ExportOne(*exporter, ctx).ok());
  CHECK(ExportOne(*exporter, ctx).ok());
  CHECK(log.Take().empty());
}

TEST_CASE("OTLP: an endpoint that is none is refused at once") {
  CHECK_FALSE(MakeOtlpExporter({.endpoint = "no endpoint"}).ok());
}

}  // namespace
}  // namespace kratos::trace
