// One element of Content-Type or Accept: a media type or range with its parameters.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kratos/codec/codec.h"

namespace kratos::codec::internal {

/// Parses `type/subtype;name=value;...` (RFC 9110, 8.3.1), calling `parameter` with each
/// lower-cased name and unquoted value. Nothing when the text is malformed.
std::optional<MediaType> ParseWithParameters(
    std::string_view text,
    const std::function<void(std::string_view name, std::string value)>& parameter);

/// The length of the list element `text` begins with: up to the next comma outside of quotes.
std::size_t ElementLength(std::string_view text);

}  // namespace kratos::codec::internal
