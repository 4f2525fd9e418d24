// base64url without padding (RFC 7515, section 2), as strictly as signatures deserve.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kratos::jwt {

std::string EncodeBase64Url(std::string_view bytes);

/// Nothing for padding, other characters, and texts that no encoder writes: every sequence of bytes
/// has one text only.
std::optional<std::string> DecodeBase64Url(std::string_view text);

}  // namespace kratos::jwt
