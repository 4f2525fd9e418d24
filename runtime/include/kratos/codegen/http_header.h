// All that a generated *.http.pb.h includes of the runtime. Kept light: no server, client, codec or
// protobuf header.
#pragma once

#include <memory>
#include <string_view>

#include "kratos/codegen/interface.h"
#include "kratos/errors/status.h"
#include "kratos/stream/stream.h"

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::http {
class Client;
class Server;
struct CallOptions;
}  // namespace kratos::http
