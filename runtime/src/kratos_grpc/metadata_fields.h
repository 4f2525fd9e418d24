// Metadata to and from gRPC's own kinds.
#pragma once

#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>
#include <string_view>

#include "kratos/metadata/metadata.h"

namespace kratos::grpc {

/// What the peer sent, in order.
Metadata FromGrpc(const std::multimap<::grpc::string_ref, ::grpc::string_ref>& fields);

/// True for names that belong to the transports themselves (content-type, te, host, grpc-...): they
/// are not sent as metadata.
bool IsReserved(std::string_view lower_name);

/// "" when the field can travel as metadata (gRPC over HTTP/2, "Custom-Metadata"), else why not.
std::string WhyNotSendable(std::string_view lower_name, std::string_view value);

std::string ToLower(std::string_view text);

/// Calls `add(lower_name, value)` for every field that is not reserved; the first that cannot
/// travel ends it and is what comes back, "" without one.
template <class Add>
std::string AddFields(const Metadata& fields, Add add) {
  for (const auto& [name, value] : fields) {
    const std::string lower = ToLower(name);
    if (IsReserved(lower)) continue;
    if (std::string why = WhyNotSendable(lower, value); !why.empty()) return why;
    add(lower, value);
  }
  return "";
}

/// "ipv4:127.0.0.1:80", "ipv6:%5B::1%5D:80" as "127.0.0.1:80", "[::1]:80"; other kinds as they are.
std::string PeerText(std::string_view peer);

}  // namespace kratos::grpc
