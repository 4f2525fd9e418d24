// Which redirects are followed, and with what.
#pragma once

#include <string_view>

#include "http/client_endpoint.h"
#include "kratos/errors/status.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// True when `reply` to a `method` request asks to go elsewhere and that is followed; then
/// `address` is the next one, and `headers` are without those that were meant for the first server
/// alone. An error for one redirect more than `max`, `followed` having been so far, and for one
/// that leads nowhere.
Result<bool> FollowRedirect(const Response& reply, std::string_view method, int followed, int max,
                            Address* address, Metadata* headers);

}  // namespace kratos::http
