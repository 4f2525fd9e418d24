// Streaming rpcs on the server.
#include <fmt/format.h>

#include "http/call_state.h"
#include "kratos/errors/errors.h"
#include "kratos/http/context.h"

namespace kratos::http {

namespace {
Status CannotStream(const internal::CallState& state) {
  return NotImplemented(kReasonUnimplemented, fmt::format("the engine {} cannot stream",
                                                          state.dispatcher.options().engine));
}
}  // namespace

Status Context::InvokeServerStream(Status, const google::protobuf::Message&,
                                   const google::protobuf::Message&, StreamShape, int, Target,
                                   void*) {
  return CannotStream(state_);
}

Status Context::InvokeClientStream(const google::protobuf::Message&,
                                   const google::protobuf::Message&, google::protobuf::Message*,
                                   int, Target, void*) {
  return CannotStream(state_);
}

}  // namespace kratos::http
