// The Vary field of a reply.
#pragma once

#include <string_view>

#include "kratos/metadata/metadata.h"

namespace kratos::http {

/// Says that the reply depends on the request's field `name` (RFC 9110, 12.5.5). Leaves alone a
/// Vary that says so already, or that is `*`.
void AddVary(std::string_view name, Metadata* reply_headers);

}  // namespace kratos::http
