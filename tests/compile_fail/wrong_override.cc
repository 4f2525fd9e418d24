// A service method with another signature is no override of the generated one.
#include "e2e.http.pb.h"
#include "kratos/http/context.h"

class Service final : public e2e::EchoServer {
 public:
#ifdef KRATOS_MUST_FAIL
  kratos::Status Path(kratos::Context& ctx, const e2e::Msg& request, e2e::Sub* reply) override;
#else
  kratos::Status Path(kratos::Context& ctx, const e2e::Msg& request, e2e::Msg* reply) override;
#endif
};
