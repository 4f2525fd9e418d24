// If-Match, If-None-Match and their kin (RFC 9110, 13).
#include "http/http_date.h"
#include "kratos/errors/errors.h"
#include "kratos/http/conditional.h"
#include "kratos/http/context.h"

namespace kratos::http {

namespace {

bool IsSafe(const Request& request) { return request.method == "GET" || request.method == "HEAD"; }

std::optional<std::time_t> DateField(const Request& request, const char* name) {
  const auto values = request.headers.Values(name);
  if (values.size() != 1) return std::nullopt;
  return ParseHttpDate(values[0]);
}

}  // namespace

Precondition EvaluatePreconditions(const Request& request, const Validators& current) {
  const auto if_match = request.headers.Values("If-Match");
  const auto if_none_match = request.headers.Values("If-None-Match");
  std::optional<std::time_t> modified;
  if (current.last_modified)
    modified = std::chrono::system_clock::to_time_t(*current.last_modified);

  if (!if_match.empty()) {
    const EntityTagList list = ParseEntityTags(if_match);
    const bool holds =
        current.exists && (list.any || (current.etag && list.MatchesStrongly(*current.etag)));
    if (!holds) return Precondition::kFailed;
  } else if (const auto date = DateField(request, "If-Unmodified-Since"); date && modified) {
    if (*modified > *date) return Precondition::kFailed;
  }

  if (!if_none_match.empty()) {
    const EntityTagList list = ParseEntityTags(if_none_match);
    const bool matches =
        current.exists && (list.any || (current.etag && list.MatchesWeakly(*current.etag)));
    if (matches) return IsSafe(request) ? Precondition::kNotModified : Precondition::kFailed;
  } else if (const auto date = DateField(request, "If-Modified-Since");
             date && modified && IsSafe(request)) {
    if (*modified <= *date) return Precondition::kNotModified;
  }
  return Precondition::kProceed;
}

void SetValidators(Context& ctx, const Validators& current) {
  if (current.etag) ctx.response().headers.Set("ETag", current.etag->ToString());
  if (current.last_modified) {
    ctx.response().headers.Set(
        "Last-Modified",
        FormatHttpDate(std::chrono::system_clock::to_time_t(*current.last_modified)));
  }
}

bool NotModified(Context& ctx, const Validators& current) {
  if (!IsSafe(ctx.request())) return false;
  SetValidators(ctx, current);
  if (EvaluatePreconditions(ctx.request(), current) != Precondition::kNotModified) return false;
  return ctx.Blob(304, "", "").ok();
}

Status CheckPreconditions(const Context& ctx, const Validators& current) {
  if (EvaluatePreconditions(ctx.request(), current) != Precondition::kFailed) return {};
  return Error(412, "PRECONDITION_FAILED", "the resource is not in the state the request asks for");
}

}  // namespace kratos::http
