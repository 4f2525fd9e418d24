#include "kratos/middleware/selector.h"

#include <google/protobuf/message.h>

#include <memory>
#include <utility>

#include "middleware/operation_set.h"

namespace kratos::middleware {

namespace {

using google::protobuf::Message;

bool IsSelected(const SelectorOptions& options, const Context& ctx) {
  const TransportInfo& transport = ctx.transport();
  if (transport.side == TransportInfo::Side::kNone) return false;
  if (options.side != TransportInfo::Side::kNone && options.side != transport.side) return false;
  if (MatchesAny(options.except, transport.operation)) return false;
  return MatchesAny(options.operations, transport.operation) ||
         (options.predicate && options.predicate(ctx, transport.operation));
}

}  // namespace

Middleware Selector(SelectorOptions options) {
  const auto shared = std::make_shared<const SelectorOptions>(std::move(options));
  return [shared](Handler next) -> Handler {
    Handler selected = Chain(shared->middleware, next);
    return [shared, selected = std::move(selected), next = std::move(next)](
               Context& ctx, const Message& request, Message* reply) -> Status {
      return IsSelected(*shared, ctx) ? selected(ctx, request, reply) : next(ctx, request, reply);
    };
  };
}

}  // namespace kratos::middleware
