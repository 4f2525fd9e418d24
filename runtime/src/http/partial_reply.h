// 206 replies (RFC 9110, 15.3.7).
#pragma once

#include <vector>

#include "http/byte_range.h"
#include "kratos/http/message.h"

namespace kratos::http {

/// Makes a 206 of a complete 200: of one part with Content-Range, of several as
/// multipart/byteranges. `parts` has one element or more, all within the body.
void MakePartial(const std::vector<ByteRange>& parts, Response* response);

}  // namespace kratos::http
