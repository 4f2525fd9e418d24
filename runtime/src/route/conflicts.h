// Finds pairs of routes that cross, without comparing all with all.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "kratos/route/matcher.h"
#include "route/pattern.h"
#include "route/route_tree_builder.h"

namespace kratos::route {

/// Calls `candidate` for the routes of `tree` that may cross `pattern`: all that do, and few
/// others. Stops when it answers false.
void ForEachCrossingCandidate(const RouteTreeBuilder& tree, const Pattern& pattern,
                              const std::function<bool(RouteId)>& candidate);

}  // namespace kratos::route
