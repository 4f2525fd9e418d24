// The head of an HTTP/1.1 reply as text.
#pragma once

#include <string>

#include "http/request_head.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// "Not Found" for 404; "Unknown" for what RFC 9110 and its kin do not list.
const char* ReasonPhrase(int status);

/// True when a reply with this status never has a body: 1xx, 204, 304 (RFC 9112, 6.3).
bool IsBodyless(int status);

/// How the end of a reply's body is told (RFC 9112, 6.3).
enum class BodyFraming { kLength, kChunked, kUntilClose };

/// Appends status line and fields up to and with the empty line. The fields of `response` go out as
/// they are, but framing is the engine's: Content-Length or Transfer-Encoding (also for HEAD; none
/// where IsBodyless), and Connection as `close` and the request ask for.
void AppendReplyHead(const RequestHead& request, const Response& response, BodyFraming framing,
                     bool close, std::string* head);

}  // namespace kratos::http
