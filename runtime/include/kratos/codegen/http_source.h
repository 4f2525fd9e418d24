// All that a generated *.http.pb.cc includes of the runtime.
#pragma once

#include "google/api/httpbody.pb.h"
#include "kratos/codegen/http_header.h"
#include "kratos/errors/errors.h"
#include "kratos/http/binding.h"
#include "kratos/http/client.h"
#include "kratos/http/context.h"
#include "kratos/http/server.h"

namespace kratos::codegen {

/// What a service method answers that its class does not override.
Status Unimplemented(std::string_view operation);

}  // namespace kratos::codegen
