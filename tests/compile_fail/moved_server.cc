// Handlers and groups of routes point at their server, so it stays where it is.
#include <memory>
#include <utility>

#include "kratos/http/server.h"

void Hand(std::unique_ptr<kratos::http::Server> server) {
#ifdef KRATOS_MUST_FAIL
  kratos::http::Server other(std::move(*server));
#else
  const std::unique_ptr<kratos::http::Server> other(std::move(server));
#endif
}
