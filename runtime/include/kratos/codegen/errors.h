// All that a generated *.errors.pb.h includes of the runtime.
#pragma once

#if __has_include(<fmt/base.h>)
#include <fmt/base.h>
#else
#include <fmt/core.h>
#endif

#include "kratos/errors/status.h"

namespace kratos::codegen {

/// Raised when generated code starts to need something that older runtimes lack.
inline constexpr int kErrorsInterface = 1;

/// A format that is checked against the types of its arguments at compile time.
template <class... Args>
using ErrorFormat = fmt::format_string<Args...>;

/// An error with a formatted message. Should formatting fail all the same (a width that is computed
/// can be negative), the message is the format itself. Throws nothing but std::bad_alloc.
Error FormatError(int code, const char* reason, fmt::string_view format, fmt::format_args args);

/// The same from the arguments themselves.
template <class... Args>
Error MakeError(int code, const char* reason, fmt::string_view format, Args&... args) {
  return FormatError(code, reason, format, fmt::make_format_args(args...));
}

/// True when the error itself, not a cause of it, has this code and reason.
bool IsError(const Error& error, int code, std::string_view reason);
bool IsError(const Status& status, int code, std::string_view reason);

}  // namespace kratos::codegen
