#include <fmt/format.h>

#include "kratos/codegen/http_source.h"

namespace kratos::codegen {

Status Unimplemented(std::string_view operation) {
  return NotImplemented(kReasonUnimplemented, fmt::format("{} is not implemented", operation));
}

}  // namespace kratos::codegen
