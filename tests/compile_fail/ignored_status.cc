// A failure must not be dropped by accident.
#include <chrono>

#include "kratos/http/server.h"

void End(kratos::http::Server& server) {
#ifdef KRATOS_MUST_FAIL
  server.Stop(std::chrono::seconds(1));
#else
  (void)server.Stop(std::chrono::seconds(1));
#endif
}
