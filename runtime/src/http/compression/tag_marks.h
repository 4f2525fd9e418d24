// Entity tags of compressed replies. A strong tag stands for exact bytes (RFC 9110, 8.8.1), so a
// compressed reply needs one of its own: the tag with the coding's name behind it. Weakening it
// instead would make every If-Match of a client fail.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/compression/coding.h"

namespace kratos::http {

/// "\"abc\"" and gzip give "\"abc--gzip\"". A weak tag, which covers all codings, stays as it is;
/// so does what is no tag.
std::string MarkTag(std::string_view tag, Coding coding);

/// The list (a value of If-Match or If-None-Match) without the marks; nothing when no tag has one.
std::optional<std::string> UnmarkTags(std::string_view list);

}  // namespace kratos::http
