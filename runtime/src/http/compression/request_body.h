// The content codings of a request's body.
#pragma once

#include <cstddef>

#include "kratos/errors/status.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// Replaces the body by what it becomes without its content codings, and drops Content-Encoding and
/// Content-Length, which speak of the coded bytes. Does nothing for a body without coding or
/// without bytes. At most `limit` bytes come out (0: no limit); memory is the coded body, and twice
/// that at most. Fails with 400 (malformed or cut off), 413 (more than `limit`), or 415 (unknown
/// coding); the request is then as it was.
Status DecompressBody(std::size_t limit, Request* request);

}  // namespace kratos::http
