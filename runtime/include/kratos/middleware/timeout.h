// A deadline for calls.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct TimeoutOptions {
  /// What a call may take from here on. Zero or less: no limit.
  std::chrono::milliseconds timeout{0};
  /// For some operations something else; written like SelectorOptions::operations. The exact
  /// operation wins, then the longest prefix.
  std::vector<std::pair<std::string, std::chrono::milliseconds>> operations{};
  /// Streams too: the whole stream on the server, its opening in the client. Default: off.
  bool streams = false;
  /// Default: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// For server and client. Brings the context's deadline forward; it cannot put it off. A call whose
/// deadline has passed already is answered 504 DEADLINE_EXCEEDED. A service method is not
/// interrupted: it asks ctx.Err() or ctx.TimeLeft(), as do the clients it calls.
Middleware Timeout(TimeoutOptions options);

}  // namespace kratos::middleware
