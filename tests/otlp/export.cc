// Makes a trace and exports it to the paths of a collector: /protobuf, /gzip, /json, /partial and
// /refuse. Prints the ids of its spans and how each export went.
//
//   kratos_otlp_export http://HOST:PORT
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/trace/otlp.h"
#include "kratos/trace/tracer.h"

namespace {

namespace trace = kratos::trace;

// The same spans to every path.
class ToAll final : public trace::SpanExporter {
 public:
  explicit ToAll(const std::string& collector) {
    Add("protobuf", {.endpoint = collector + "/protobuf"});
    Add("gzip", {.endpoint = collector + "/gzip", .gzip = true});
    Add("json", {.endpoint = collector + "/json", .encoding = trace::OtlpEncoding::kJson});
    Add("partial", {.endpoint = collector + "/partial"});
    Add("refuse", {.endpoint = collector + "/refuse"});
  }
  kratos::Status Export(kratos::Context& ctx, const std::vector<trace::Attribute>& resource,
                        std::vector<trace::SpanData> spans) override {
    for (const auto& [name, exporter] : exporters_) {
      const kratos::Status status = exporter->Export(ctx, resource, spans);
      std::printf("export %s %s\n", name.c_str(), status.ok() ? "OK" : status.message().c_str());
    }
    return {};
  }

 private:
  void Add(const char* name, trace::OtlpOptions options) {
    exporters_.emplace_back(name, trace::MakeOtlpExporter(std::move(options)).value());
  }
  std::vector<std::pair<std::string, std::shared_ptr<trace::SpanExporter>>> exporters_;
};

void Say(const char* name, const trace::SpanContext& context) {
  std::printf("span %s %s %s\n", name, context.trace_id.ToHex().c_str(),
              context.span_id.ToHex().c_str());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto tracer =
      trace::Tracer::Create({.resource = {{"service.name", "bookshop"}, {"shelves", 3}},
                             .exporter = std::make_shared<ToAll>(argv[1])});
  trace::SpanContext remote =
      *trace::ParseTraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  remote.trace_state = "vendor=x";
  kratos::Context ctx;
  const auto server = tracer->Start(
      ctx, "shop.Books/Get",
      {.kind = trace::SpanKind::kServer, .attributes = {{"rpc.system", "grpc"}}, .parent = remote});
  {
    kratos::Context work(&ctx);
    const auto client =
        tracer->Start(work, "ask the shelf",
                      {.kind = trace::SpanKind::kClient, .links = {{remote, {{"why", "batch"}}}}});
    client->SetAttribute("text", "sch\xC3\xB6n");
    client->SetAttribute("bytes", "\xFF!");
    client->SetAttribute("negative", -5);
    client->SetAttribute("large", std::numeric_limits<std::uint64_t>::max());
    client->SetAttribute("half", 0.5);
    client->SetAttribute("yes", true);
    client->SetAttribute("time",
                         std::chrono::system_clock::time_point(std::chrono::nanoseconds(7)));
    client->SetAttribute("group", kratos::log::Value::Group{{"a", 1}, {"b", "two"}});
    client->AddEvent("exception", {{"exception.type", "GONE"}});
    client->SetOutcome(trace::Outcome::kError, "no such book");
    Say("client", client->context());
  }
  server->SetOutcome(trace::Outcome::kOk);
  for (std::size_t i = 0; i < trace::Span::kMaxItems + 3; ++i) server->AddEvent("tick");
  Say("server", server->context());
  server->End();
  return tracer->Flush(std::chrono::minutes(1)).ok() ? 0 : 1;
}
