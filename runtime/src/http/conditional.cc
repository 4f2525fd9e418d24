// The filter behind conditions and ranges.
#include "kratos/http/conditional.h"

#include <fmt/format.h>

#include <memory>

#include "http/byte_range.h"
#include "http/http_date.h"
#include "http/partial_reply.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"

namespace kratos::http {

namespace {

Validators ValidatorsOf(const Response& response) {
  Validators validators;
  validators.etag = ParseEntityTag(response.headers.Get("ETag"));
  if (const auto time = ParseHttpDate(response.headers.Get("Last-Modified")))
    validators.last_modified = std::chrono::system_clock::from_time_t(*time);
  return validators;
}

// RFC 9110, 13.1.5: a strong tag that is equal, or the very same date, which is strong enough when
// it lies more than a second back (8.8.2.2).
bool IfRangeHolds(const Request& request, const Validators& current) {
  const auto values = request.headers.Values("If-Range");
  if (values.empty()) return true;
  if (values.size() != 1) return false;
  if (const auto tag = ParseEntityTag(values[0]))
    return current.etag && !tag->weak && *tag == *current.etag;
  const auto date = ParseHttpDate(values[0]);
  return date && current.last_modified &&
         std::chrono::system_clock::from_time_t(*date) == *current.last_modified &&
         std::chrono::system_clock::now() - *current.last_modified > std::chrono::seconds(1);
}

// What describes the body that is not sent (RFC 9110, 15.4.5).
void DropBody(Response* response) {
  response->body.clear();
  for (const char* name :
       {"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition"})
    response->headers.Remove(name);
}

// An error must not be kept as if it were the resource.
void DropAll(Response* response) {
  DropBody(response);
  for (const char* name : {"Cache-Control", "Expires", "ETag", "Last-Modified"})
    response->headers.Remove(name);
}

Status AnswerRange(Context& ctx, const ConditionalOptions& options, const Validators& current) {
  Response& response = ctx.response();
  response.headers.Set("Accept-Ranges", "bytes");
  const auto fields = ctx.request().headers.Values("Range");
  if (fields.empty() || ctx.request().method != "GET" || !IfRangeHolds(ctx.request(), current))
    return {};
  const std::size_t size = response.body.size();
  const RangeChoice choice = ChooseRanges(fields, size, options.max_ranges);
  if (choice.kind == RangeChoice::Kind::kParts) MakePartial(choice.parts, &response);
  if (choice.kind != RangeChoice::Kind::kUnsatisfiable) return {};
  DropAll(&response);
  response.headers.Set("Content-Range", fmt::format("bytes */{}", size));
  return Error(416, "RANGE_NOT_SATISFIABLE",
               fmt::format("no range that was asked for lies within the {} bytes", size));
}

Status AnswerConditions(Context& ctx, const ConditionalOptions& options) {
  Response& response = ctx.response();
  const std::string& method = ctx.request().method;
  // A reply without a body here has nothing to save, or is written as a stream.
  if ((method != "GET" && method != "HEAD") || !response.committed || response.status != 200 ||
      response.body.empty()) {
    return {};
  }
  if (options.make_etags && !response.headers.Has("ETag"))
    response.headers.Set("ETag", StrongTag(response.body).ToString());
  const Validators current = ValidatorsOf(response);
  switch (EvaluatePreconditions(ctx.request(), current)) {
    case Precondition::kNotModified:
      DropBody(&response);
      response.status = 304;
      return {};
    case Precondition::kFailed:
      DropAll(&response);
      return CheckPreconditions(ctx, current);
    case Precondition::kProceed:
      break;
  }
  return options.ranges ? AnswerRange(ctx, options, current) : Status();
}

}  // namespace

Filter Conditional(ConditionalOptions options) {
  auto shared = std::make_shared<const ConditionalOptions>(std::move(options));
  return [shared](HandlerFunc next) -> HandlerFunc {
    return [shared, next = std::move(next)](Context& ctx) -> Status {
      if (Status status = next(ctx); !status.ok()) return status;
      if (shared->applies && !shared->applies(ctx)) return {};
      return AnswerConditions(ctx, *shared);
    };
  };
}

Status ServeBlob(Context& ctx, std::string_view content_type, std::string bytes,
                 const Validators& validators, const ConditionalOptions& options) {
  if (ctx.response().committed) return {};
  SetValidators(ctx, validators);
  if (Status status = ctx.Blob(200, content_type, std::move(bytes)); !status.ok()) return status;
  return AnswerConditions(ctx, options);
}

}  // namespace kratos::http
