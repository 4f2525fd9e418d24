// Accept fields, taken apart.
#pragma once

#include <string_view>
#include <vector>

#include "kratos/codec/codec.h"

namespace kratos::codec {

/// One element of an Accept field (RFC 9110, 12.5.1); "*" stands for any type or subtype.
struct MediaRange {
  MediaType type;
  /// In thousandths.
  int quality = 1000;
};

/// Malformed elements are skipped: a wrong wish is no reason to refuse an answer.
std::vector<MediaRange> ParseAccept(const std::vector<std::string_view>& fields);

}  // namespace kratos::codec
