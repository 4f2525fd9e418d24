// Durations as Go writes them.
#pragma once

#include <cstdint>
#include <string_view>

namespace kratos::form::internal {

/// Reads `90s`, `1.5s`, `1m30s`, `-2h`, `0`: a sign, then numbers with units h m s ms us ns (as
/// Go's time.ParseDuration, but exact over the whole range of google.protobuf.Duration). What is
/// smaller than a nanosecond is cut off. False for anything else.
bool ParseGoDuration(std::string_view text, std::int64_t* seconds, std::int32_t* nanos);

}  // namespace kratos::form::internal
