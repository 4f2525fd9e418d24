// Signatures in the form that tokens carry (RFC 7518, section 3; RFC 8037, section 3.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kratos/jwt/key.h"

namespace kratos::jwt {

/// Whether `signature` is that of `data`; false for a key that does not fit.
bool IsSignature(const Key& key, Algorithm algorithm, std::string_view data,
                 std::string_view signature);

/// Nothing for a key that does not fit or cannot sign.
std::optional<std::string> MakeSignature(const Key& key, Algorithm algorithm,
                                         std::string_view data);

}  // namespace kratos::jwt
