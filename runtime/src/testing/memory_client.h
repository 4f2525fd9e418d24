// A client over a server in memory.
#pragma once

#include <memory>

#include "kratos/http/client.h"
#include "testing/memory_server.h"

namespace kratos::testing::internal {

/// `server` must outlive it.
Result<std::shared_ptr<http::Client>> MakeMemoryClient(InMemoryServer::Impl& server,
                                                       http::ClientOptions options);

}  // namespace kratos::testing::internal
