#include <fmt/format.h>

#include <string>

#include "kratos/codegen/errors.h"

namespace kratos::codegen {

Error FormatError(int code, const char* reason, fmt::string_view format, fmt::format_args args) {
  std::string message;
  try {
    message = fmt::vformat(format, args);
  } catch (const fmt::format_error&) {
    message.assign(format.data(), format.size());
  }
  return Error(code, reason, std::move(message));
}

bool IsError(const Error& error, int code, std::string_view reason) {
  return error.code() == code && error.reason() == reason;
}

bool IsError(const Status& status, int code, std::string_view reason) {
  return !status.ok() && IsError(status.error(), code, reason);
}

}  // namespace kratos::codegen
