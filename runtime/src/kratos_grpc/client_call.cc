#include "kratos_grpc/client_call.h"

#include <chrono>

#include "kratos/errors/errors.h"
#include "kratos_grpc/metadata_fields.h"
#include "kratos_grpc/status_details.h"

namespace kratos::grpc {

Metadata HeadersOf(const CallState& state, const Context& ctx) {
  Metadata headers = state.call->request_header();
  if (&ctx == state.call) return headers;
  for (const auto name : ctx.request_header().Names()) headers.Remove(name);
  for (const auto& [name, value] : ctx.request_header()) headers.Add(name, value);
  return headers;
}

Status Prepare(const Context& ctx, const Metadata& headers, bool wait_for_ready,
               ::grpc::ClientContext* rpc) {
  const std::string why = AddFields(
      headers,
      [rpc](const std::string& name, const std::string& value) { rpc->AddMetadata(name, value); });
  if (!why.empty()) return BadRequest(kReasonCodec, "the call's metadata cannot be sent: " + why);
  if (const auto left = ctx.TimeLeft()) {
    // Rounded up: gRPC must not give up before the context does.
    rpc->set_deadline(std::chrono::system_clock::now() +
                      std::chrono::ceil<std::chrono::microseconds>(*left));
  }
  rpc->set_wait_for_ready(wait_for_ready);
  return {};
}

ReplyInfo ReplyOf(const ::grpc::ClientContext& rpc, bool with_trailers) {
  ReplyInfo info;
  info.headers = FromGrpc(rpc.GetServerInitialMetadata());
  if (!with_trailers) return info;
  for (const auto& [name, value] : FromGrpc(rpc.GetServerTrailingMetadata())) {
    if (!IsReserved(ToLower(name))) info.trailers.Add(name, value);
  }
  return info;
}

Status Outcome(const Context& ctx, const ::grpc::Status& status) {
  if (status.ok()) return {};
  // A server whose clock is ahead breaks the call off before it is over here.
  if (status.error_code() == ::grpc::StatusCode::CANCELLED) {
    if (Status own = ctx.Err(); !own.ok()) return own;
  }
  return FromGrpc(status);
}

}  // namespace kratos::grpc
