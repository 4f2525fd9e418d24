// The author's comments as lines for `//`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kratos::plugin {

/// The lines of a comment as protoc hands it over, without the one space behind the marker, without
/// trailing space, without empty lines at either end. A line longer than `width` is broken at
/// spaces.
///
/// Nothing in the text can change what the compiler sees or warns about: a backslash or ??/ at the
/// end of a line (which would continue the comment into the code), control characters, invalid
/// UTF-8, and characters that reverse the direction of text are made visible or harmless.
std::vector<std::string> CommentLines(std::string_view comment, std::size_t width);

}  // namespace kratos::plugin
