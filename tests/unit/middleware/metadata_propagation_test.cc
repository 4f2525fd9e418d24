#include "kratos/middleware/metadata_propagation.h"

#include <string>
#include <vector>

#include "fixture.h"
#include "support/catch.h"

namespace kratos::middleware {
namespace {

const auto kOk = [](Context&) { return Status(); };

TEST_CASE("metadata: a server takes what has the prefix, with all values, after the constants") {
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_request_header() = {{"X-Md-Global-User", "u"},
                                  {"x-md-local-a", "1"},
                                  {"X-MD-LOCAL-A", "2"},
                                  {"x-md", "no"},
                                  {"Authorization", "no"}};
  const Middleware propagation = MetadataPropagation({.constants = {{"X-Md-Zone", "z"}}});
  CHECK(Run(propagation, ctx, kOk).ok());
  CHECK(ctx.server_metadata() == Metadata{{"x-md-zone", "z"},
                                          {"x-md-global-user", "u"},
                                          {"x-md-local-a", "1"},
                                          {"x-md-local-a", "2"}});
}

TEST_CASE("metadata: global travels on, local stays") {
  Context served;
  served.mutable_transport() = CallOf(kServer);
  served.mutable_server_metadata() = {
      {"x-md-global-user", "u"}, {"x-md-global-user", "v"}, {"x-md-local-a", "1"}};
  Context call(&served);
  call.mutable_transport() = CallOf(kClient);
  CHECK(Run(MetadataPropagation(), call, kOk).ok());
  CHECK(call.request_header() == Metadata{{"x-md-global-user", "u"}, {"x-md-global-user", "v"}});
  CHECK(served.request_header().empty());
}

TEST_CASE("metadata: a client sends all of its own, whatever the name") {
  Context ctx;
  ctx.mutable_client_metadata() = {{"anything", "a"}, {"anything", "b"}};
  Context call(&ctx);
  call.mutable_transport() = CallOf(kClient);
  CHECK(Run(MetadataPropagation({.constants = {{"c", "1"}}}), call, kOk).ok());
  CHECK(call.request_header() == Metadata{{"anything", "a"}, {"anything", "b"}, {"c", "1"}});
}

TEST_CASE("metadata: a name comes from one source, the nearest (framework 17, fault 28)") {
  const auto header = [](bool own, bool client, bool served) {
    Context ctx;
    if (client) ctx.mutable_client_metadata() = {{"X-Md-Global-K", "client"}};
    if (served) ctx.mutable_server_metadata() = {{"x-md-global-k", "served"}};
    Context call(&ctx);
    call.mutable_transport() = CallOf(kClient);
    if (own) call.mutable_request_header() = {{"x-md-global-K", "own"}};
    CHECK(Run(MetadataPropagation({.constants = {{"x-md-global-k", "constant"}}}), call, kOk).ok());
    CHECK(call.request_header().size() == 1);
    return std::string(call.request_header().Get("x-md-global-k"));
  };
  CHECK(header(true, true, true) == "own");
  CHECK(header(false, true, true) == "client");
  CHECK(header(false, false, true) == "served");
  CHECK(header(false, false, false) == "constant");
}

TEST_CASE("metadata: prefixes in upper case match too (framework 17, fault 41)") {
  const MetadataPropagationOptions options{.server_prefixes = {"X-TENANT-"},
                                           .client_prefixes = {"X-Tenant-"}};
  Context ctx;
  ctx.mutable_transport() = CallOf(kServer);
  ctx.mutable_request_header() = {{"x-tenant-id", "7"}, {"x-md-a", "no"}};
  CHECK(Run(MetadataPropagation(options), ctx, [&options](Context& served) {
          Context call(&served);
          call.mutable_transport() = CallOf(kClient);
          CHECK(Run(MetadataPropagation(options), call, kOk).ok());
          CHECK(call.request_header() == Metadata{{"x-tenant-id", "7"}});
          return Status();
        }).ok());
}

TEST_CASE("metadata: outside a call nothing happens") {
  Context ctx;
  ctx.mutable_request_header() = {{"x-md-a", "1"}};
  ctx.mutable_client_metadata() = {{"k", "v"}};
  CHECK(Run(MetadataPropagation(), ctx, kOk).ok());
  CHECK(ctx.server_metadata().empty());
  CHECK(ctx.request_header().size() == 1);
}

}  // namespace
}  // namespace kratos::middleware
