#include "http/client_redirect.h"

#include <fmt/format.h>

#include <utility>

#include "kratos/errors/errors.h"

namespace kratos::http {

namespace {

// Fields meant for the first server alone (RFC 9110, 15.4).
constexpr std::string_view kPrivateFields[] = {"Authorization", "Cookie", "Proxy-Authorization",
                                               "Host"};

bool IsFollowed(int status, std::string_view method) {
  switch (status) {
    case 301:
    case 302:
    case 303:
      // For other methods clients disagree on what to send next; the answer is left to the caller.
      return method == "GET" || method == "HEAD";
    case 307:
    case 308:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<bool> FollowRedirect(const Response& reply, std::string_view method, int followed, int max,
                            Address* address, Metadata* headers) {
  const auto* location = reply.headers.Find("Location");
  if (max <= 0 || location == nullptr || !IsFollowed(reply.status, method)) return false;
  if (followed == max) {
    return Error(reply.status, "TOO_MANY_REDIRECTS",
                 fmt::format("stopped after {} redirects at {}{}", followed,
                             address->origin.ToString(), address->target))
        .WithPeerReply({reply.status, reply.headers, reply.body});
  }
  auto next = ResolveLocation(*address, *location);
  if (!next.ok()) return next.status();
  if (next->origin != address->origin) {
    for (const auto field : kPrivateFields) headers->Remove(field);
  }
  *address = std::move(next).value();
  return true;
}

}  // namespace kratos::http
