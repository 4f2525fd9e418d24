// Authentication by JSON Web Tokens. In the library kratos::jwt.
#pragma once

#include <google/protobuf/struct.pb.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "kratos/context/context.h"
#include "kratos/errors/status.h"
#include "kratos/jwt/key.h"
#include "kratos/jwt/token.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct JwtServerOptions {
  /// What tokens are checked with. Null refuses every call.
  std::shared_ptr<jwt::KeySource> keys{};
  jwt::VerifyOptions verify{};
};

/// For the server. Wants `Authorization: Bearer <token>` and puts the token's claims into the
/// context: `ctx.Get<jwt::Claims>()`. Anything else is answered 401 UNAUTHORIZED, always with the
/// same message, and over HTTP with WWW-Authenticate (RFC 6750, section 3). The cause, which no
/// peer sees, says what was wrong: TOKEN_MISSING, or a reason of jwt::Verify. A call that is not a
/// server's is refused as well.
Middleware JwtServer(JwtServerOptions options);

struct JwtClientOptions {
  /// What tokens are signed with; none makes every call fail.
  std::optional<jwt::Key> key{};
  jwt::Algorithm algorithm = jwt::Algorithm::kHS256;
  /// The claims of a call's token. Its error, as the cause, fails the call. Default: none.
  std::function<Result<google::protobuf::Struct>(const Context& ctx)> claims{};
  /// More fields of the token's header.
  google::protobuf::Struct header{};
  /// When not zero, `iat` and `exp` are added where `claims` has none. Default: zero.
  std::chrono::seconds lifetime{0};
  /// Default: system_clock::now.
  std::function<std::chrono::system_clock::time_point()> clock{};
};

/// For the client. Signs a token for each call and sends it as `Authorization: Bearer <token>`, in
/// place of what was there. A token that cannot be made is 401 UNAUTHORIZED with the cause, and the
/// call is not sent; so is a call that is not a client's.
Middleware JwtClient(JwtClientOptions options);

}  // namespace kratos::middleware
