// All that a generated *.http.pb.cc includes of the runtime.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "google/api/httpbody.pb.h"
#include "kratos/codegen/http_header.h"
#include "kratos/codegen/opened_call.h"
#include "kratos/errors/errors.h"
#include "kratos/http/binding.h"
#include "kratos/http/client.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"
#include "kratos/json/access.h"

namespace kratos::codegen {

/// What a service method answers that its class does not override.
Status Unimplemented(std::string_view operation);

/// Opens a streaming call. `request` is null where the client streams.
inline OpenedCall Open(http::Client& client, Context& ctx, const http::ClientMethod& method,
                       const google::protobuf::Message* request, const http::CallOptions& options) {
  return OpenedCall(client.Open(ctx, method, request, options));
}

}  // namespace kratos::codegen
