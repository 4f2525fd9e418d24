// From values back to a path: the client's half of a template.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "kratos/route/path_template.h"

namespace kratos::route {

/// Why a path could not be built; `message` names the variable and what its value must look like.
/// `variable` is the field path, empty when the template itself is at fault.
struct ExpandError {
  std::string variable;
  std::string message;
};

/// The path for `path_template` with each variable replaced by its value, percent-encoded per
/// segment ('/' stays only inside multi-segment variables). `value` gives the unencoded text of the
/// variable with the given index.
///
/// A value that is empty (unless its pattern takes zero segments), that is or has a segment "." or
/// "..", that is not UTF-8 or that does not fit the variable's pattern is an error. Literals
/// outside variables are printed as written; a bare `*` or `**` has no value and is an error.
std::optional<std::string> ExpandPath(const PathTemplate& path_template,
                                      const std::function<std::string(std::size_t index)>& value,
                                      ExpandError* error = nullptr);

}  // namespace kratos::route
