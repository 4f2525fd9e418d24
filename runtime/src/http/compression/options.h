// CompressionOptions in the form that every call uses.
#pragma once

#include <string_view>
#include <vector>

#include "http/compression/coding.h"
#include "kratos/http/compression.h"

namespace kratos::http {

/// The codings that `options` offer for replies, best first; unknown names are left out.
std::vector<Coding> OfferedCodings(const CompressionOptions& options);

/// True when `options` say that replies of this Content-Type are worth compressing.
bool ShouldCompress(const CompressionOptions& options, std::string_view content_type);

}  // namespace kratos::http
