#include "kratos/http/cors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "http/cors_origin.h"
#include "http/list_field.h"
#include "http/vary.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"

namespace kratos::http {

namespace {

constexpr char kRequestMethod[] = "Access-Control-Request-Method";
constexpr char kRequestHeaders[] = "Access-Control-Request-Headers";
constexpr char kRequestPrivateNetwork[] = "Access-Control-Request-Private-Network";

// The options, checked and in the form that replies need. Immutable.
class CorsPolicy {
 public:
  CorsPolicy(CorsOptions options, OriginList origins)
      : options_(std::move(options)),
        origins_(std::move(origins)),
        methods_(fmt::format("{}", fmt::join(options_.methods, ", "))),
        headers_(fmt::format("{}", fmt::join(options_.headers, ", "))),
        exposed_(fmt::format("{}", fmt::join(options_.exposed_headers, ", "))),
        max_age_(std::to_string(options_.max_age.count())) {}

  // Says whether the page may read the reply; false when it may not. A second call changes nothing.
  bool AllowOrigin(const Context& ctx, Metadata* reply) const {
    if (origins_.any()) {
      reply->Set("Access-Control-Allow-Origin", "*");
    } else {
      AddVary("Origin", reply);
      const auto values = ctx.request().headers.Values("Origin");
      if (values.size() != 1 || !Allowed(values[0])) return false;
      reply->Set("Access-Control-Allow-Origin", values[0]);
    }
    if (options_.credentials) reply->Set("Access-Control-Allow-Credentials", "true");
    return true;
  }

  void Expose(Metadata* reply) const {
    if (!exposed_.empty()) reply->Set("Access-Control-Expose-Headers", exposed_);
  }

  Status Preflight(Context& ctx) const {
    Metadata& reply = ctx.response().headers;
    const Metadata& request = ctx.request().headers;
    const bool allowed = AllowOrigin(ctx, &reply);
    AddVary(kRequestMethod, &reply);
    AddVary(kRequestHeaders, &reply);
    if (options_.private_network) AddVary(kRequestPrivateNetwork, &reply);
    if (!allowed) {
      return Error(403, "ORIGIN_NOT_ALLOWED", "pages of this origin may not call this server");
    }
    reply.Set("Access-Control-Allow-Methods", methods_);
    const std::string fields = headers_.empty() ? Asked(request) : headers_;
    if (!fields.empty()) reply.Set("Access-Control-Allow-Headers", fields);
    reply.Set("Access-Control-Max-Age", max_age_);
    if (options_.private_network && EqualsIgnoreCase(request.Get(kRequestPrivateNetwork), "true")) {
      reply.Set("Access-Control-Allow-Private-Network", "true");
    }
    return ctx.Blob(204, "", "");
  }

 private:
  bool Allowed(std::string_view origin) const {
    return origins_.Contains(origin) || (options_.allow_origin && options_.allow_origin(origin));
  }

  // The fields a page wants to set, as far as they are field names.
  static std::string Asked(const Metadata& request) {
    std::string fields;
    ForEachElement(request, kRequestHeaders, [&](std::string_view name) {
      if (IsToken(name)) fields.append(fields.empty() ? "" : ", ").append(name);
    });
    return fields;
  }

  const CorsOptions options_;
  const OriginList origins_;
  const std::string methods_;
  const std::string headers_;
  const std::string exposed_;
  const std::string max_age_;
};

bool IsPreflight(const Request& request) {
  return request.method == "OPTIONS" && request.headers.Has("Origin") &&
         request.headers.Has(kRequestMethod);
}

Status CheckOptions(const CorsOptions& options) {
  const auto bad = [](std::string what) {
    return InternalServer("BAD_OPTIONS", "CORS: " + std::move(what));
  };
  for (const auto* names : {&options.methods, &options.headers, &options.exposed_headers}) {
    for (const std::string& name : *names) {
      if (!IsToken(name)) return bad(fmt::format("\"{}\" is no method or field name", name));
    }
  }
  if (options.max_age.count() < 0) return bad("max_age is negative");
  if (options.credentials &&
      std::find(options.origins.begin(), options.origins.end(), "*") != options.origins.end()) {
    return bad("credentials for every origin would let any page act as the user; name the origins");
  }
  return {};
}

}  // namespace

kratos::Result<Filter> Cors(CorsOptions options) {
  if (Status status = CheckOptions(options); !status.ok()) return status;
  auto origins = OriginList::Create(options.origins);
  if (!origins.ok()) return origins.status();
  const auto policy = std::make_shared<const CorsPolicy>(std::move(options), std::move(*origins));
  return Filter([policy](HandlerFunc next) -> HandlerFunc {
    return [policy, next = std::move(next)](Context& ctx) -> Status {
      if (IsPreflight(ctx.request())) return policy->Preflight(ctx);
      // Before the handler, for it may throw or send its head while it runs; and after it, for it
      // may have set Vary itself.
      Metadata* reply = &ctx.response().headers;
      if (policy->AllowOrigin(ctx, reply)) policy->Expose(reply);
      Status status = next(ctx);
      if (policy->AllowOrigin(ctx, reply)) policy->Expose(reply);
      return status;
    };
  });
}

}  // namespace kratos::http
