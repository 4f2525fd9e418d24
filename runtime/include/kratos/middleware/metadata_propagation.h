// Metadata that travels with calls from hop to hop.
#pragma once

#include <string>
#include <vector>

#include "kratos/metadata/metadata.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct MetadataPropagationOptions {
  /// Server: what every call's server_metadata() begins with. Client: sent with every call.
  Metadata constants{};
  /// Server: request header fields whose names begin with one of these become server_metadata().
  /// Compared without case, as are the next.
  std::vector<std::string> server_prefixes{"x-md-"};
  /// Client: entries of server_metadata() whose names begin with one of these are passed on.
  std::vector<std::string> client_prefixes{"x-md-global-"};
};

/// For server and client: what arrives as `x-md-global-*` is passed on by every call that is made
/// with the served call's context, and by theirs in turn; `x-md-local-*` arrives and stays.
///
/// Server: fills the context's server_metadata(), names in lower case. Client: writes the
/// request's header from, in order of precedence, the fields it has already, the context's
/// client_metadata(), the propagated server_metadata(), `constants`; a name is taken from one
/// source only, with all its values.
Middleware MetadataPropagation(MetadataPropagationOptions options = {});

}  // namespace kratos::middleware
