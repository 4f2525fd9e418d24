// What docs/guide/observability.md quotes.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "bookshop.http.pb.h"
#include "kratos/admin/admin.h"
#include "kratos/app/app.h"
#include "kratos/errors/errors.h"
#include "kratos/http/client.h"
#include "kratos/http/context.h"
#include "kratos/middleware/tracing.h"
#include "kratos/trace/baggage.h"
#include "kratos/trace/otlp.h"
#ifdef KRATOS_DOCS_HAVE_METRICS
#include "kratos/middleware/metrics.h"
#endif

namespace {

namespace mw = kratos::middleware;
namespace trace = kratos::trace;

std::shared_ptr<trace::Tracer> MakeTracer() {
  // [tracer]
  auto exporter = trace::MakeOtlpExporter({.endpoint = "http://localhost:4318"});
  auto tracer = trace::Tracer::Create({
      .resource = {{"service.name", "bookshop"}, {"service.version", "v1.0.0"}},
      .sampler = trace::ParentBased(trace::SampleRatio(0.1)),
      .exporter = exporter.value(),
  });
  // [tracer]
  return tracer;
}

// Spans of this program stay here.
std::shared_ptr<trace::InMemoryExporter> exported = std::make_shared<trace::InMemoryExporter>();
std::shared_ptr<trace::Tracer> tracer = trace::Tracer::Create({.exporter = exported});

class MyBookshop final : public bookshop::BookshopServer {
 public:
  kratos::Status GetBook(kratos::Context& ctx, const bookshop::GetBookRequest& request,
                         bookshop::Book* reply) override {
    // [span]
    kratos::Context work(&ctx);
    const auto span = tracer->Start(work, "read the shelf");
    span->SetAttribute("shelf", request.name());
    if (trace::BaggageOf(ctx).Get("tenant") == "blue") span->AddEvent("a blue one");
    // [span]
    reply->set_name(request.name());
    return {};
  }
};

kratos::Status PingDatabase(kratos::Context&) { return {}; }

}  // namespace

int main(int argc, char**) {
  if (argc > 1) (void)MakeTracer();
  // [middleware]
  kratos::http::ServerOptions options;
  options.address = "127.0.0.1:0";
  options.middleware = {mw::Tracing({.tracer = tracer})};
  // [middleware]
#ifdef KRATOS_DOCS_HAVE_METRICS
  // [metrics]
  auto metrics = std::make_shared<kratos::metrics::Registry>();
  options.middleware.push_back(mw::Metrics({.registry = metrics}));
  auto books = metrics->AddCounter("books_read_total", "Books that were read.", {"shelf"});
  books->Add({"fiction"});
  // [metrics]
#endif
  kratos::http::Server http(options);
  bookshop::RegisterBookshopHttpServer(http, std::make_shared<MyBookshop>());

  kratos::admin::AdminOptions admin;
#ifdef KRATOS_DOCS_HAVE_METRICS
  admin.metrics = [metrics] { return metrics->Text(); };
#endif
  // [admin]
  auto health = std::make_shared<kratos::health::Registry>();
  health->Add("database", PingDatabase);

  kratos::http::Server operators({.address = "127.0.0.1:0"});
  admin.health = health;
  admin.page_path = "/admin";
  admin.about = {&http};
  kratos::admin::RegisterAdmin(operators, admin);

  kratos::App app({.name = "bookshop", .servers = {&http, &operators}, .health = health});
  // [admin]

  std::thread run([&app] { (void)app.Serve(); });
  while (!app.Ready()) std::this_thread::yield();
  auto connection =
      kratos::http::Client::Create({.endpoint = "http://127.0.0.1:" + std::to_string(http.port()),
                                    .middleware = {mw::Tracing({.tracer = tracer})}});
  bookshop::BookshopHttpClient client(connection.value());
  kratos::Context ctx;
  // [baggage]
  trace::Baggage baggage;
  baggage.Set("tenant", "blue");
  trace::SetBaggage(ctx, baggage);
  // [baggage]
  bookshop::GetBookRequest request;
  request.set_name("shelves/fiction/books/1");
  bookshop::Book book;
  bool well = client.GetBook(ctx, request, &book).ok();
  auto probe = kratos::http::Client::Create(
      {.endpoint = "http://127.0.0.1:" + std::to_string(operators.port())});
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/admin"}) {
    kratos::Context call;
    const auto reply = probe.value()->Do(call, {.method = "GET", .target = path});
    if (!reply.ok() || reply->status != 200) {
      std::printf("%s: not 200\n", path);
#ifndef KRATOS_DOCS_HAVE_METRICS
      if (std::string(path) == "/metrics") continue;
#endif
      well = false;
    }
  }
  app.Stop();
  run.join();
  while (exported->spans().size() < 3) (void)tracer->Flush(std::chrono::seconds(10));
  for (const auto& span : exported->spans()) std::printf("%s\n", span.name.c_str());
  return well ? 0 : 1;
}
