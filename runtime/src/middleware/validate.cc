#include "kratos/middleware/validate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "kratos/context/context.h"
#include "kratos/errors/errors.h"

namespace kratos::middleware {

using google::protobuf::Message;

Status ValidatorSet::operator()(const Context&, const Message& request) const {
  const auto found = rules_.find(request.GetDescriptor());
  if (found == rules_.end()) return {};
  for (const auto& rule : found->second) {
    if (Status status = rule(request); !status.ok()) return status;
  }
  return {};
}

Middleware Validate(std::vector<Validator> validators) {
  return [validators = std::move(validators)](Handler next) -> Handler {
    return [validators, next = std::move(next)](Context& ctx, const Message& request,
                                                Message* reply) -> Status {
      if (!ctx.bind_status().ok() || ctx.transport().request_stream)
        return next(ctx, request, reply);
      for (const Validator& validator : validators) {
        Status verdict = validator(ctx, request);
        if (verdict.ok()) continue;
        return BadRequest(kReasonValidator, verdict.message())
            .WithMetadata(verdict.error().metadata())
            .WithCause(std::move(verdict));
      }
      return next(ctx, request, reply);
    };
  };
}

}  // namespace kratos::middleware
