// All that a generated *.kratos_grpc.pb.h includes of the runtime. Kept light: nothing of gRPC.
#pragma once

#include <memory>

#include "kratos/codegen/interface.h"
#include "kratos/errors/status.h"
#include "kratos/stream/stream.h"

namespace grpc {
class Service;
}  // namespace grpc

namespace kratos {
class Context;
}  // namespace kratos

namespace kratos::grpc {
class Client;
class Server;
struct CallOptions;
}  // namespace kratos::grpc

namespace kratos::http {
class Server;
}  // namespace kratos::http
