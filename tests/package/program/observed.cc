// A stranger's application with errors of an enum, spans and readiness. Stops itself when it is
// ready; exits with 0 when all was as it should be.
#include <cstdio>
#include <memory>

#include "kratos/admin/admin.h"
#include "kratos/app/app.h"
#include "kratos/middleware/tracing.h"
#include "kratos/trace/otlp.h"
#include "stranger/library.http.pb.h"
#include "stranger/reasons.errors.pb.h"

int main() {
  if (!stranger::IsBookMissing(stranger::ErrorBookMissing("no {}", 1))) return 1;
  const auto tracer = kratos::trace::Tracer::Create({});
  auto http = kratos::http::Server(
      {.address = "127.0.0.1:0", .middleware = {kratos::middleware::Tracing({.tracer = tracer})}});
  stranger::RegisterLibraryHttpServer(http, std::make_shared<stranger::LibraryServer>());
  const auto health = std::make_shared<kratos::health::Registry>();
  kratos::admin::RegisterAdmin(http, {.health = health});
  kratos::App* self = nullptr;
  kratos::App app({.name = "stranger",
                   .servers = {&http},
                   .after_start = {[&](kratos::Context&) {
                     self->Stop();
                     return kratos::Status();
                   }},
                   .health = health});
  self = &app;
  if (!kratos::trace::MakeOtlpExporter().ok()) return 1;
  return app.Run();
}
