// Errors to and from gRPC's statuses.
#pragma once

#include <grpcpp/support/status.h>

#include "kratos/errors/status.h"

namespace kratos::grpc {

/// The code by the table of kratos/errors/errors.h, and a google.rpc.ErrorInfo with reason and
/// metadata in the details. A code that the table does not bring back travels in that metadata
/// under kCodeKey. A message beyond kMostMessageBytes is cut, metadata beyond kMostDetailBytes is
/// left out: peers would refuse the whole status.
::grpc::Status ToGrpc(const Status& status);

/// The way back, for peers of any kind. Statuses without an ErrorInfo have the reasons the HTTP
/// client gives: CANCELED, DEADLINE_EXCEEDED, UNAVAILABLE and UNIMPLEMENTED, or none.
Status FromGrpc(const ::grpc::Status& status);

inline constexpr char kCodeKey[] = "kratos-code";
inline constexpr std::size_t kMostMessageBytes = 1024;
inline constexpr std::size_t kMostDetailBytes = 2048;

}  // namespace kratos::grpc
