// HTTP dates (RFC 9110, 5.6.7).
#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace kratos::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string FormatHttpDate(std::time_t time);

/// The present time in that form; valid until the thread's next call. Made once a second.
std::string_view HttpDateNow();

/// Reads that form and the two obsolete ones. Names are compared with their case, the day of the
/// week is not checked against the date. Nothing when malformed.
std::optional<std::time_t> ParseHttpDate(std::string_view text);

}  // namespace kratos::http
