// Errors as the codec builds them up: where a fault is found the path is empty, and each level adds
// its own step in front while the call stack unwinds, so that the good path pays nothing for it.
#pragma once

#include <cstddef>
#include <string_view>

#include "kratos/json/internal/text.h"
#include "kratos/json/json.h"

namespace kratos::json::internal {

/// `name`, `[3]` and `["key"]` before what the path already holds.
void PrependField(std::string_view name, Error* error);
void PrependIndex(std::size_t index, Error* error);
void PrependKey(std::string_view key, Error* error);

}  // namespace kratos::json::internal
