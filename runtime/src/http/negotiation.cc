#include "http/negotiation.h"

#include "http/call_state.h"
#include "kratos/errors/errors.h"

namespace kratos::http {

Negotiated NegotiateReply(const Context& ctx) {
  internal::CallState& state = ctx.state();
  state.by_accept = true;
  Negotiated result;
  result.json = state.dispatcher.json();
  result.codec = codec::Negotiate(state.dispatcher.codecs(), state.request.headers);
  if (result.codec == nullptr) result.codec = result.json;
  result.content_type = state.dispatcher.codecs().MediaTypeOf(*result.codec);
  result.options = state.route != nullptr ? state.route->encode : state.dispatcher.options().encode;
  return result;
}

Status OneContentType(const Metadata& headers) {
  const std::string_view first = headers.Get("Content-Type");
  bool differ = false;
  headers.ForEachValue("Content-Type",
                       [&](std::string_view type) { differ = differ || type != first; });
  if (!differ) return {};
  return BadRequest(kReasonCodec, "there are two different Content-Type fields");
}

}  // namespace kratos::http
