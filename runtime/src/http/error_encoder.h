// How errors look on the wire.
#pragma once

#include <string>
#include <string_view>

#include "kratos/http/server.h"

namespace kratos::http {

/// Writes `error` in the shape ServerOptions::error_body names, with the codec the Accept field
/// chooses (JSON otherwise). A redirect made by http::Redirect becomes one. A code outside 400..599
/// is sent as 500 and stays in the body.
void DefaultErrorEncoder(Context& ctx, const Error& error);

/// The reason of a request that is refused with `status` before it is understood.
std::string_view ReasonOfRefusal(int status);

/// The same body as JSON, for what comes too late to be a reply of its own.
std::string ErrorJson(const Context& ctx, const Error& error);

}  // namespace kratos::http
