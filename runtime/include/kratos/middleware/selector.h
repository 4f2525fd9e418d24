// Middleware for some calls only.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kratos/context/context.h"
#include "kratos/middleware/middleware.h"

namespace kratos::middleware {

struct SelectorOptions {
  /// Runs around the calls that are selected, the first one outermost.
  std::vector<Middleware> middleware{};
  /// Selects operations; one that ends in '*' selects every operation that begins with what stands
  /// before it, as in Server::Use. "*" is every call.
  std::vector<std::string> operations{};
  /// Selects whatever it says true to. Called concurrently.
  std::function<bool(const Context& ctx, std::string_view operation)> predicate{};
  /// Selected by neither of the above: written like `operations`.
  std::vector<std::string> except{};
  /// kServer or kClient: calls of that side only. Default: both.
  TransportInfo::Side side = TransportInfo::Side::kNone;
};

/// For server and client. A call is selected by any entry of `operations` or by `predicate`, unless
/// `except` has it too; nothing is selected by default. A context without transport is no call and
/// passes by.
Middleware Selector(SelectorOptions options);

}  // namespace kratos::middleware
