#include <google/protobuf/message.h>

#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "kratos/errors/errors.h"
#include "kratos/metadata/metadata.h"
#include "kratos/middleware/jwt.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;
using google::protobuf::Struct;

constexpr std::string_view kScheme = "Bearer";

// The same words whatever was wrong.
Error Refused(Status cause) {
  return Unauthorized(kReasonUnauthorized, "the call has no valid token")
      .WithCause(std::move(cause));
}

Status WrongSide() {
  return Unauthorized("TOKEN_CONTEXT", "the middleware stands on the wrong side");
}

Result<jwt::Claims> Authenticate(const JwtServerOptions& options, const Context& ctx) {
  const auto fields = ctx.request_header().Values("Authorization");
  if (fields.empty()) return Unauthorized("TOKEN_MISSING", "there is no Authorization field");
  if (fields.size() > 1)
    return Unauthorized(jwt::kReasonMalformed, "there are several Authorization fields");
  const std::string_view field = fields.front();
  const auto space = field.find(' ');
  if (space == std::string_view::npos || !EqualsIgnoreCase(field.substr(0, space), kScheme))
    return Unauthorized("TOKEN_MISSING", "the Authorization field has no bearer token");
  if (options.keys == nullptr) return Unauthorized(jwt::kReasonNoKey, "there are no keys");
  return jwt::Verify(field.substr(space + 1), *options.keys, options.verify);
}

Result<std::string> MakeToken(const JwtClientOptions& options, const Context& ctx) {
  if (!options.key) return Unauthorized(jwt::kReasonNoKey, "there is no key");
  Struct claims;
  if (options.claims) {
    auto made = options.claims(ctx);
    if (!made.ok()) return made.status();
    claims = std::move(*made);
  }
  if (options.lifetime != std::chrono::seconds::zero()) {
    const auto time = options.clock ? options.clock() : std::chrono::system_clock::now();
    const double now = std::floor(std::chrono::duration<double>(time.time_since_epoch()).count());
    auto& fields = *claims.mutable_fields();
    if (!fields.contains("iat")) fields["iat"].set_number_value(now);
    if (!fields.contains("exp"))
      fields["exp"].set_number_value(now + static_cast<double>(options.lifetime.count()));
  }
  return jwt::Sign(claims, *options.key, options.algorithm, options.header);
}

}  // namespace

Middleware JwtServer(JwtServerOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      if (ctx.transport().side != TransportInfo::Side::kServer) return Refused(WrongSide());
      auto claims = Authenticate(options, ctx);
      if (!claims.ok()) {
        if (ctx.transport().kind == "http") {
          const bool missing = claims.status().reason() == "TOKEN_MISSING";
          ctx.mutable_reply_header().Set("WWW-Authenticate",
                                         missing ? "Bearer" : R"(Bearer error="invalid_token")");
        }
        return Refused(claims.status());
      }
      ctx.Set(std::move(*claims));
      return next(ctx, request, reply);
    };
  };
}

Middleware JwtClient(JwtClientOptions options) {
  return [options = std::move(options)](Handler next) -> Handler {
    return [options, next = std::move(next)](Context& ctx, const Message& request,
                                             Message* reply) -> Status {
      if (ctx.transport().side != TransportInfo::Side::kClient) return Refused(WrongSide());
      const auto token = MakeToken(options, ctx);
      if (!token.ok()) return Refused(token.status());
      ctx.mutable_request_header().Set("Authorization", std::string(kScheme) + ' ' + *token);
      return next(ctx, request, reply);
    };
  };
}

}  // namespace kratos::middleware
