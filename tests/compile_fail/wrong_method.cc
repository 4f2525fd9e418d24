// A call joins a method with its own request and reply.
#include "e2e.http.pb.h"
#include "kratos/http/context.h"

kratos::Status Handle(kratos::http::Context& ctx, e2e::EchoServer& service) {
#ifdef KRATOS_MUST_FAIL
  auto* request = ctx.NewMessage<e2e::Sub>();
#else
  auto* request = ctx.NewMessage<e2e::Msg>();
#endif
  auto* reply = ctx.NewMessage<e2e::Msg>();
  return ctx.Call(kratos::Status(), *request, reply, service, &e2e::EchoServer::Path);
}
