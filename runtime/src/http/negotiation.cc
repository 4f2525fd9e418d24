#include "http/negotiation.h"

#include "http/call_state.h"

namespace kratos::http {

Negotiated NegotiateReply(const Context& ctx) {
  const internal::CallState& state = ctx.state();
  Negotiated result;
  result.json = state.dispatcher.json();
  result.codec = codec::Negotiate(state.dispatcher.codecs(), state.request.headers);
  if (result.codec == nullptr) result.codec = result.json;
  result.content_type = state.dispatcher.codecs().MediaTypeOf(*result.codec);
  result.options = state.route != nullptr ? state.route->encode : state.dispatcher.options().encode;
  return result;
}

}  // namespace kratos::http
