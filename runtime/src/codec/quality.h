// The weight of an element of Accept, Accept-Encoding and their kin.
#pragma once

#include <optional>
#include <string_view>

namespace kratos::codec::internal {

/// `0`, `1`, up to three decimals, in thousandths (RFC 9110, 12.4.2). Nothing when malformed.
std::optional<int> ParseQuality(std::string_view text);

}  // namespace kratos::codec::internal
