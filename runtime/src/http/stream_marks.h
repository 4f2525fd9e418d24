// Kratos's control texts on a WebSocket.
#pragma once

#include <string>
#include <string_view>

#include "kratos/errors/status.h"

namespace kratos::http {

/// The client sends nothing more.
inline constexpr std::string_view kEndMark =
    "\x1e"
    "end";
/// The call failed; Error::ToString() without the cause follows.
inline constexpr std::string_view kErrorMark =
    "\x1e"
    "error:";

/// What follows kErrorMark.
std::string ErrorText(const Error& error);
/// Reads such a text; what is not one becomes the message of a 500 without reason, as in Go.
Error ParseErrorText(std::string_view text);

/// `text` cut to the `most` bytes that a close frame has room for, between two characters.
std::string_view CutUtf8(std::string_view text, std::size_t most = 123);

}  // namespace kratos::http
