// HTTP dates (RFC 9110, 5.6.7).
#pragma once

#include <ctime>
#include <string>

namespace kratos::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string FormatHttpDate(std::time_t time);

}  // namespace kratos::http
