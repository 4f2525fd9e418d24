// "Did you mean ...?"
#pragma once

#include <string>
#include <vector>

namespace kratos::plugin {

/// The candidate that `name` is most likely a misspelling of, or empty when none is near: at most a
/// third of its characters differ, or it is the same but for case and underscores. The first wins
/// among equals.
std::string Nearest(const std::string& name, const std::vector<std::string>& candidates);

}  // namespace kratos::plugin
