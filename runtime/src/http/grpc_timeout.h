// The Grpc-Timeout header field (gRPC over HTTP/2, "Requests"): how long the caller waits.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kratos::http {

/// Up to eight digits and one of H M S m u n. Nothing for anything else. At most a year, so that
/// adding it to now cannot overflow.
std::optional<std::chrono::nanoseconds> ParseGrpcTimeout(std::string_view text);

/// The shortest spelling that is not longer than `timeout`; "0n" when nothing is left.
std::string FormatGrpcTimeout(std::chrono::nanoseconds timeout);

}  // namespace kratos::http
