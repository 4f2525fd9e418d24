// The exporter against a collector that answers as a test says.
#include "kratos/trace/otlp.h"

#include <zlib.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../log/capture.h"
#include "google/rpc/status.pb.h"
#include "kratos/errors/errors.h"
#include "kratos/otlp/trace.pb.h"
#include "kratos/trace/tracer.h"
#include "support/catch.h"
#include "support/scripted_server.h"

namespace kratos::trace {
namespace {

using namespace std::chrono_literals;
using testing::Script;
using testing::ScriptedServer;
using testing::Step;

Step Answer(const std::string& status, const std::string& body = "", const std::string& more = "") {
  return {"HTTP/1.1 " + status + "\r\n" + more + "Content-Length: " + std::to_string(body.size()) +
          "\r\n\r\n" + body};
}

const std::string kProtobuf = "Content-Type: application/x-protobuf\r\n";

std::string Body(const testing::RecordedRequest& request) {
  return request.bytes.substr(request.bytes.find("\r\n\r\n") + 4);
}

otlp::ExportTraceServiceRequest Decoded(const std::string& body) {
  otlp::ExportTraceServiceRequest request;
  REQUIRE(request.ParseFromString(body));
  REQUIRE(request.resource_spans_size() == 1);
  REQUIRE(request.resource_spans(0).scope_spans_size() == 1);
  return request;
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
  TraceId trace_id;
  for (int i = 0; i < 2; ++i) {
    Context ctx;
    const auto span = tracer->Start(ctx, "work");
    trace_id = span->context().trace_id;
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
  CHECK(bytes.find("\r\nContent-Type: application/x-protobuf\r\n") != std::string::npos);
  CHECK(bytes.find("\r\nContent-Encoding:") == std::string::npos);
  CHECK(bytes.find("\r\nX-Api-Key: k\r\n") != std::string::npos);
  const auto sent = Decoded(Body(requests[1])).resource_spans(0);
  CHECK(sent.resource().attributes(0).value().string_value() == "shop");
  CHECK(sent.scope_spans(0).spans(0).name() == "work");
  CHECK(sent.scope_spans(0).spans(0).trace_id() ==
        std::string(trace_id.bytes.begin(), trace_id.bytes.end()));
}

TEST_CASE("OTLP: as JSON when that is wanted") {
  ScriptedServer collector({{Answer("200 OK")}});
  Context ctx;
  CHECK(ExportOne(*ExporterTo(collector, {.encoding = OtlpEncoding::kJson}), ctx).ok());
  const std::string bytes = collector.requests().at(0).bytes;
  CHECK(bytes.find("\r\nContent-Type: application/json\r\n") != std::string::npos);
  CHECK(Body({0, bytes}).starts_with(R"({"resourceSpans":[{)"));
}

TEST_CASE("OTLP: compressed when that is wanted, again in the second attempt") {
  ScriptedServer collector({{Answer("503 Service Unavailable"), Answer("200 OK")}});
  const std::string text(10'000, 'x');
  SpanData span;
  span.attributes = {{"text", text}};
  Context ctx;
  CHECK(ExporterTo(collector, {.gzip = true})->Export(ctx, {}, {span}).ok());
  const auto requests = collector.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].bytes == requests[1].bytes);
  CHECK(requests[1].bytes.find("\r\nContent-Encoding: gzip\r\n") != std::string::npos);
  std::string body = Body(requests[1]);
  CHECK(body.size() < 1'000);
  std::string plain(20'000, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  plain.resize(stream.total_out);
  inflateEnd(&stream);
  const auto sent = Decoded(plain).resource_spans(0).scope_spans(0).spans(0);
  CHECK(sent.attributes(0).value().string_value() == text);
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

TEST_CASE("OTLP: why a collector refuses is in the error") {
  google::rpc::Status why;
  why.set_code(3);
  why.set_message("spans from the future");
  const auto message_of = [](const Step& answer) {
    ScriptedServer collector({{answer}});
    Context ctx;
    return ExportOne(*ExporterTo(collector), ctx).message();
  };
  CHECK(message_of(Answer("400 Bad Request", why.SerializeAsString(), kProtobuf)) ==
        "the collector answered 400: spans from the future");
  CHECK(message_of(Answer("400 Bad Request", "\xFF\xFF", kProtobuf)) ==
        "the collector answered 400: ");
  why.set_message(std::string(100'000, 'x'));
  CHECK(message_of(Answer("400 Bad Request", why.SerializeAsString(), kProtobuf)).size() < 300);
  CHECK(message_of(Answer("400 Bad Request", "in plain words", "Content-Type: text/plain\r\n")) ==
        "the collector answered 400: in plain words");
}

TEST_CASE("OTLP: spans that are not wanted are told of") {
  log::CaptureDefault log;
  std::vector<std::string> answers;
  OtlpOptions options;
  SECTION("in protobuf") {
    otlp::ExportTraceServiceResponse response;
    response.mutable_partial_success()->set_rejected_spans(2);
    response.mutable_partial_success()->set_error_message("too old");
    answers.push_back(response.SerializeAsString());
    response.mutable_partial_success()->Clear();
    answers.push_back(response.SerializeAsString());
    answers.emplace_back("no protobuf");
  }
  SECTION("in JSON") {
    options.encoding = OtlpEncoding::kJson;
    answers = {R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})",
               R"({"partialSuccess":{}})", "not JSON"};
  }
  Script script;
  for (const std::string& answer : answers) script.push_back(Answer("200 OK", answer));
  ScriptedServer collector({script});
  const auto exporter = ExporterTo(collector, options);
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
