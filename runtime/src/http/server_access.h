// A server's calls without its engine, for kratos::testing.
#pragma once

#include <memory>
#include <string>

#include "http/dispatcher.h"
#include "kratos/http/server.h"

namespace kratos::http::internal {

class ServerAccess {
 public:
  /// What Server::Start would serve now: the same checks, the same table. `server` must outlive it.
  static Result<std::unique_ptr<Dispatcher>> MakeDispatcher(Server& server);
};

}  // namespace kratos::http::internal
