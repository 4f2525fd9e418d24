// Nor a value that might not be there.
#include "kratos/http/server.h"

void Ask(kratos::http::Server& server) {
#ifdef KRATOS_MUST_FAIL
  server.Endpoint();
#else
  (void)server.Endpoint();
#endif
}
